/** What people decided. */
import type { OperationInput } from '../../writes/operations.ts';
import type { Loader } from '../working-copy.ts';

export async function loadHold(loader: Loader, { id }: OperationInput<'closeHold'>): Promise<void> {
  await loader.rows('gate_hold', 'from gate_hold t where t.id = $1', [id]);
}

export async function loadDecision(loader: Loader, { id }: OperationInput<'revokeDecision'>): Promise<void> {
  await loader.rows('decision', 'from decision t where t.id = $1', [id]);
}
