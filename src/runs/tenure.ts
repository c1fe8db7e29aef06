/**
 * The tenure in this process (docs/decisions/0012): taken by the first that needs it, shared by what comes while it is there, given up
 * after the last. Where the process has the store for itself there is nothing to take.
 */
import type { SeveralOperations } from '#store/contract';
import { type Beside, besideOf, type Stay } from './beside.ts';
import { AGAIN_MS, carryOut, isOutage } from './handed.ts';
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
    // Those who wait elsewhere go first; what others have put out is not joined.
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
    else if (stay.state === 'taking') {
      // Who had it when this was asked for, may have it still.
      if (!(await stay.taken.promise)) return null;
    } else if (!goesOn(stay, several)) return null;
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

/** Otherwise its run is over, somebody waits elsewhere for theirs, or it was put out: what comes now is for whoever has it next. */
function goesOn(stay: Stay, several: SeveralOperations): boolean {
  return stay.state === 'held' && (stay.runs > 0 || !(stay.queues || several.wanted));
}

async function enter(several: SeveralOperations, services: Services, queues: boolean): Promise<Leave | null> {
  const beside = besideOf(services.store);
  const stay: Stay = {
    state: 'taking',
    users: 0,
    runs: 0,
    queues,
    begun: new Map(),
    left: new Map(),
    looks: new Set(),
    again: null,
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
    stay.taken.resolve(had);
  }
  if (!had) return null;
  const deaf = several.onNews((news) => {
    if (news === 'out' && stay.state === 'held') stay.state = 'out';
    if (news === 'handed' || news === 'missed') attend(stay, several, services);
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
      await Promise.allSettled(stay.looks);
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

function attend(stay: Stay, several: SeveralOperations, services: Services): void {
  if (!goesOn(stay, several)) return;
  serve(stay, several, services).catch((error: unknown) => {
    if (isOutage(error)) attendLater(stay, several, services);
  });
}

function attendLater(stay: Stay, several: SeveralOperations, services: Services): void {
  stay.again ??= setTimeout(() => {
    stay.again = null;
    attend(stay, several, services);
  }, AGAIN_MS).unref();
}

/** Begins what was handed over, in order; answers when it is begun. */
async function serve(stay: Stay, several: SeveralOperations, services: Services): Promise<void> {
  if (stay.state !== 'held') return;
  const leave = join(stay, several, besideOf(services.store), false);
  const look = beginHanded(stay, several, services);
  stay.looks.add(look);
  try {
    await look;
  } finally {
    stay.looks.delete(look);
    await leave();
  }
}

async function beginHanded(stay: Stay, several: SeveralOperations, services: Services): Promise<void> {
  for (const handed of await several.handed()) {
    if (stay.begun.has(handed.id)) continue;
    const done = join(stay, several, besideOf(services.store), false);
    const carried = carryOut(handed, several, services, { left: stay.left, goesOn: () => goesOn(stay, several) }).then(
      (again) => {
        if (again) {
          stay.begun.delete(handed.id);
          attendLater(stay, several, services);
        }
        return done();
      },
    );
    stay.begun.set(handed.id, carried);
  }
}
