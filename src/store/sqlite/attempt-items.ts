/** The items of an attempt in one blob: (id, revision, operation) as three doubles each. */
export interface AttemptItem {
  readonly id: number;
  readonly revision: number;
  readonly operation: number;
}

export function packItems(items: readonly AttemptItem[]): Uint8Array {
  const out = new Float64Array(items.length * 3);
  items.forEach((item, i) => {
    out[i * 3] = item.id;
    out[i * 3 + 1] = item.revision;
    out[i * 3 + 2] = item.operation;
  });
  return new Uint8Array(out.buffer);
}

export function unpackItems(bytes: Uint8Array): AttemptItem[] {
  const words = new Float64Array(bytes.slice().buffer);
  const out: AttemptItem[] = [];
  for (let i = 0; i < words.length; i += 3) out.push({ id: words[i]!, revision: words[i + 1]!, operation: words[i + 2]! });
  return out;
}
