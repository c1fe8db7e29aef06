/** The folded documents of pushed objects and their keys; they follow the staged row in its transaction. */
import { RollcallError } from '#core/errors';
import type { PushedConflict, PushedKey, PushedObject } from '../contract.ts';
import { ALONE, storedNorm } from '../tables/pushed.ts';
import type { Session } from './session.ts';

type ListedKey = readonly [path: string, norm: string, unique: 0 | 1];

/** Who else has one of its unique keys; null = nobody. `stagedId`: 0 of a new one. */
export function heldKey(
  session: Session,
  connection: number,
  kind: number,
  stagedId: number,
  keys: readonly PushedKey[],
): Pick<PushedConflict, 'path' | 'by'> | null {
  for (const { path, norm, unique } of keys) {
    if (!unique) continue;
    const row = session.db.get(
      `select staged_id from pushed_key where connection = ? and kind = ? and path = ? and norm = ? and holder = ${ALONE}`,
      connection,
      kind,
      session.term(path),
      storedNorm(norm),
    );
    if (row && Number(row[0]) !== stagedId) return { path, by: Number(row[0]) };
  }
  return null;
}

/** Nobody else has one of its unique keys. Writes only what differs. */
export function replacePushed(session: Session, connection: number, kind: number, stagedId: number, after: PushedObject): void {
  const { db } = session;
  checkDocument(after.document);
  const keys = listOf(after.keys);
  const before = db.get('select keys, document from pushed where staged_id = ?', stagedId);
  if (!before) {
    db.run(
      'pushed',
      'insert into pushed (staged_id, connection, kind, keys, document) values (?, ?, ?, ?, ?)',
      stagedId,
      connection,
      kind,
      keys,
      after.document,
    );
    session.pushed(connection, kind, 1);
  } else if (before[0] !== keys || before[1] !== after.document)
    db.run('pushed', 'update pushed set keys = ?, document = ? where staged_id = ?', keys, after.document, stagedId);
  moveKeys(session, connection, kind, stagedId, String(before?.[0] ?? '[]'), keys);
}

/** What is gone is found no more, and its keys are free. */
export function forgetPushed(session: Session, stagedId: number): void {
  const { db } = session;
  const row = db.get('select connection, kind, keys from pushed where staged_id = ?', stagedId);
  if (!row) return;
  const [connection, kind] = [Number(row[0]), Number(row[1])];
  moveKeys(session, connection, kind, stagedId, String(row[2]), '[]');
  db.run('pushed', 'delete from pushed where staged_id = ?', stagedId);
  session.pushed(connection, kind, -1);
}

/** The list as its row keeps it. */
export function listedKeys(text: string): readonly ListedKey[] {
  return JSON.parse(text) as ListedKey[];
}

function listOf(keys: readonly PushedKey[]): string {
  const texts = keys.map(({ path, norm, unique }) => JSON.stringify([path, storedNorm(norm), unique ? 1 : 0]));
  return `[${[...new Set(texts)].sort().join(',')}]`;
}

function moveKeys(session: Session, connection: number, kind: number, stagedId: number, before: string, after: string): void {
  if (before === after) return;
  const [had, has] = [listedKeys(before), listedKeys(after)];
  const text = (key: ListedKey): string => JSON.stringify(key);
  const [old, now] = [new Set(had.map(text)), new Set(has.map(text))];
  const at = ([path, norm, unique]: ListedKey) =>
    [connection, kind, session.term(path), norm, unique === 1 ? ALONE : stagedId] as const;
  const { db } = session;
  for (const key of had)
    if (!now.has(text(key)))
      db.run(
        'pushed_key',
        'delete from pushed_key where connection = ? and kind = ? and path = ? and norm = ? and holder = ?',
        ...at(key),
      );
  for (const key of has)
    if (!old.has(text(key)))
      db.run(
        'pushed_key',
        'insert into pushed_key (connection, kind, path, norm, holder, staged_id) values (?, ?, ?, ?, ?, ?)',
        ...at(key),
        stagedId,
      );
}

/** Of what neither store reads as JSON: an escaped U+0000, or half a surrogate pair. */
const UNREADABLE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/i;

function checkDocument(text: string): void {
  if (!UNREADABLE.test(text)) return;
  throw new RollcallError('invalidValue', 'document: a text holds U+0000 or half a surrogate pair', {
    where: { attribute: 'document' },
    remedy: 'leave out what is not text',
  });
}
