/** A person is erased: rows and values go, what stays are hashes by which she is neither taken in again nor imitated. */
import { createDigester } from '#core/digest';
import { erasedAnchor, erasedIdentity, erasedNorm, erasedScope, SOME } from '#core/erased';
import { RollcallError } from '#core/errors';
import type { Erased, EraseRequest } from '../contract.ts';
import { codeOf, LIFE_STATES, SUBJECT_OBJECT } from '../tables/codes.ts';
import { eraseAudit } from './audit.ts';
import { addKey, replaceStagedKeys } from './keys.ts';
import { forgetPushed } from './pushed.ts';
import { writeFresh } from './search.ts';
import type { Session } from './session.ts';

const OF_OBJECTS = `owner = ? and scope in (select id from term where text not like 'staged:%' and text not like 'erased:%')`;

/** `digestKey`: the store's own. @throws conflict when something of it changed since it was looked at, or while any run goes on. */
export function erase(session: Session, { request, digestKey }: { request: EraseRequest; digestKey: Uint8Array }): Erased {
  const { db } = session;
  const { object, at } = request;
  const digester = createDigester(digestKey);
  const ids = JSON.stringify(request.staged.map(({ id }) => id));
  const rows = db.all(
    'select id, revision, connection, kind, anchor, presence, keys, export_attempt from staged where object_id = ?',
    object,
  );
  const known = new Map(request.staged.map((one) => [one.id, one]));
  const [now] = db.get('select revision from object where id = ?', object) ?? [null];
  if (
    now !== request.revision ||
    rows.length !== known.size ||
    rows.some((row) => known.get(Number(row[0]))?.revision !== row[1])
  )
    throw new RollcallError('conflict', 'something of this person changed meanwhile', { remedy: 'look again, and erase then' });
  // What it has read already, and not staged yet, would bring them back.
  if (db.get(`select 1 from run where status = 'running'`))
    throw new RollcallError('conflict', 'a run goes on, and may show this person again', { remedy: 'erase when it has ended' });
  if (rows.some((row) => row[7] !== null))
    throw new RollcallError('conflict', 'something of this person is on its way to a target', { remedy: 'erase in a minute' });
  // What a page had is overwritten with zeros.
  db.exec('pragma secure_delete = on');
  const terms = new Map(db.all('select id, text from term').map(([id, text]) => [Number(id), String(text)]));
  const names = new Map(db.all('select id, name from connection').map(([id, name]) => [Number(id), String(name)]));
  let hashes = 0;
  for (const [id, , connection, kind, anchor, presence, keys] of rows) {
    replaceStagedKeys(session, Number(id), keys === null ? null : String(keys), null);
    forgetPushed(session, Number(id));
    session.moved(Number(connection), Number(kind), { presence: Number(presence), linked: true }, null);
    const of = terms.get(Number(kind))!;
    const left = known.get(Number(id))!.identity.map((value) => erasedIdentity(digester, of, value));
    if (anchor !== null) left.push(erasedAnchor(digester, of, String(anchor)));
    const scope = erasedScope(names.get(Number(connection))!);
    if (left.length > 0) addKey(session, scope, SOME, 0);
    for (const hash of left) addKey(session, scope, hash, object);
    hashes += left.length;
  }
  for (const [scope, norm] of db.all(`select scope, norm from unique_key where ${OF_OBJECTS}`, object)) {
    const name = terms.get(Number(scope))!;
    if (!name.startsWith('unique:')) continue;
    addKey(session, name, erasedNorm(digester, name, String(norm)), object);
    hashes++;
  }
  for (const table of ['object_key', 'unique_key'])
    db.run(table, `delete from ${table} where ${OF_OBJECTS} and norm not glob char(57347) || '*'`, object);
  const without = (table: string, condition: string): number =>
    db.run(table, `delete from ${table} where ${condition}`, ids, object);
  const staged = 'select value from json_each(?)';
  for (const table of ['waiting', 'reference']) db.run(table, `delete from ${table} where staged_id in (${staged})`, ids);
  const parked = without('parked', `staged_id in (${staged}) or object_id = ?`);
  const decisions = without('decision', `staged_id in (${staged}) or object_id = ?`);
  const about = `(subject <> ${SUBJECT_OBJECT} and COLUMN in (${staged})) or (subject = ${SUBJECT_OBJECT} and COLUMN = ?)`;
  const changes = without('change', `from_id = to_id and (${about.replaceAll('COLUMN', 'from_id')})`);
  const errors = without('error', about.replaceAll('COLUMN', 'subject_id'));
  db.run('staged', `delete from staged where id in (${staged})`, ids);
  for (const hash of request.blobs) db.run('blob', 'delete from blob where hash = ?', hash);
  db.run(
    'object',
    `update object set state = ?, revision = revision + 1, due_at = null, dates = ?, attributes = '{}', folded = '', notes = '{}', frozen = null, owned = 0, alias_of = id where id = ?`,
    codeOf(LIFE_STATES, 'gone'),
    `{"goneSince":${at}}`,
    object,
  );
  writeFresh(session, [object]);
  eraseAudit(session, { subjects: { objectIds: [object], stagedIds: [...known.keys()] }, events: request.audit });
  return { accounts: rows.length, changes, errors, decisions, parked, hashes };
}
