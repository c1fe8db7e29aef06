/** Sizes as people write them: `16MB`. */
const BYTES = { B: 1, KB: 1_024, MB: 1_048_576, GB: 1_073_741_824 } as const;

/** Bytes; null when the text is no size. */
export function parseSize(text: string): number | null {
  const found = /^([1-9]\d{0,8})(B|KB|MB|GB)$/.exec(text);
  return found === null ? null : Number(found[1]) * BYTES[found[2] as keyof typeof BYTES];
}
