/** What was not chosen when others of a first plan were: it is held until somebody decides about it, too. */
import { FIRST_PLAN } from '#runs/reasons';
import type { GateHold, Store } from '#store/contract';
import { type Changes, digestOfAll, sizeOf } from './change.ts';

/** The hold over what was left out; undefined when nothing was. */
export function leftOutOf(open: readonly GateHold[], connection: string): number | undefined {
  return open.find((one) => one.connection === connection && one.part === FIRST_PLAN)?.id;
}

/** To be done before anything of the plan may go out. */
export async function leaveOut(
  plan: Changes & { readonly connection: string },
  chosen: Changes,
  at: number,
  { exports }: Store,
): Promise<void> {
  const { connection } = plan;
  const [rows, members] = [new Set(chosen.rows), new Set(chosen.members)];
  const left = {
    rows: plan.rows.filter((row) => !rows.has(row)),
    members: plan.members.filter((edge) => !members.has(edge)),
    links: [],
    sizes: plan.sizes,
  };
  const count = sizeOf(left);
  if (count === 0) return;
  const digest = digestOfAll(left).slice(0, 32);
  const holdId = await exports.openHold({ connection, part: FIRST_PLAN, count, limit: 0, digest, since: at }, null);
  await exports.mark({
    connection,
    epoch: null,
    rows: left.rows.map(({ id, export: wish }) => ({
      ...{ id, revision: wish!.revision, state: 'held' as const, holdId },
      ...{ approved: null, discarded: wish!.discarded },
    })),
  });
  if (left.members.length > 0) await exports.decideEdges({ edges: left.members, decided: 'held' });
}
