/** One run from start to end: it never throws to its caller for a fault of a system; it ends as a row (HOUSE: runs). */

import { copyOf } from '#config/places';
import { PROFILES, type Profile, stepsOf } from '#config/profiles';
import { canonicalJson } from '#core/canonical';
import { type Fault, RollcallError, StoreUnavailable, toFault } from '#core/errors';
import { grouped } from '#core/text';
import { UnknownName, unknownConnection } from '#core/unknown-name';
import { COUNTED } from '#engine/counts';
import { asksSomebody, forgetAhead } from '#engine/index';
import { isDiscarded } from '#engine/safety/discards';
import type { ObjectId, RunStatus } from '#store/contract';
import { begin } from './begin.ts';
import { besideOf } from './beside.ts';
import { type CycleOptions, firstPlans, phases } from './cycle.ts';
import { endingsOf, endsAccount } from './endings.ts';
import { rulesFit } from './fits.ts';
import { heldMembers, modesOf } from './held-members.ts';
import { runHooks } from './hooks/hooks.ts';
import type { ConnectionCounts, Plan, PlanLine, PlanReads, RunReport, RunRequest, Services } from './model.ts';
import { acceptPlan, type LookAhead, openPlan } from './plan-file.ts';
import { planLines } from './plan-lines.ts';
import { noticeChangedRules, noticeMissing, rememberRules } from './rules-changed.ts';
import type { Session } from './services.ts';
import { noticeOverdue, noticeParked, noticePaused } from './standing.ts';
import { takeTenure } from './tenure.ts';
import { noticeDisbelieved, noticeUnbelieved } from './unbelieved.ts';
import { noticeWaits } from './waits.ts';

/** Tables whose rows are the record of a run, not its work. */
const RECORD = new Set(['run', 'connection', 'counter', 'setting', 'error', 'bitmap_page']);

interface RunOptions {
  /** People are worked out whatever the profile is: that is what a plan is for. */
  readonly sync?: boolean;
  /** `now` is a question, not the time: nothing is doubted about it. */
  readonly whatIf?: boolean;
  readonly export?: boolean;
  readonly read?: boolean;
  /** Left as they are, and waiting. */
  readonly refused?: ReadonlySet<ObjectId>;
}

/**
 * Runs on one store follow each other, in the order in which they were asked for, those of other processes as well: each may look at
 * all that waits, and write to every target. Pushes (push.ts) go on beside them. Errors: Interrupted where it was ended while it waited.
 */
export function run(request: RunRequest, services: Services, options: RunOptions = {}): Promise<RunReport> {
  const beside = besideOf(services.store);
  const report = beside.last.then(async () => {
    const leave = await takeTenure(services);
    beside.runs++;
    try {
      return await runNow(request, services, options);
    } finally {
      beside.runs--;
      await leave();
    }
  });
  beside.last = report.catch(() => undefined);
  return report;
}

/** The same run on a private copy of the store, with nothing sent: what it says, and what would come of it. */
export async function onCopy(
  request: RunRequest,
  services: Services,
  options: Pick<RunOptions, 'read' | 'whatIf' | 'refused'>,
): Promise<{ readonly report: RunReport; readonly lines: readonly PlanLine[]; readonly endings: Plan['endings'] }> {
  const sandbox = await services.store.sandbox();
  try {
    // Nobody outside is told of what did not happen.
    const inside: Services = { ...services, store: sandbox, config: copyOf(services.config, { hooks: [] }) };
    const report = await run(request, inside, { ...options, export: false, sync: true });
    const reads = options.read === true ? readsOf(request, services.config) : null;
    const lines = await planLines(sandbox, services.config, { run: report.run, now: report.now, reads });
    const ending = lines.flatMap((line) => (endsAccount(line) && line.object !== null ? [line.object] : []));
    return { report, lines, endings: await endingsOf(ending, sandbox, services.config) };
  } finally {
    await sandbox.close();
  }
}

function readsOf({ profile, connections }: RunRequest, config: Services['config']): PlanReads {
  const how = stepsOf(profile, config.profiles)?.map((step) => WORK[step].import)[0] ?? 'none';
  return { how: how === 'none' ? 'auto' : how, connections: connections ?? config.connections.map((one) => one.name) };
}

async function runNow(request: RunRequest, services: Services, options: RunOptions): Promise<RunReport> {
  const { store, config } = services;
  const startedAt = services.wall();
  const started = performance.now();
  const names = config.connections.map((c) => c.name);
  for (const name of request.connections ?? []) if (!names.includes(name)) throw unknownConnection(name, names);
  const steps = stepsOf(request.profile, config.profiles);
  if (steps === null)
    throw new UnknownName(`There is no profile '${request.profile}'.`, request.profile, [...PROFILES, ...config.profiles.keys()]);
  const beside = besideOf(store);
  const { turns } = beside;
  const session = await begin({ ...request, now: request.now ?? startedAt, beside, whatIf: options.whatIf === true }, services);
  const { context } = session;
  const { now } = context;
  const before = await store.rowsWritten();
  const synced = options.sync === true || steps.some((step) => WORK[step].sync);
  const whole = synced && request.object === undefined && request.planLines === undefined;
  let status: RunStatus = 'done';
  try {
    await request.onBegun?.(context.run);
    await forgetAhead(context);
    noticeMissing(context);
    if (!(await rulesFit(context, config))) status = 'failed';
    else {
      await noticeChangedRules(context, config);
      if (!(await carryOut(request, steps, services, session, options))) status = 'failed';
    }
    if (status === 'done' && whole) await rememberRules(context, config);
    if (options.whatIf !== true) noticeOverdue(context);
    noticePaused(context, services);
    await noticeParked(context);
    if (options.export !== false && steps.some((step) => WORK[step].export !== false)) await noticeWaits(context);
    if (options.sync === true && options.read !== true) await noticeUnbelieved(context);
    else noticeDisbelieved(context, session.notices);
  } catch (error) {
    status = context.signal.aborted ? 'interrupted' : 'failed';
    if (!context.signal.aborted) context.fault(endedBy(error));
  } finally {
    await session.close();
    for (const [name, reading] of turns.reading) if (reading.run === context.run) turns.reading.delete(name);
  }
  session.told();
  await session.errorsStored();
  if (
    status === 'done' &&
    (session.faultCount() > 0 || session.notices.some((notice) => notice.kind !== 'firstPlan' && asksSomebody(notice)))
  )
    status = 'warnings';
  const connections = await countConnections(session, services);
  const rowsWritten = work(await store.rowsWritten()) - work(before);
  await store.runs.finish(context.run, context.epoch, {
    status,
    endedAt: services.wall(),
    counts: canonicalJson(connections),
    rowsWritten,
    // What broke off, or was about some people only, settled no doubt about the time.
    believed: whole && (status === 'done' || status === 'warnings'),
  });
  for (const target of firstPlans(context)) {
    const counts = connections.find((c) => c.connection === target.name)!;
    if (counts.observed > 0)
      session.notices.push({
        kind: 'firstPlan',
        connection: target.name,
        message: `${target.name} is only watched so far; ${grouped(counts.observed)} ${counts.observed === 1 ? 'change' : 'changes'} would be made`,
        remedy: `look at them with 'rollcall plan', then: rollcall approve ${target.name} --as YOU --reason WHY`,
        hold: null,
      });
  }
  return {
    run: context.run,
    profile: request.profile,
    status,
    now,
    elapsedMs: performance.now() - started,
    connections,
    objects: await countObjects(session, services),
    rowsWritten,
    faults: session.faults,
    faultCount: session.faultCount(),
    failed: config.connections.flatMap(({ name }) => (context.failed.has(name) ? [name] : [])),
    unfinished: context.unfinished,
    notices: session.notices,
  };
}

/** What broke off the run. Where it was the store, nobody else is to be asked what became of the rest. */
function endedBy(error: unknown): Fault {
  const fault = toFault(error);
  if (!(error instanceof StoreUnavailable)) return fault;
  const rest = 'what was not worked out or not sent waits, and the next run goes on with it';
  return { ...fault, remedy: fault.remedy === undefined ? rest : `${fault.remedy}; ${rest}` };
}

/** What each profile does of a cycle. */
const WORK: { readonly [profile in Profile]: Pick<CycleOptions, 'import' | 'sync' | 'export'> & { readonly all?: true } } = {
  cycle: { import: 'auto', sync: true, export: true },
  'full-import': { import: 'full', sync: false, export: false },
  'delta-import': { import: 'delta', sync: false, export: false },
  'full-sync': { import: 'none', sync: true, export: false, all: true },
  'delta-sync': { import: 'none', sync: true, export: false },
  export: { import: 'none', sync: false, export: 'decided' },
};

/** One step after the other. False when a hook ended it. */
async function carryOut(
  request: RunRequest,
  steps: readonly Profile[],
  services: Services,
  session: Session,
  options: RunOptions,
): Promise<boolean> {
  const { context } = session;
  const sync = options.sync === true || steps.some((step) => WORK[step].sync);
  // An export alone decides nothing, so nobody is to be looked at again before it.
  if (request.object !== undefined && sync)
    await lookAgainAt({ from: request.object, to: request.object }, ['object'], 'asked for', session);
  const { object } = request;
  const after = (phase: Parameters<typeof runHooks>[1]): Promise<boolean> => runHooks(services.config, phase, context);
  const planned = request.planLines ? openPlan(request.planLines, context.now) : null;
  // What only the plan's own read knew is in no store; a plan of an earlier version does not say that it read.
  if (planned?.head.reads) {
    const { how, connections } = planned.head.reads;
    const chosen = connections.filter((name) => request.connections?.includes(name) ?? true);
    if (!(await phases(context, { import: how, connections: chosen, atOnce: false, sync: false, export: false, after })))
      return false;
  }
  const accepted = planned && (await acceptPlan(planned, context, lookAhead(request, services, session)));
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

/** A run that carries out a plan, as it would be now. Its faults are told when it is carried out. */
function lookAhead({ planLines: _, ...request }: RunRequest, services: Services, { context }: Session): LookAhead {
  const { onFault: _faults, onProgress: _progress, ...quiet } = services;
  return async (refused) => {
    const { report, lines } = await onCopy({ ...request, now: context.now }, quiet, { read: false, refused });
    context.signal.throwIfAborted();
    const [fault] = report.faults;
    if (report.status === 'failed' && fault) throw new RollcallError(fault.kind, fault.message);
    return lines;
  };
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

function work(rows: { readonly [table: string]: number }): number {
  let sum = 0;
  for (const [table, n] of Object.entries(rows)) if (!RECORD.has(table)) sum += n;
  return sum;
}

async function countConnections(session: Session, services: Services): Promise<ConnectionCounts[]> {
  const { context } = session;
  const parked = await services.store.decisions.parkedCounts();
  const modes = await modesOf(services.config.connections, services.store);
  const out: ConnectionCounts[] = [];
  for (const { name, exports } of context.connections) {
    const counts = { ...context.counters.of(name) };
    counts.parked = parked.filter((p) => p.connection === name).reduce((sum, p) => sum + p.count, 0);
    counts.observed = 0;
    counts.held = 0;
    counts.waiting = 0;
    if (exports.size > 0) {
      const states = await services.store.exports.counts(name);
      // What somebody discarded waits for nobody.
      counts.observed = (states.observed ?? 0) > 0 ? await undecided(name, 'observed', services.store) : 0;
      counts.held = (states.held ?? 0) > 0 ? await undecided(name, 'held', services.store) : 0;
      counts.held += await heldMembers(name, modes.get(name)!, services.store);
      counts.waiting = (states.waiting ?? 0) + (states.sent ?? 0) + (states.unknown ?? 0);
    }
    out.push({
      connection: name,
      ...(Object.fromEntries(COUNTED.map((what) => [what, counts[what]])) as Omit<ConnectionCounts, 'connection'>),
    });
  }
  return out;
}

async function undecided(connection: string, state: 'observed' | 'held', store: Services['store']): Promise<number> {
  let found = 0;
  for (let after = 0; ; ) {
    const page = await store.exports.list(connection, [state], { after, limit: 1_000 });
    for (const row of page) if (!isDiscarded(row)) found++;
    if (page.length < 1_000) return found;
    after = page[page.length - 1]!.id;
  }
}

async function countObjects(session: Session, services: Services): Promise<RunReport['objects']> {
  const out: { [kind: string]: { created: number; changed: number; total: number } } = Object.create(null);
  const totals = await services.store.people.counts();
  for (const kind of session.context.kinds.keys()) {
    const counted = session.context.counters.objects.get(kind) ?? { created: 0, changed: 0 };
    out[kind] = { ...counted, total: totals[kind] ?? 0 };
  }
  return out;
}
