/** What was sent to targets that take only so much in a time: few rows, all of one. */
import type { OperationInput } from '../../writes/operations.ts';
import type { Loader } from '../working-copy.ts';

export async function loadQuota(loader: Loader, { connection }: OperationInput<'spend'>): Promise<void> {
  await loader.rows('quota', 'from quota t where t.connection = $1', [loader.connectionId(connection)]);
}
