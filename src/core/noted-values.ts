/** Values as the audit log keeps them: beside their event, which holds no more of them than a salted digest. */
import { randomBytes } from 'node:crypto';
import { canonicalJson } from './canonical.ts';
import { sha256Hex } from './digest.ts';

export interface NotedValues {
  /** Random, hex: without it nobody can try which values have the digest. */
  readonly salt: string;
  /** Canonical JSON each. */
  readonly before: string | null;
  readonly after: string | null;
}

const SALT_BYTES = 16;
/** Drawn for many at a time: each draw asks the system. */
let drawn = Buffer.alloc(0);

function newSalt(): string {
  if (drawn.length === 0) drawn = randomBytes(256 * SALT_BYTES);
  const salt = drawn.toString('hex', 0, SALT_BYTES);
  drawn = drawn.subarray(SALT_BYTES);
  return salt;
}

/** Both null where there are no values. @throws invalidValue for values that have no JSON form. */
export function notedValues(
  before: unknown,
  after: unknown,
): { readonly digest: string | null; readonly values: NotedValues | null } {
  if (before === undefined && after === undefined) return { digest: null, values: null };
  const text = (value: unknown): string | null => (value === undefined ? null : canonicalJson(value));
  const values = { salt: newSalt(), before: text(before), after: text(after) };
  return { digest: digestOf(values), values };
}

/** Hex SHA-256. JSON, which of texts is canonical as it is, says where each part ends. */
export function digestOf({ salt, before, after }: NotedValues): string {
  return sha256Hex(JSON.stringify([salt, before, after]));
}
