/**
 * One batch of a sync. Optimistic: what was read is compared by revision, an object whose rows changed meanwhile (or whose
 * unique key somebody else took) is left out with everything that hangs on it, and returned to be computed again.
 */
import type { KeyRow, NewChange, ObjectWrite, StagedWrite, SyncCommit, SyncConflicts } from '../contract.ts';
import { codeOf, codeOrNull, FAILED, GONE, HOWS, LIFE_STATES, ORIGINS, PENDING, PRESENCES } from '../tables/codes.ts';
import type { Bind } from '../tables/database.ts';
import { anchorWords } from '../tables/digest.ts';
import { writeChanges } from './changes.ts';
import { clearDone, writeDirty } from './dirty.ts';
import { connectionsOf, writeEdges } from './edges.ts';
import { SET_NO_WISH, WISH_COLUMNS, wishValues } from './export-columns.ts';
import { addKey, removeKey } from './keys.ts';
import { SET_OVERTAKEN } from './overtaken.ts';
import { forgetRefused, writeParked } from './parked.ts';
import { writeFresh } from './search.ts';
import type { Session } from './session.ts';

interface Known {
  readonly connection: number;
  readonly kind: number;
  readonly presence: number;
  readonly object: number | null;
  /** Its wish was refused by the target. */
  readonly refused: boolean;
}

/** Who is left out so far. */
interface Left {
  readonly objects: Set<number>;
  readonly staged: Set<number>;
}

/** `more`: not all that is done with is cleared yet. */
export function commit(session: Session, batch: SyncCommit): SyncConflicts & { readonly more: boolean } {
  session.checkEpoch(batch.epoch);
  const left: Left = { objects: new Set(), staged: new Set() };
  const after = session.lastSeq;
  const known = check(session, batch, left);
  // What shows only when it is written (an object of another revision, a key or anchor that is somebody else's) is rare: then
  // all is undone and written without it.
  for (;;) {
    session.db.exec('savepoint batch');
    const written = new Map(session.db.written);
    const before = left.objects.size + left.staged.size;
    apply(session, batch, left, known);
    if (left.objects.size + left.staged.size === before) break;
    close(batch, left, known);
    session.db.exec('rollback to batch; release batch');
    session.db.restoreWritten(written);
    session.reload();
  }
  session.db.exec('release batch');
  const more = left.objects.size + left.staged.size === 0 && clearDone(session, batch.done);
  return {
    more,
    objects: [...left.objects].sort((a, b) => a - b),
    staged: [...left.staged].sort((a, b) => a - b),
    dirty: { after, upTo: session.lastSeq },
  };
}

/** Staged rows as they are now; those of another revision go to `left`. Of objects and new rows that shows when they are written. */
function check(session: Session, batch: SyncCommit, left: Left): Map<number, Known> {
  const known = new Map<number, Known>();
  const expected = new Map<number, number>();
  for (const write of batch.staged) if (!write.insert) expected.set(write.staged, write.expectRevision);
  if (expected.size > 0)
    for (const row of session.db.all(
      `select s.id, s.revision, s.connection, s.kind, s.presence, s.object_id, s.export_state from json_each(?) j
         cross join staged s on s.id = j.value`,
      JSON.stringify([...expected.keys()]),
    )) {
      const id = row[0] as number;
      if (row[1] === expected.get(id)) expected.delete(id);
      known.set(id, {
        connection: Number(row[2]),
        kind: Number(row[3]),
        presence: Number(row[4]),
        object: row[5] as number | null,
        refused: row[6] === FAILED,
      });
    }
  for (const id of expected.keys()) left.staged.add(id);
  close(batch, left, known);
  return known;
}

/** Whoever is left out takes along the object it belongs to, and that object all its staged rows, until nothing is added. */
function close(batch: SyncCommit, left: Left, known: ReadonlyMap<number, Known>): void {
  if (left.objects.size === 0 && left.staged.size === 0) return;
  for (let size = -1; size !== left.objects.size + left.staged.size; ) {
    size = left.objects.size + left.staged.size;
    for (const write of batch.staged) {
      const owners = [known.get(write.staged)?.object, write.link?.object].filter((id) => id !== null && id !== undefined);
      if (left.staged.has(write.staged)) for (const id of owners) left.objects.add(id);
      else if (owners.some((id) => left.objects.has(id))) left.staged.add(write.staged);
    }
  }
}

function apply(session: Session, batch: SyncCommit, left: Left, known: ReadonlyMap<number, Known>): void {
  const outKey = (scope: string, owner: number): boolean => (scope.startsWith('staged:') ? left.staged : left.objects).has(owner);
  for (const key of batch.keys.remove) if (!outKey(key.scope, key.owner)) removeKey(session, key.scope, key.norm, key.owner);
  // In key order: neighbours share a page.
  const adds = batch.keys.add.filter((key) => !outKey(key.scope, key.owner)).sort(compareKeys);
  for (const key of adds)
    if (!addKey(session, key.scope, key.norm, key.owner))
      (key.scope.startsWith('staged:') ? left.staged : left.objects).add(key.owner);
  const fresh: number[] = [];
  for (const write of batch.objects)
    if (!left.objects.has(write.object) && !writeObject(session, batch.run, write, fresh)) left.objects.add(write.object);
  writeFresh(session, fresh);
  for (const write of batch.staged)
    if (!left.staged.has(write.staged) && !writeStaged(session, batch.run, write, known.get(write.staged)))
      left.staged.add(write.staged);
  for (const { stagedId, keys } of batch.waiting) if (!left.staged.has(stagedId)) writeWaiting(session, stagedId, keys);
  writeSettled(
    session,
    (batch.settled ?? []).filter((id) => !left.staged.has(id)),
  );
  writeEdges(
    session,
    batch.edges.filter((edge) => !left.staged.has(edge.stagedId)),
    connectionsOf(session),
  );
  writeParked(
    session,
    batch.run,
    batch.parked.filter(({ subject }) =>
      'stagedId' in subject ? !left.staged.has(subject.stagedId) : !left.objects.has(subject.objectId),
    ),
  );
  writeChanges(
    session,
    batch.run,
    batch.changes.flatMap((change) => without(change, change.subject === 'object' ? left.objects : left.staged)),
  );
  writeDirty(session, batch.dirty);
}

function compareKeys(a: KeyRow, b: KeyRow): number {
  if (a.scope !== b.scope) return a.scope < b.scope ? -1 : 1;
  return a.norm < b.norm ? -1 : a.norm > b.norm ? 1 : a.owner - b.owner;
}

/** What remains of a range without those left out. */
function without(change: NewChange, out: ReadonlySet<number>): NewChange[] {
  const holes = [...out].filter((id) => id >= change.from && id <= change.to).sort((a, b) => a - b);
  const parts: NewChange[] = [];
  let from = change.from;
  for (const hole of holes) {
    if (hole > from) parts.push({ ...change, from, to: hole - 1 });
    from = hole + 1;
  }
  if (from <= change.to) parts.push({ ...change, from });
  return parts;
}

const OBJECT_INSERT = `insert into object (id, kind, state, revision, due_at, alias_of, created_run, dates, attributes, folded, notes, frozen, owned)
  values (?, ?, ?, 1, ?, null, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`;
const OBJECT_UPDATE = `update object set kind = ?, state = ?, revision = revision + 1, due_at = ?, dates = ?, attributes = ?, notes = ?, frozen = ?,
  owned = ?, folded = ? where id = ? and revision = ?`;

/** False when somebody else changed it since it was read. */
function writeObject(session: Session, run: number, write: ObjectWrite, fresh: number[]): boolean {
  const { db } = session;
  const { object, dueAt, dates, attributes, notes, frozen } = write;
  const kind = session.term(write.kind);
  const state = codeOf(LIFE_STATES, write.state);
  const owned = write.owned ? 1 : 0;
  if (write.insert) {
    if (
      db.run(
        'object',
        OBJECT_INSERT,
        object,
        kind,
        state,
        dueAt,
        run,
        dates,
        attributes,
        write.folded ?? '',
        notes,
        frozen,
        owned,
      ) === 0
    )
      return false;
    session.used('object', object);
    session.born(kind);
    fresh.push(object);
    return true;
  }
  const row = db.get('select folded from object where id = ?', object);
  if (!row) return false;
  const folded = write.folded ?? String(row[0]);
  if (
    db.run(
      'object',
      OBJECT_UPDATE,
      kind,
      state,
      dueAt,
      dates,
      attributes,
      notes,
      frozen,
      owned,
      folded,
      object,
      write.expectRevision,
    ) === 0
  )
    return false;
  if (folded !== row[0]) fresh.push(object);
  return true;
}

/** False when the anchor is somebody else's. One row write, whether it is new or not. */
function writeStaged(session: Session, run: number, write: StagedWrite, row: Known | undefined): boolean {
  const columns: string[] = [];
  const values: Bind[] = [];
  const set = (names: readonly string[], given: readonly Bind[]): void => {
    columns.push(...names);
    values.push(...given);
  };
  const { insert, link, renamed } = write;
  const known = insert
    ? {
        connection: session.connection(insert.connection),
        kind: session.term(insert.kind),
        presence: PENDING,
        object: null,
        refused: false,
      }
    : row;
  if (!known) return false;
  const object = link === undefined ? known.object : (link?.object ?? null);
  const presence = write.presence === undefined ? known.presence : codeOf(PRESENCES, write.presence);
  if (insert)
    set(
      ['id', 'connection', 'kind', 'touched_seq', 'incarnation'],
      [write.staged, known.connection, known.kind, session.seq(), 1],
    );
  if (insert || write.presence !== undefined) set(['presence'], [presence]);
  if (insert || write.protected !== undefined) set(['protected'], [write.protected ? 1 : 0]);
  const named = renamed ?? insert;
  if (named)
    set(
      ['anchor', 'anchor_high', 'anchor_low', 'name', 'name_key'],
      [named.anchor, ...anchorWords(named.anchorDigest), named.name, named.nameKey],
    );
  if (link !== undefined)
    set(
      ['object_id', 'link_how', 'link_run', 'origin'],
      [object, codeOrNull(HOWS, link?.how ?? null), link ? run : null, codeOrNull(ORIGINS, link?.origin ?? null)],
    );
  if (write.export) set(WISH_COLUMNS, wishValues(write.export, run));
  if (write.steps !== undefined) set(['steps'], [write.steps]);
  if (write.confirmed !== undefined) set(['confirmed'], [write.confirmed]);
  if (write.times !== undefined) set(['times'], [write.times]);
  if (!insert) values.push(write.staged);
  const flying = !insert && session.inFlight(known.connection).has(write.staged);
  const sql = shapeOf(write, presence, columns, flying);
  const changed = session.db.run('staged', sql, ...values);
  if (changed === 0 && !(insert && freed(session, known, insert.anchor) && session.db.run('staged', sql, ...values) === 1))
    return false;
  if (insert) session.used('staged', write.staged);
  if (write.export !== undefined && known.refused) forgetRefused(session, write.staged);
  session.moved(known.connection, known.kind, insert ? null : { presence: known.presence, linked: known.object !== null }, {
    presence,
    linked: object !== null,
  });
  return true;
}

/** An anchor whose object is gone and was nobody's may be given again. */
function freed(session: Session, known: Known, anchor: string | null): boolean {
  return (
    session.db.run(
      'staged',
      `update staged set anchor = null, anchor_high = null, anchor_low = null where connection = ? and kind = ? and anchor = ? and presence = ${GONE} and object_id is null`,
      known.connection,
      known.kind,
      anchor,
    ) === 1
  );
}

/** Each shape is put together once; there are at most a few dozen. */
const SHAPES = new Map<number, string>();

function shapeOf(write: StagedWrite, presence: number, columns: readonly string[], flying: boolean): string {
  const parts = [
    write.insert,
    write.presence !== undefined,
    write.presence !== undefined && presence !== GONE,
    write.protected !== undefined,
    write.renamed,
    write.link !== undefined,
    write.export,
    write.export === null,
    write.steps !== undefined,
    write.confirmed !== undefined,
    write.times !== undefined,
    flying,
  ];
  const key = parts.reduce((bits: number, part) => bits * 2 + (part ? 1 : 0), 0);
  let sql = SHAPES.get(key);
  if (sql === undefined) {
    sql = write.insert ? insertSql(columns, write.export ? 1 : null) : updateSql(columns, write, presence, flying);
    SHAPES.set(key, sql);
  }
  return sql;
}

function insertSql(columns: readonly string[], exportRevision: 1 | null): string {
  return `insert into staged (revision, export_revision, ${columns.join(', ')})
    values (1, ${exportRevision}, ${columns.map(() => '?').join(', ')}) on conflict do nothing`;
}

/** The export's revision is that of the row at this write: an answer made for another one is no answer to this wish. */
function updateSql(columns: readonly string[], write: StagedWrite, presence: number, flying: boolean): string {
  const set = ['revision = revision + 1', ...columns.map((column) => `${column} = ?`)];
  if (write.export) set.push('export_revision = revision + 1, export_attempt = null, export_at = null');
  else if (write.export === null) set.push(SET_NO_WISH);
  if (flying && write.export !== undefined) set.push(SET_OVERTAKEN);
  else if (!flying && write.steps !== undefined) set.push('overtaken = null');
  if (write.presence !== undefined && presence !== GONE) set.push('gone_at = null');
  return `update or ignore staged set ${set.join(', ')} where id = ?`;
}

function writeSettled(session: Session, ids: readonly number[]): void {
  if (ids.length === 0) return;
  const list = JSON.stringify(ids);
  for (const table of ['waiting', 'parked'])
    session.db.run(table, `delete from ${table} where staged_id in (select value from json_each(?))`, list);
}

function writeWaiting(
  session: Session,
  stagedId: number,
  keys: readonly { readonly scope: string; readonly norm: string }[],
): void {
  const { db } = session;
  const wanted = new Map(keys.map((key) => [`${session.term(key.scope)}\u001f${key.norm}`, key]));
  for (const [scope, norm] of db.all('select scope, norm from waiting where staged_id = ?', stagedId)) {
    if (wanted.delete(`${String(scope)}\u001f${String(norm)}`)) continue;
    db.run('waiting', 'delete from waiting where scope = ? and norm = ? and staged_id = ?', scope!, norm!, stagedId);
  }
  for (const key of wanted.values())
    db.run(
      'waiting',
      'insert into waiting (scope, norm, staged_id) values (?, ?, ?)',
      session.term(key.scope),
      key.norm,
      stagedId,
    );
}
