/** What one process at a time works on. */
import type { OperationInput } from '../../writes/operations.ts';
import type { Loader } from '../working-copy.ts';

export async function loadClaim(loader: Loader, { kind, name }: { readonly kind: string; readonly name: string }): Promise<void> {
  await loader.rows('claim', 'from claim t where t.kind = $1 and t.name = $2', [kind, name]);
}

export async function loadTakenClaim(loader: Loader, input: OperationInput<'takeClaim'>): Promise<void> {
  await loadClaim(loader, input);
  if (input.forgetBefore !== undefined)
    await loader.rows('claim', 'from claim t where t.kind = $1 and t.ended_at < $2 order by t.name limit 100', [
      input.kind,
      input.forgetBefore,
    ]);
}
