/**
 * The run that pushes share: what comes while others are being worked out is one list, one turn, few commits. Each push is durable
 * before it is answered, whatever becomes of its run; what its run does not finish waits for the next one.
 */
import type { Change, ReadObject } from '#connectors/contract';
import { type Fault, RollcallError } from '#core/errors';
import { unknownConnection } from '#core/unknown-name';
import type { EngineConnection } from '#engine/index';
import type { DirtyRange, RunId } from '#store/contract';
import { besideOf, inOrder, type PushReport, type PushRun, type Taken } from './beside.ts';
import { isHeld } from './cycle.ts';
import { endRun, followed, openBeside } from './follow.ts';
import type { Services } from './model.ts';
import { createPushStaging } from './push-staging.ts';
import { type Recorder, recorder } from './recorder.ts';
import type { Session } from './services.ts';

export interface PushRequest {
  readonly connection: string;
  /** The whole object (`put`, or no `op`), what of it changed (`patch`), or that it is not there any more (`delete`). */
  readonly change: ReadObject | Change;
  readonly by: string;
}

export interface Pushed {
  readonly run: RunId;
  /** What is wrong with it, attribute by attribute; then nothing of it was taken. */
  readonly faults: readonly Fault[];
  /** Fulfilled when what follows from it is agreed and its exports were tried. */
  readonly settled: Promise<PushReport>;
}

/** What comes while a run is being prepared, up to here: few enough for the store's interactive lane. */
const MOST = 20;

/** Errors: as of `push`. `around` has it staged, in the order of the pushes of one object: the next of them waits for it. */
export async function pushHere(
  { connection: name, change, by }: PushRequest,
  services: Services,
  around: (stage: () => Promise<Taken>) => Promise<Taken>,
): Promise<Pushed> {
  const connection = connectionOf(name, services);
  const into = joinRun(services, by);
  const stage = async (): Promise<Taken> => {
    const { context } = await into.session;
    if (isHeld(context, connection))
      throw new RollcallError('conflict', `${name} is held: nothing is taken from it`, { remedy: `rollcall release ${name}` });
    return { run: context.run, faults: await into.stage(context, connection, change) };
  };
  const taken = inOrder(services.store, `staging ${objectOf(change, name)}`, () => around(stage));
  into.staging.push(taken);
  return { ...(await taken), settled: into.settled };
}

/** These are looked at anew, at once. */
export async function lookHere(ranges: readonly DirtyRange[], by: string, services: Services): Promise<Omit<Pushed, 'faults'>> {
  const into = joinRun(services, by);
  const marked = into.session.then(({ context }) => context.store.sync.markDirty(ranges, context.epoch));
  into.staging.push(marked);
  await marked;
  return { run: (await into.session).context.run, settled: into.settled };
}

/** Whose pushes keep their order. */
export function objectOf({ kind, anchor }: PushRequest['change'], connection: string): string {
  return [connection, kind, anchor].join('\u0000');
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
  const session = openBeside({ profile: 'push', by }, services, noting);
  const staging: Promise<unknown>[] = [];
  const close = (): void => void (pushes.get(by) === run && pushes.delete(by));
  const settled = settle(services, session, noting, staging, close);
  const run: PushRun = { session, stage: createPushStaging(), staging, settled };
  run.settled.catch(() => undefined);
  pushes.set(by, run);
  return run;
}

async function settle(
  services: Services,
  opening: Promise<Session>,
  noting: Recorder,
  staging: readonly Promise<unknown>[],
  close: () => void,
): Promise<PushReport> {
  let session: Session;
  try {
    session = await opening;
  } catch (error) {
    close();
    throw error;
  }
  const status = await followed(session, services, noting, async () => {
    close();
    await Promise.allSettled(staging);
  });
  await session.close();
  return await endRun(session, services, status, []);
}
