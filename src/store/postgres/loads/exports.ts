/** Attempts and answers: the rows that are sent, and what the gates count of them. */

import { unpackItems } from '../../tables/attempt-items.ts';
import { codeOf, OPERATIONS, WAITING } from '../../tables/codes.ts';
import type { Row } from '../../tables/database.ts';
import type { OperationInput } from '../../writes/operations.ts';
import type { Loader } from '../working-copy.ts';
import { loadPushed } from './pushed.ts';
import { columnOf, edgesAt, keysAt, listedKeys, NARROW, refusedOf, stagedByAnchors, stagedByIds } from './staged.ts';

const HOUR = 3_600_000;

/** What is taken is not written, but for the attempt. */
const TAKEN = [
  ...['id', 'connection', 'kind', 'presence', 'revision', 'touched_seq', 'incarnation', 'protected'],
  ...['export_operation', 'export_state', 'export_revision', 'export_not_before'],
];

/** What waits, without what is on its way. */
export async function loadTake(loader: Loader, request: OperationInput<'take'>): Promise<void> {
  const connection = loader.connectionId(request.connection);
  const flying = [...loader.session.inFlight(connection)];
  // Only a part of the index for each operation, in its order, as they are taken.
  await loader.rows(
    'staged',
    `from unnest($2::smallint[]) as n(operation) cross join lateral (
       select * from staged s where s.connection = $1 and s.export_state = ${WAITING} and s.export_operation = n.operation and s.export_not_before <= $3
         and s.id > $4 and not s.id = any($5::bigint[]) and ($6::bigint[] is null or s.id = any($6::bigint[])) order by s.id limit $7) t`,
    [
      connection,
      request.operations.map((name) => codeOf(OPERATIONS, name)),
      request.now,
      request.after ?? 0,
      flying,
      request.only ?? null,
      request.limit,
    ],
    TAKEN,
  );
}

export async function loadAnswer(loader: Loader, batch: OperationInput<'answer'>): Promise<void> {
  const connection = loader.connectionId(batch.connection);
  const ids = batch.answers.map((one) => one.staged);
  const [rows] = await Promise.all([
    stagedByIds(loader, [...ids, ...lastItems(loader, batch)]),
    refusedOf(loader, ids),
    countedAt(loader, connection, [batch.at]),
  ]);
  const of = columnOf(loader, 'staged');
  const own = new Map(rows.map((row) => [Number(of(row, 'id')), row]));
  const kindOf = (id: number): number => Number(of(own.get(id)!, 'kind'));
  // An anchor that is its own already is nobody else's.
  const twins = await stagedByAnchors(
    loader,
    batch.answers.flatMap(({ staged, anchor }): [number, number, string][] =>
      anchor === null || !own.has(staged) || of(own.get(staged)!, 'anchor') === anchor
        ? []
        : [[connection, kindOf(staged), anchor]],
    ),
  );
  // Who takes the place of one that is there, or of one that took it before.
  const places = new Map<string, Set<number>>();
  const takes = (place: string, id: number): unknown => places.get(place)?.add(id) ?? places.set(place, new Set([id]));
  for (const { staged, anchor } of batch.answers)
    if (anchor !== null && own.has(staged)) takes(`${kindOf(staged)} ${anchor}`, staged);
  for (const row of twins) takes(`${Number(of(row, 'kind'))} ${String(of(row, 'anchor'))}`, Number(of(row, 'id')));
  const edges = batch.answers.flatMap((one) => one.edges);
  await Promise.all([
    loadPushed(loader, [...ids, ...twins.map((row) => Number(of(row, 'id')))]),
    loadTwins(
      loader,
      [...places.values()].flatMap((ids) => (ids.size > 1 ? [...ids] : [])),
    ),
    keysAt(loader, [
      ...batch.answers.flatMap(({ keys }) => (keys ?? []).map(({ scope, norm }): [string, string] => [scope, norm])),
      ...[...rows, ...twins].flatMap((row) => listedKeys(of(row, 'keys'))),
    ]),
    stagedByIds(
      loader,
      edges.map((edge) => edge.stagedId),
      NARROW,
    ),
    edgesAt(loader, edges),
  ]);
}

/** Those of its attempt that have no answer yet: with the last one they are lost. */
function lastItems(loader: Loader, batch: OperationInput<'answer'>): number[] {
  if (batch.more) return [];
  const { db } = loader.session;
  const connection = loader.connectionId(batch.connection);
  const [attempt] = db.all(
    'select items from attempt where connection = ? and run = ? and attempt = ?',
    connection,
    batch.run,
    batch.attempt,
  );
  if (attempt === undefined) return [];
  const flying = loader.session.inFlight(connection);
  return unpackItems(attempt[0] as Uint8Array).flatMap(({ id }) => (flying.has(id) ? [id] : []));
}

/** All that hangs on a row whose place another one takes, and on that one. */
async function loadTwins(loader: Loader, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  const tables = ['reference', 'waiting', 'parked'];
  await Promise.all(tables.map((table) => loader.rows(table, `from ${table} t where t.staged_id = any($1::bigint[])`, [ids])));
}

/** What the gates of a connection hold, and what they counted in these hours. */
export async function countedAt(loader: Loader, connection: number, times: readonly number[]): Promise<void> {
  const hours = [...new Set(times.map((at) => Math.floor(at / HOUR)))];
  await Promise.all([
    loader.rows('gate_hold', 'from gate_hold t where t.connection = $1 and t.closed_at is null', [connection]),
    loader.rows('gate_sent', 'from gate_sent t where t.connection = $1 and t.hour = any($2::bigint[])', [connection, hours]),
  ]);
}

export async function loadMarked(loader: Loader, batch: OperationInput<'markExports'>): Promise<void> {
  await stagedByIds(
    loader,
    batch.rows.map(({ id }) => id),
    NARROW,
  );
}

export async function loadUnshown(loader: Loader, batch: OperationInput<'settleUnshown'>): Promise<void> {
  const ids = batch.rows.map(({ id }) => id);
  const rows = await stagedByIds(loader, ids, [...NARROW, 'steps']);
  const at = NARROW.indexOf('export_at');
  await countedAt(
    loader,
    loader.connectionId(batch.connection),
    rows.map((row: Row) => Number(row[at] ?? 0)),
  );
  await refusedOf(loader, ids);
}

export async function loadLate(loader: Loader, { connection: name, latest }: OperationInput<'setTimesBack'>): Promise<void> {
  const connection = loader.connectionId(name);
  await loader.rows(
    'staged',
    'from staged t where t.connection = $1 and t.export_state is not null and (t.export_at > $2 or t.export_not_before > $2)',
    [connection, latest],
    NARROW,
  );
  await loader.rows('reference', 'from reference t where t.connection = $1 and t.state <> 0 and t.sent_at > $2', [
    connection,
    latest,
  ]);
  await loader.rows('gate_sent', 'from gate_sent t where t.connection = $1', [connection]);
}
