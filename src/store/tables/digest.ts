/** Digests as signed 32-bit columns: SQLite keeps them in 4 bytes each and they come back as plain numbers. */
import type { Digest } from '../contract.ts';

const NONE4: readonly null[] = [null, null, null, null];
const NONE2: readonly null[] = [null, null];

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** High and low half of the first 8 bytes. */
export function anchorWords(digest: Digest | null): readonly (number | null)[] {
  return digest === null ? NONE2 : [word(digest, 0), word(digest, 4)];
}

export function contentWords(digest: Digest | null): readonly (number | null)[] {
  return digest === null ? NONE4 : [word(digest, 0), word(digest, 4), word(digest, 8), word(digest, 12)];
}
