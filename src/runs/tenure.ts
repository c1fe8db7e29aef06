/**
 * The tenure in this process (docs/decisions/0012): taken by the first that needs it, shared by what comes while it is there, given up
 * after the last. Where the process has the store for itself there is nothing to take.
 */
import type { SeveralOperations } from '#store/contract';
import { type Beside, besideOf, type Stay } from './beside.ts';
import { carryOut } from './handed.ts';
import type { Services } from './model.ts';

/** To be called when the work is done. */
export type Leave = () => Promise<void>;

const NOTHING: Leave = async () => undefined;

/** For a run, which waits in the order of asking. Errors: Interrupted when it is to end before. */
export async function takeTenure(services: Services): Promise<Leave> {
  const { several } = services.store;
  if (several === null) return NOTHING;
  const beside = besideOf(services.store);
  for (;;) {
    const { stay } = beside;
    if (stay === null) return (await enter(several, services, true))!;
    if (stay.state === 'taking') await stay.taken.promise;
    else if (stay.state === 'held' && !several.wanted) return await joined(stay, several, services, true);
    // Those who wait elsewhere go first.
    else await stay.ended.promise;
  }
}

/** For a push. Null where another process has it, or waits for it: it is handed over. */
export async function tryTenure(services: Services): Promise<Leave | null> {
  const { several } = services.store;
  if (several === null) return NOTHING;
  const beside = besideOf(services.store);
  for (;;) {
    const { stay } = beside;
    if (stay === null) return await enter(several, services, false);
    if (stay.state === 'leaving') await stay.ended.promise;
    else if (stay.state === 'taking' && stay.queues) return null;
    else if (stay.state === 'taking') await stay.taken.promise;
    else if (takesNothing(stay, several)) return null;
    else return await joined(stay, several, services, false);
  }
}

/** `begun` may begin with it; it is given up when that has settled. */
export async function leaving<T extends { readonly settled: Promise<unknown> }>(leave: Leave, begun: Promise<T>): Promise<T> {
  const end = (): void => void leave();
  try {
    const work = await begun;
    work.settled.then(end, end);
    return work;
  } catch (error) {
    end();
    throw error;
  }
}

/** Its run is over, or somebody waits elsewhere for theirs: what comes now is for whoever has it next. */
function takesNothing(stay: Stay, several: SeveralOperations): boolean {
  return stay.runs === 0 && (stay.queues || several.wanted);
}

async function enter(several: SeveralOperations, services: Services, queues: boolean): Promise<Leave | null> {
  const beside = besideOf(services.store);
  const stay: Stay = {
    state: 'taking',
    users: 0,
    runs: 0,
    queues,
    begun: new Map(),
    taken: Promise.withResolvers(),
    ended: Promise.withResolvers(),
  };
  beside.stay = stay;
  let had = false;
  try {
    had = queues ? await taken(several, services) : await several.tryTake({ at: services.wall() });
  } finally {
    if (had) stay.state = 'held';
    else {
      beside.stay = null;
      stay.ended.resolve();
    }
    stay.taken.resolve();
  }
  if (!had) return null;
  const deaf = several.onNews((news) => {
    if (news !== 'handed' && news !== 'missed') return;
    if (!takesNothing(stay, several)) void serve(stay, several, services).catch(() => undefined);
  });
  void stay.ended.promise.then(deaf);
  return await joined(stay, several, services, queues);
}

/** What was handed over before this one was asked for goes first. */
async function joined(stay: Stay, several: SeveralOperations, services: Services, runs: boolean): Promise<Leave> {
  const leave = join(stay, several, besideOf(services.store), runs);
  try {
    await serve(stay, several, services);
  } catch (error) {
    await leave();
    throw error;
  }
  return leave;
}

async function taken(several: SeveralOperations, { wall, signal, onWaits }: Services): Promise<true> {
  await several.take({ at: wall(), signal, waits: onWaits ?? (() => undefined) });
  return true;
}

function join(stay: Stay, several: SeveralOperations, beside: Beside, runs: boolean): Leave {
  stay.users++;
  if (runs) stay.runs++;
  return async () => {
    if (runs) {
      stay.runs--;
      // A process may end with its run.
      await Promise.all(stay.begun.values());
    }
    if (--stay.users > 0) return;
    stay.state = 'leaving';
    // A connection that is lost has given it up.
    await several.leave().catch(() => undefined);
    beside.stay = null;
    stay.ended.resolve();
  };
}

/** Begins what was handed over, in order; answers when it is begun. */
async function serve(stay: Stay, several: SeveralOperations, services: Services): Promise<void> {
  if (stay.state !== 'held') return;
  const beside = besideOf(services.store);
  const leave = join(stay, several, beside, false);
  try {
    for (const handed of await several.handed()) {
      if (stay.begun.has(handed.id)) continue;
      const done = join(stay, several, beside, false);
      stay.begun.set(handed.id, carryOut(handed, several, services).then(done));
    }
  } finally {
    await leave();
  }
}
