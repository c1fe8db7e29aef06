/** The items of an attempt in one blob: (id, revision, operation) as three doubles each. */
import { MEMBERS } from './codes.ts';

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
  // Copied, since doubles lie at multiples of eight; a Buffer's own `slice` would not.
  const words = new Float64Array(new Uint8Array(bytes).buffer);
  const out: AttemptItem[] = [];
  for (let i = 0; i < words.length; i += 3) out.push({ id: words[i]!, revision: words[i + 1]!, operation: words[i + 2]! });
  return out;
}

/** Ids of accounts that are sent; memberships on their way say nothing of their groups. */
export function flyingItems(bytes: Uint8Array): number[] {
  return unpackItems(bytes).flatMap(({ id, operation }) => (operation === MEMBERS ? [] : [id]));
}
