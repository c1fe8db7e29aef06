/** Where a page ended, as clients carry it to the next one (RFC 9865). It names a place and nothing else, so that it never expires. */
import { refusal } from '#protocols/scim/errors';
import type { ScimServices } from './service.ts';

type After = NonNullable<Parameters<ScimServices['store']['pushed']['page']>[0]['after']>;

export interface Position {
  /** Which of the types that are gone through. */
  readonly type: number;
  /** Null: from its beginning. */
  readonly after: After | null;
}

const LONGEST = 4_096;

export function cursorText({ type, after }: Position): string {
  return Buffer.from(JSON.stringify(after === null ? [type] : [type, after.staged, after.value])).toString('base64url');
}

/** Null: the first page. @throws ScimError `invalidCursor` */
export function positionOf(cursor: string, types: number): Position | null {
  if (cursor === '') return null;
  let read: unknown;
  try {
    read = cursor.length > LONGEST ? null : JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    read = null;
  }
  if (!Array.isArray(read)) throw wrong();
  const [type, staged, value = null] = read as readonly unknown[];
  if (!isPlace(type) || type >= types) throw wrong();
  if (staged === undefined) return { type, after: null };
  if (!isPlace(staged) || !(value === null || ['string', 'number', 'boolean'].includes(typeof value))) throw wrong();
  return { type, after: { staged, value: value as After['value'] } };
}

function isPlace(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function wrong(): Error {
  return refusal('invalidCursor', 'the cursor is not one that this service gave');
}
