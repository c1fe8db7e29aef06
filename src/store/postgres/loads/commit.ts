/** What a batch of a sync is compared with and written over. */
import { CLEARED } from '../../writes/dirty.ts';
import type { OperationInput } from '../../writes/operations.ts';
import type { Loader } from '../working-copy.ts';
import { edgesAt, keysAt, NARROW, stagedByAnchors, stagedByIds } from './staged.ts';

/** A commit sets these and looks at no other image. */
const COLUMNS = [...NARROW, 'gone_at', 'name', 'name_key', 'anchor_high', 'anchor_low', 'steps', 'confirmed', 'times'];

export async function loadCommit(loader: Loader, batch: OperationInput<'commit'>): Promise<void> {
  const changed = batch.staged.filter((write) => !write.insert).map((write) => write.staged);
  const objects = batch.objects.map((write) => write.object);
  const settled = batch.settled ?? [];
  const waiting = [...batch.waiting.map(({ stagedId }) => stagedId), ...settled];
  const loads: Promise<unknown>[] = [
    loadStaged(loader, batch, changed),
    edgesAt(loader, batch.edges),
    keysAt(
      loader,
      [...batch.keys.add, ...batch.keys.remove].map(({ scope, norm }): [string, string] => [scope, norm]),
    ),
    loadParked(loader, batch, [...settled, ...changed]),
    loadDone(loader, batch.done),
  ];
  if (objects.length > 0) loads.push(loader.rows('object', 'from object t where t.id = any($1::bigint[])', [objects]));
  if (waiting.length > 0) loads.push(loader.rows('waiting', 'from waiting t where t.staged_id = any($1::bigint[])', [waiting]));
  await Promise.all(loads);
}

/** Those with more columns first: a row that is there is not loaded again. */
async function loadStaged(loader: Loader, batch: OperationInput<'commit'>, changed: readonly number[]): Promise<void> {
  const rows = await stagedByIds(loader, changed, COLUMNS);
  const whose = new Map(rows.map((row) => [Number(row[0]), row]));
  const anchors: [number, number, string][] = [];
  for (const { staged, insert, renamed } of batch.staged) {
    const anchor = (renamed ?? insert)?.anchor;
    if (anchor === null || anchor === undefined) continue;
    const row = whose.get(staged);
    if (insert) anchors.push([loader.connectionId(insert.connection), loader.termId(insert.kind), anchor]);
    else if (row) anchors.push([Number(row[1]), Number(row[2]), anchor]);
  }
  // And whose members they are.
  await Promise.all([
    stagedByAnchors(loader, anchors),
    stagedByIds(
      loader,
      batch.edges.map((edge) => edge.stagedId),
      NARROW,
    ),
  ]);
}

async function loadParked(loader: Loader, { parked }: OperationInput<'commit'>, staged: readonly number[]): Promise<void> {
  const subjects = parked.map(({ subject }) => subject);
  const ids = [...staged, ...subjects.flatMap((subject) => ('stagedId' in subject ? [subject.stagedId] : []))];
  const objects = subjects.flatMap((subject) => ('objectId' in subject ? [subject.objectId] : []));
  await Promise.all([
    ids.length > 0 && loader.rows('parked', 'from parked t where t.staged_id = any($1::bigint[])', [ids]),
    objects.length > 0 && loader.rows('parked', 'from parked t where t.object_id = any($1::bigint[])', [objects]),
  ]);
}

/** As many as are cleared at one go, of each range. */
export async function loadDone(loader: Loader, done: OperationInput<'clearDone'>): Promise<void> {
  if (done.length === 0) return;
  await loader.rows(
    'dirty',
    `from unnest($1::bigint[], $2::bigint[]) as n(after, up_to)
       cross join lateral (select * from dirty d where d.seq > n.after and d.seq <= n.up_to order by d.seq limit $3) t`,
    [done.map(({ after }) => after), done.map(({ upTo }) => upTo), CLEARED],
  );
}
