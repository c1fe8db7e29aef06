/**
 * The run that pushes share: what comes while others are being worked out is one list, one turn, few commits. Each push is durable
 * before it is answered, whatever becomes of its run; what its run does not finish waits for the next one.
 */
import { type Fault, RollcallError } from '#core/errors';
import { unknownConnection } from '#core/unknown-name';
import type { EngineConnection, Turn } from '#engine/index';
import type { DirtyRange, RunId } from '#store/contract';
import { type Arrival, objectOf } from './arrival.ts';
import { besideOf, inLine, type PushReport, type PushRun, type Taken } from './beside.ts';
import { isHeld } from './cycle.ts';
import { endRun, followed, openBeside } from './follow.ts';
import type { Services } from './model.ts';
import { createPushStaging } from './push-staging.ts';
import { type Recorder, recorder } from './recorder.ts';
import { touched } from './run-counts.ts';
import type { Opened, Session } from './services.ts';

export interface Pushed {
  readonly run: RunId;
  /** What is wrong with it, attribute by attribute; then nothing of it was taken. */
  readonly faults: readonly Fault[];
  /** Of a request that was received. */
  readonly answer?: unknown;
  /** Fulfilled when the person, the links and what is to be sent are in the store for good, or cannot be worked out now. */
  readonly worked: Promise<void>;
  /** Fulfilled when what follows from it is agreed and its exports were tried. */
  readonly settled: Promise<PushReport>;
}

/** What comes while a run is being prepared, up to here: few enough for the store's interactive lane. */
const MOST = 20;

/**
 * Errors: as of `push`. `around` has it staged, in the order of the pushes of one object; `alone`: the next of them waits until it is
 * through with it.
 */
export async function pushHere(
  pushed: Arrival,
  services: Services,
  { alone, around }: { readonly alone: boolean; readonly around: (stage: () => Promise<Taken>) => Promise<Taken> },
): Promise<Pushed> {
  const { connection: name, by } = pushed;
  const connection = connectionOf(name, services);
  const into = joinRun(services, by);
  const stage = async (enter: () => void): Promise<Taken> => {
    const { context } = await into.session;
    if (isHeld(context, connection))
      throw new RollcallError('conflict', `${name} is held: nothing is taken from it`, { remedy: `rollcall release ${name}` });
    const staged = into.stage(context, connection, pushed);
    enter();
    const taken = await staged;
    await context.begun;
    return { run: context.run, ...taken };
  };
  const line = { into, shares: !alone };
  const taken = inLine(services.store, objectOf(pushed), line, (enter) => around(() => stage(enter)));
  into.staging.push(taken);
  return { ...(await taken), worked: into.worked, settled: into.settled };
}

/** These are looked at anew, at once. */
export async function lookHere(ranges: readonly DirtyRange[], by: string, services: Services): Promise<Omit<Pushed, 'faults'>> {
  const into = joinRun(services, by);
  const marked = into.session.then(async ({ context }) => {
    await context.begun;
    await context.store.sync.markDirty(ranges, context.epoch);
  });
  into.staging.push(marked);
  await marked;
  return { run: (await into.session).context.run, worked: into.worked, settled: into.settled };
}

export function connectionOf(name: string, { config }: Pick<Services, 'config'>): EngineConnection {
  const connection = config.connections.find((one) => one.name === name);
  if (connection) return connection;
  throw unknownConnection(
    name,
    config.connections.map((one) => one.name),
  );
}

/** The run that is being prepared for whoever this is, or a new one. */
function joinRun(services: Services, by: string): PushRun {
  const { pushes } = besideOf(services.store);
  const open = pushes.get(by);
  if (open && open.staging.length < MOST) return open;
  const noting = recorder(services.store);
  const opened = services.keptOpen?.take();
  const session = openBeside({ profile: 'push', by, ...(opened === undefined ? {} : { opened }) }, services, noting);
  const staging: Promise<unknown>[] = [];
  const close = (): void => void (pushes.get(by) === run && pushes.delete(by));
  const worked = Promise.withResolvers<void>();
  let asked = false;
  /** Once for all of them. */
  const kept = (): void => {
    if (!asked) worked.resolve(services.store.durable());
    asked = true;
  };
  worked.promise.catch(() => undefined);
  const settled = settle(services, { session, opened, noting, staging, begun: performance.now(), close, worked: kept });
  // What is staged waits for the next run where this one cannot work it out.
  settled.then(kept, kept);
  const run: PushRun = { session, stage: createPushStaging(), staging, worked: worked.promise, settled };
  run.settled.catch(() => undefined);
  pushes.set(by, run);
  return run;
}

interface Taking {
  readonly session: Promise<Session>;
  /** Its connections, where they may stay open. */
  readonly opened: Opened | undefined;
  readonly noting: Recorder;
  readonly staging: readonly Promise<unknown>[];
  /** When the first of them came, of the monotonic clock. */
  readonly begun: number;
  /** Takes no more. */
  close(): void;
  worked(): void;
}

async function settle(services: Services, taking: Taking): Promise<PushReport> {
  const { opened, noting, staging, close, worked } = taking;
  const { runs, turns } = besideOf(services.store);
  let session: Session;
  let turn: Promise<Turn> | undefined;
  try {
    session = await taking.session;
    // A run that goes on beside this one would take its slices in between: it stands aside from now on.
    if (runs > 0) turn = turns.take(true);
    await session.context.begun;
  } catch (error) {
    close();
    void turn?.then((one) => one.end());
    await opened?.close(true);
    throw error;
  }
  const staged = async (): Promise<void> => {
    close();
    await Promise.allSettled(staging);
  };
  // Elsewhere nobody waits in the turn for what is being staged.
  if (turn === undefined) await Promise.allSettled(staging);
  const status = await followed(session, services, noting, { turn, staged, worked });
  if (opened === undefined) await session.close();
  else if (status === 'done' && session.faultCount() === 0) await services.keptOpen!.give(opened);
  else await opened.close(true);
  const connections = touched(session);
  const report = await endRun(session, services, status, connections);
  const elapsedMs = performance.now() - taking.begun;
  services.onPushes?.({ ...report, connections, faultCount: session.faultCount(), elapsedMs });
  return report;
}
