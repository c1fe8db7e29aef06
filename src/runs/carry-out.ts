/** The steps of a run, one after the other: what each profile does of a cycle. */
import type { Profile } from '#config/profiles';
import type { ObjectId } from '#store/contract';
import { type CycleOptions, phases } from './cycle.ts';
import { runHooks } from './hooks/hooks.ts';
import type { RunRequest, Services } from './model.ts';
import { acceptPlan, type LookAhead, openPlan } from './plan-file.ts';
import type { Session } from './services.ts';

export interface RunOptions {
  /** People are worked out whatever the profile is: that is what a plan is for. */
  readonly sync?: boolean;
  /** `now` is a question, not the time: nothing is doubted about it. */
  readonly whatIf?: boolean;
  readonly export?: boolean;
  readonly read?: boolean;
  /** Left as they are, and waiting. */
  readonly refused?: ReadonlySet<ObjectId>;
}

/** What each profile does of a cycle. */
export const WORK: { readonly [profile in Profile]: Pick<CycleOptions, 'import' | 'sync' | 'export'> & { readonly all?: true } } =
  {
    cycle: { import: 'auto', sync: true, export: true },
    'full-import': { import: 'full', sync: false, export: false },
    'delta-import': { import: 'delta', sync: false, export: false },
    'full-sync': { import: 'none', sync: true, export: false, all: true },
    'delta-sync': { import: 'none', sync: true, export: false },
    export: { import: 'none', sync: false, export: 'decided' },
  };

/** One step after the other. False when a hook ended it. */
export async function carryOut(
  request: RunRequest,
  steps: readonly Profile[],
  services: Services,
  session: Session,
  options: RunOptions & { readonly ahead: LookAhead },
): Promise<boolean> {
  const { context } = session;
  const sync = options.sync === true || steps.some((step) => WORK[step].sync);
  // An export alone decides nothing, so nobody is to be looked at again before it.
  if (request.object !== undefined && sync)
    await lookAgainAt({ from: request.object, to: request.object }, ['object'], 'asked for', session);
  const { object } = request;
  const after = (phase: Parameters<typeof runHooks>[1]): Promise<boolean> => runHooks(services, phase, session);
  const planned = request.planLines ? openPlan(request.planLines, context.now) : null;
  // What only the plan's own read knew is in no store; a plan of an earlier version does not say that it read.
  if (planned?.head.reads) {
    const { how, connections } = planned.head.reads;
    const chosen = connections.filter((name) => request.connections?.includes(name) ?? true);
    if (!(await phases(context, { import: how, connections: chosen, atOnce: false, sync: false, export: false, after })))
      return false;
  }
  const accepted = planned && (await acceptPlan(planned, context, options.ahead));
  const refused = accepted?.refused ?? options.refused;
  for (const [index, step] of steps.entries()) {
    const { all, ...work } = WORK[step];
    if (all) await lookAgainAt({ from: 1, to: Number.MAX_SAFE_INTEGER }, ['staged', 'object'], 'full sync', session);
    // A plan from what was last read asks nobody; what is about one person reads no system, nor does a plan beyond what was read for it.
    const reads = options.read ?? (accepted === null && request.object === undefined);
    const read = work.import === 'none' && options.read && index === 0 ? 'auto' : work.import;
    const went = await phases(context, {
      import: reads ? read : 'none',
      connections: request.connections,
      atOnce: request.atOnce === true,
      sync: options.sync ?? work.sync,
      export: options.export ?? work.export,
      synced: steps.slice(0, index).some((one) => WORK[one].sync),
      ...(object === undefined
        ? {}
        : { only: [object], scope: async () => ({ only: await accountsOf(object, services), members: null }) }),
      ...(refused ? { refused } : {}),
      ...(accepted ? { scope: accepted.scope } : {}),
      after,
    });
    if (!went) return false;
  }
  return after('cycle');
}

async function lookAgainAt(
  range: { readonly from: number; readonly to: number },
  subjects: readonly ('staged' | 'object')[],
  cause: string,
  { context }: Session,
): Promise<void> {
  await context.store.sync.markDirty(
    subjects.map((subject) => ({ subject, ...range, cause })),
    context.epoch,
  );
}

async function accountsOf(object: number, services: Services): Promise<number[]> {
  return (await services.store.sync.linked([object])).map((row) => row.id);
}
