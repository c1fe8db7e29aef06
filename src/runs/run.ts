/** One run from start to end: it never throws to its caller for a fault of a system; it ends as a row (HOUSE: runs). */

import { copyOf } from '#config/places';
import { PROFILES, stepsOf } from '#config/profiles';
import { canonicalJson } from '#core/canonical';
import { type Fault, RollcallError, StoreUnavailable, toFault } from '#core/errors';
import { grouped } from '#core/text';
import { traced } from '#core/tracing';
import { UnknownName, unknownConnection } from '#core/unknown-name';
import { asksSomebody, forgetAhead } from '#engine/index';
import type { RunStatus } from '#store/contract';
import { begin, begun } from './begin.ts';
import { besideOf } from './beside.ts';
import { carryOut, type RunOptions, WORK } from './carry-out.ts';
import { firstPlans } from './cycle.ts';
import { endingsOf, endsAccount } from './endings.ts';
import { rulesFit } from './fits.ts';
import type { Plan, PlanLine, PlanReads, RunReport, RunRequest, Services } from './model.ts';
import type { LookAhead } from './plan-file.ts';
import { planLines } from './plan-lines.ts';
import { noticeChangedRules, noticeMissing, rememberRules } from './rules-changed.ts';
import { countConnections, countObjects, worked } from './run-counts.ts';
import type { Session } from './services.ts';
import { noticeOverdue, noticeParked, noticePaused } from './standing.ts';
import { takeTenure } from './tenure.ts';
import { noticeDisbelieved, noticeUnbelieved } from './unbelieved.ts';
import { noticeWaits } from './waits.ts';

/**
 * Runs on one store follow each other, in the order in which they were asked for, those of other processes as well: each may look at
 * all that waits, and write to every target. Pushes (push.ts) go on beside them. Errors: Interrupted where it was ended while it waited.
 */
export function run(request: RunRequest, services: Services, options: RunOptions = {}): Promise<RunReport> {
  const beside = besideOf(services.store);
  const report = beside.last.then(async () => {
    const leave = await takeTenure(services);
    beside.runs++;
    services.onRun?.(true);
    try {
      const asked = { 'rollcall.profile': request.profile };
      return await traced(options.export === false ? 'plan' : 'run', asked, async (span) => {
        const report = await runNow(request, services, options);
        span?.set({ 'rollcall.run': report.run, 'rollcall.status': report.status });
        return report;
      });
    } finally {
      beside.runs--;
      services.onRun?.(false);
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
  await begun(session);
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
      if (!(await carryOut(request, steps, services, session, { ...options, ahead: lookAhead(request, services, session) })))
        status = 'failed';
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
  const rowsWritten = worked(await store.rowsWritten()) - worked(before);
  await store.runs.finish(context.run, context.epoch, {
    status,
    endedAt: services.wall(),
    counts: canonicalJson(connections),
    rowsWritten,
    // What broke off, or was about some people only, settled no doubt about the time.
    believed: whole && (status === 'done' || status === 'warnings'),
  });
  await store.durable();
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
