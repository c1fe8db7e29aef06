/** Runs, and what a process that died left on its way. */
import { unpackItems } from '../../tables/attempt-items.ts';
import type { OperationInput } from '../../writes/operations.ts';
import type { Loader } from '../working-copy.ts';
import { countedAt } from './exports.ts';
import { lossesOf } from './members.ts';
import { stagedByIds } from './staged.ts';

export async function loadRun(loader: Loader, { run }: OperationInput<'progress'>): Promise<void> {
  await loader.rows('run', 'from run t where t.id = $1', [run]);
}

export async function loadTakeEpoch(loader: Loader): Promise<void> {
  await loader.rows('run', `from run t where t.status = 'running'`, []);
  await loadLost(loader, null);
}

/** The first run of a process may take the epoch. Whether any goes on is asked by each. */
export async function loadBeginRun(loader: Loader): Promise<void> {
  if (loader.session.epoch === 0) await loadTakeEpoch(loader);
  else await loader.rows('run', `from run t where t.status = 'running'`, []);
}

export async function loadFinishRun(loader: Loader, { run }: OperationInput<'finishRun'>): Promise<void> {
  await loadRun(loader, { run, epoch: 0, counts: '' });
  await loadLost(loader, run);
}

/** What open attempts, of one run or of all, have on their way. The attempts themselves are there. */
async function loadLost(loader: Loader, run: number | null): Promise<void> {
  const attempts = loader.session.db
    .all('select connection, items, at, members, run from attempt')
    .filter((row) => run === null || row[4] === run);
  if (attempts.length === 0) return;
  await stagedByIds(
    loader,
    attempts.flatMap(([, items]) => unpackItems(items as Uint8Array).map(({ id }) => id)),
  );
  const times = new Map<number, number[]>();
  const members: [number, number, string][] = [];
  for (const [connection, , at, list] of attempts) {
    times.set(Number(connection), [...(times.get(Number(connection)) ?? []), Number(at)]);
    if (list !== null) members.push(...(JSON.parse(String(list)) as [number, number, string][]));
  }
  for (const [connection, at] of times) await countedAt(loader, connection, at);
  if (members.length === 0) return;
  await lossesOf(
    loader,
    members.map(([id]) => id),
  );
  await loader.rows(
    'reference',
    `from unnest($1::bigint[], $2::bigint[], $3::text[]) as n(staged_id, attribute, key)
       join reference t on t.staged_id = n.staged_id and t.attribute = n.attribute and t.key = n.key`,
    [members.map(([id]) => id), members.map(([, attribute]) => attribute), members.map(([, , key]) => key)],
  );
}
