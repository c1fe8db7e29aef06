/** What a read shows → staged rows, their keys and edges, and what now waits to be synced; one transaction per batch. */
import type { PushedConflict, SpaceOperations, StageItem, StageResult } from '../contract.ts';
import { GONE, PRESENT, SENT, UNKNOWN } from '../tables/codes.ts';
import type { Row } from '../tables/database.ts';
import { anchorWords, contentWords } from '../tables/digest.ts';
import { writeStageEvents } from './audit.ts';
import { writeDirtyEdge, writeDirtyIds } from './dirty.ts';
import { type EdgeCounts, stageEdges } from './edges.ts';
import { clearExport } from './export-columns.ts';
import { forgetStagedKeys, keyList, replaceStagedKeys } from './keys.ts';
import { forgetPushed, heldKey, replacePushed } from './pushed.ts';
import { runNow } from './runs.ts';
import type { Session } from './session.ts';

const FIND = `select id, touched_seq, presence, object_id, seen, name, name_key, parent_key, changed_at, times, kept, keys,
  content_0, content_1, content_2, content_3, anchor_high, anchor_low, confirmed, sent, steps, export_state, revision, overtaken is not null
  from staged where connection = ? and kind = ? and anchor = ?`;
const INSERT = `insert into staged (id, connection, kind, presence, anchor_high, anchor_low, content_0, content_1, content_2, content_3,
  revision, touched_seq, incarnation, protected, changed_at, anchor, name, name_key, parent_key, keys, times, kept, steps, seen, confirmed)
  values (?, ?, ?, ${PRESENT}, ?, ?, ?, ?, ?, ?, 1, ?, 1, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`;
const UPDATE = `update staged set presence = ${PRESENT}, incarnation = incarnation + (presence = ${GONE}), gone_at = null, anchor_high = ?, anchor_low = ?, content_0 = ?, content_1 = ?,
  content_2 = ?, content_3 = ?, revision = revision + 1, touched_seq = ?, changed_at = ?, name = ?, name_key = ?, parent_key = ?,
  keys = ?, times = ?, kept = ?, seen = ?, confirmed = ?, sent = ?, steps = ? where id = ?`;
/** The digest is bookkeeping: nobody need look at the row again because of it. */
const REDIGEST =
  'update staged set anchor_high = ?, anchor_low = ?, content_0 = ?, content_1 = ?, content_2 = ?, content_3 = ? where id = ?';
const GO = `update staged set presence = ${GONE}, gone_at = ?, revision = revision + 1, touched_seq = ?, content_0 = null, content_1 = null,
  content_2 = null, content_3 = null where id = ?`;

export type StageBatch = Parameters<SpaceOperations['stage']>[0];

interface Batch extends StageBatch {
  readonly session: Session;
  readonly space: number;
  /** The run's now: when what is deleted went. */
  readonly at: number;
  readonly ids: number[];
  readonly inserted: number[];
  readonly changed: number[];
  readonly gone: number[];
  readonly edges: EdgeCounts;
  readonly dirtyEdges: [number, string, string][];
  readonly skipped: number[];
  readonly refused: PushedConflict[];
  rows: number;
}

export type SliceResult = Omit<StageResult, 'touchedIn'>;

export function stage(session: Session, batch: StageBatch): SliceResult {
  session.checkEpoch(batch.epoch);
  const after = session.lastSeq;
  const work: Batch = {
    ...batch,
    session,
    at: runNow(session, batch.run),
    space: session.connection(batch.connection),
    ids: new Array<number>(batch.items.length).fill(0),
    inserted: [],
    changed: [],
    gone: [],
    edges: { added: 0, removed: 0, written: 0, oursRemoved: [] },
    dirtyEdges: [],
    skipped: [],
    refused: [],
    rows: 0,
  };
  for (const i of orderOf(batch.items)) stageOne(work, i);
  writeDirtyIds(session, work.inserted, 'new');
  writeDirtyIds(session, work.changed, 'changed');
  writeDirtyIds(session, work.gone, 'gone');
  for (const [id, attribute, key] of work.dirtyEdges) writeDirtyEdge(session, id, attribute, key);
  writeStageEvents(session, batch.audit ?? [], work);
  return {
    ids: work.ids,
    inserted: work.inserted.length,
    changed: work.rows - work.inserted.length,
    skipped: work.skipped,
    refused: work.refused,
    edgesAdded: work.edges.added,
    edgesRemoved: work.edges.removed,
    oursRemoved: work.edges.oursRemoved,
    dirty: [{ after, upTo: session.lastSeq }],
  };
}

/**
 * In key order, so that neighbours in the index are written together; items of one anchor keep their order (the sort is stable). What is
 * pushed keeps the order in which it was asked for.
 */
export function orderOf(items: readonly StageItem[]): number[] {
  const order = items.map((_, i) => i);
  if (items.some(({ pushed }) => pushed !== undefined)) return order;
  return order.sort((a, b) => byKey(items[a]!, items[b]!));
}

/** Of the index over anchors. */
function byKey(a: StageItem, b: StageItem): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  return a.anchor < b.anchor ? -1 : a.anchor > b.anchor ? 1 : 0;
}

function stageOne(work: Batch, index: number): void {
  const { session } = work;
  const item = work.items[index]!;
  const kind = session.term(item.kind);
  if (work.expectNew && item.operation === 'put' && item.pushed === undefined) {
    work.ids[index] = insert(work, kind, item);
    if (work.ids[index] > 0) return;
  }
  const row = session.db.get(FIND, work.space, kind, item.anchor);
  if (row) work.ids[index] = Number(row[0]);
  const touched = row !== undefined && work.unlessTouchedSince !== null && Number(row[1]) > work.unlessTouchedSince;
  if (touched || (item.revision !== undefined && item.revision !== Number(row?.[22] ?? 0))) work.skipped.push(index);
  else if (item.operation === 'delete') {
    if (row) remove(work, kind, row);
  } else put(work, kind, index, row);
}

function put(work: Batch, kind: number, index: number, row: Row | undefined): void {
  const { session, space } = work;
  const item = work.items[index]!;
  const held = item.pushed === undefined ? null : heldKey(session, space, kind, work.ids[index]!, item.pushed.keys);
  if (held !== null) {
    work.refused.push({ at: index, ...held });
    return;
  }
  if (row) update(work, kind, item, row);
  else work.ids[index] = insert(work, kind, item);
  if (item.pushed !== undefined) replacePushed(session, space, kind, work.ids[index]!, item.pushed);
}

/** Answers its id; 0 when it is there already. */
function insert(work: Batch, kind: number, item: StageItem): number {
  const { session } = work;
  const id = session.reserve('staged', 1);
  const keys = keyList(item.keys);
  const inserted = session.db.run(
    'staged',
    INSERT,
    id,
    work.space,
    kind,
    ...anchorWords(item.anchorDigest),
    ...contentWords(item.digest),
    session.seq(),
    item.changedAt,
    item.anchor,
    item.name,
    item.nameKey,
    item.parentKey,
    keys,
    item.times,
    item.kept,
    item.settle?.steps ?? null,
    item.seen,
    item.settle?.confirmed ?? null,
  );
  if (inserted === 0) return 0;
  session.used('staged', id);
  session.moved(work.space, kind, null, { presence: PRESENT, linked: false });
  replaceStagedKeys(session, id, null, keys);
  if (item.edges.length > 0)
    stageEdges({ session, connection: work.space, stagedId: id, counts: work.edges, differs: () => undefined }, item.edges, true);
  work.inserted.push(id);
  work.rows++;
  return id;
}

function update(work: Batch, kind: number, item: StageItem, row: Row): void {
  const { session } = work;
  const id = Number(row[0]);
  const [, , presence, objectId, seen, name, nameKey, parentKey, changedAt, times, kept, keysBefore] = row;
  const keys = keyList(item.keys);
  const written = work.edges.written;
  const changes: [string, string][] = [];
  if (item.edges.length > 0)
    stageEdges(
      {
        session,
        connection: work.space,
        stagedId: id,
        counts: work.edges,
        differs: (attribute, key) => changes.push([attribute, key]),
      },
      item.edges,
      false,
    );
  const settle = item.settle;
  const confirmed = settle ? settle.confirmed : row[18];
  const sent = settle?.settled ? null : row[19];
  const steps = settle?.steps === undefined ? row[20] : settle.steps;
  const imageDiffers =
    seen !== item.seen ||
    name !== item.name ||
    parentKey !== item.parentKey ||
    nameKey !== item.nameKey ||
    presence !== PRESENT ||
    keysBefore !== keys ||
    times !== item.times ||
    kept !== item.kept ||
    changedAt !== item.changedAt;
  const done = settle?.settled === true && (row[21] === SENT || row[21] === UNKNOWN);
  const memoryDiffers = confirmed !== row[18] || sent !== row[19] || steps !== row[20] || done;
  const words = [...anchorWords(item.anchorDigest), ...contentWords(item.digest)];
  if (!imageDiffers && !memoryDiffers && work.edges.written === written) {
    if (words.some((word, i) => word !== (i < 2 ? row[16 + i] : row[10 + i]))) session.db.run('staged', REDIGEST, ...words, id);
    return;
  }
  session.db.run(
    'staged',
    UPDATE,
    ...words,
    session.seq(),
    item.changedAt,
    item.name,
    item.nameKey,
    item.parentKey,
    keys,
    item.times,
    item.kept,
    item.seen,
    confirmed as string | null,
    sent as string | null,
    steps as string | null,
    id,
  );
  if (done) clearExport(session, id);
  if (settle?.steps !== undefined && row[23] === 1 && !session.inFlight(work.space).has(id))
    session.db.run('staged', 'update staged set overtaken = null where id = ?', id);
  work.rows++;
  const linked = objectId !== null;
  if (presence !== PRESENT)
    session.moved(work.space, kind, { presence: Number(presence), linked }, { presence: PRESENT, linked });
  replaceStagedKeys(session, id, keysBefore as string | null, keys);
  // What is ours of it decides what it says itself; what did not arrive is to be written again, or given up.
  if ((imageDiffers || confirmed !== row[18] || sent !== row[19]) && item.quiet !== true) work.changed.push(id);
  else for (const [attribute, key] of changes) work.dirtyEdges.push([id, attribute, key]);
}

function remove(work: Batch, kind: number, row: Row): void {
  const { session } = work;
  const presence = Number(row[2]);
  if (presence === GONE) return;
  const linked = row[3] !== null;
  const id = Number(row[0]);
  session.db.run('staged', GO, work.at, session.seq(), id);
  forgetStagedKeys(session, id, row[11] as string | null);
  forgetPushed(session, id);
  session.moved(work.space, kind, { presence, linked }, { presence: GONE, linked });
  work.gone.push(id);
  work.rows++;
}
