/** Where a page ended, as clients carry it to the next one (RFC 9865). It names a place and nothing else, so that it never expires. */
import { refusal } from '#protocols/scim/errors';
import type { Position } from './side.ts';

export interface Place {
  /** Which of the types that are gone through. */
  readonly type: number;
  /** Null: from its beginning. */
  readonly after: Position | null;
}

const LONGEST = 4_096;

export function cursorText({ type, after }: Place): string {
  return Buffer.from(JSON.stringify(after === null ? [type] : [type, after.row, after.value])).toString('base64url');
}

/** Null: the first page. @throws ScimError `invalidCursor` */
export function placeIn(cursor: string, types: number): Place | null {
  if (cursor === '') return null;
  let read: unknown;
  try {
    read = cursor.length > LONGEST ? null : JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    read = null;
  }
  if (!Array.isArray(read)) throw wrong();
  const [type, row, value = null] = read as readonly unknown[];
  if (!isPlace(type) || type >= types) throw wrong();
  if (row === undefined) return { type, after: null };
  if (!isPlace(row) || !(value === null || ['string', 'number', 'boolean'].includes(typeof value))) throw wrong();
  return { type, after: { row, value: value as Position['value'] } };
}

function isPlace(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function wrong(): Error {
  return refusal('invalidCursor', 'the cursor is not one that this service gave');
}
