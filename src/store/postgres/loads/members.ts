/** Memberships on their way. */
import type { OperationInput } from '../../writes/operations.ts';
import type { Loader } from '../working-copy.ts';
import { countedAt } from './exports.ts';
import { edgesAt, NARROW, stagedByIds } from './staged.ts';

const DIGEST = ['content_0', 'content_1', 'content_2', 'content_3'];

export async function loadAnswerEdges(loader: Loader, batch: OperationInput<'answerEdges'>): Promise<void> {
  await stagedByIds(
    loader,
    batch.edges.map((edge) => edge.stagedId),
    [...NARROW, ...DIGEST],
  );
  await edgesAt(loader, batch.edges);
  await countedAt(loader, loader.connectionId(batch.connection), [batch.at]);
  await lossesOf(
    loader,
    batch.counted.map(({ stagedId }) => stagedId),
  );
  await loader.rows(
    'change',
    `from unnest($1::bigint[]) as n(id) join change t on t.subject = any('{0,1}') and t.from_id = n.id and t.to_id = t.from_id where t.run = $2`,
    [batch.changes.map(({ from }) => from), batch.run],
  );
}

/** What groups lost lately. */
export async function lossesOf(loader: Loader, groups: readonly number[]): Promise<void> {
  if (groups.length > 0) await loader.rows('gate_group', 'from gate_group t where t.staged_id = any($1::bigint[])', [groups]);
}

export async function loadDecideEdges(loader: Loader, { edges }: OperationInput<'decideEdges'>): Promise<void> {
  await edgesAt(loader, edges);
}
