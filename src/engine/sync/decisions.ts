/** What people decided about staged objects; it outranks rules (SEMANTICS 13). */
import type { DecisionRow, StagedId } from '#store/contract';
import type { EngineContext } from '../context.ts';
import type { Generation } from './generation.ts';

const PAGE = 1_000;

export async function decisionsOn(
  context: EngineContext,
  generation: Generation,
  stagedIds: readonly StagedId[],
): Promise<ReadonlyMap<StagedId, readonly DecisionRow[]>> {
  const out = new Map<StagedId, DecisionRow[]>();
  if (!generation.decided || stagedIds.length === 0) return out;
  for (let after = 0; ; ) {
    const page = await context.store.decisions.list({ stagedIds, active: true }, { after, limit: PAGE });
    for (const decision of page) {
      const list = out.get(decision.stagedId!);
      if (list) list.push(decision);
      else out.set(decision.stagedId!, [decision]);
    }
    if (page.length < PAGE) return out;
    after = page[page.length - 1]!.id;
  }
}
