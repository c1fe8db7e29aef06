/** Slices of one batch: the same but for their lists, one of which may lie in an object of lists. */

/** As one: its lists one after the other, all else as the last one says it. */
export function joined<T>(slices: readonly T[]): T {
  const last = slices.at(-1)!;
  if (slices.length === 1 || typeof last !== 'object' || last === null) return last;
  const out = { ...last } as { [name: string]: unknown };
  for (const name of new Set(slices.flatMap((slice) => Object.keys(slice as object)))) {
    const parts = slices.map((slice) => (slice as { readonly [name: string]: unknown })[name]);
    if (parts.some(Array.isArray)) out[name] = parts.flatMap((part) => (part ?? []) as readonly unknown[]);
    else if (parts.every((part) => typeof part === 'object' && part !== null)) out[name] = joined(parts);
  }
  return out as T;
}
