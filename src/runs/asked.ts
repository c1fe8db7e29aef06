/**
 * What this process handed over, until it is answered: whoever has the tenure carries it out. When that one ends or dies before, this
 * process takes the tenure and does it itself.
 */
import { type Fault, RollcallError } from '#core/errors';
import type { SeveralOperations } from '#store/contract';
import { type Asked, besideOf, type PushReport, type Taken } from './beside.ts';
import type { Services } from './model.ts';
import type { Pushed } from './push-run.ts';
import { type HandedRequest, requestText } from './request-text.ts';
import { tryTenure } from './tenure.ts';

/** Between two looks where nothing is told: whoever was killed tells nothing. */
const LOOK_MS = 1_000;

/** Durable once it is fulfilled; `begun` when it is staged, wherever that is. Errors of that: as of `push`. */
export async function handOver(request: HandedRequest, services: Services): Promise<{ readonly begun: Promise<Pushed> }> {
  const several = services.store.several!;
  const beside = besideOf(services.store);
  const [taken, settled] = [Promise.withResolvers<Taken>(), Promise.withResolvers<PushReport>()];
  for (const { promise } of [taken, settled]) promise.catch(() => undefined);
  const id = await several.hand(requestText(request));
  beside.asked.set(id, { taken, settled });
  if (beside.look) beside.look();
  else void watch(several, services);
  const begun = taken.promise.then((answer): Pushed => {
    if ('refused' in answer) throw errorOf(answer.refused);
    return { ...answer, settled: settled.promise };
  });
  begun.catch(() => undefined);
  return { begun };
}

function errorOf({ kind, message, where, remedy }: Fault): RollcallError {
  return new RollcallError(kind, message, remedy === undefined ? { where } : { where, remedy });
}

async function watch(several: SeveralOperations, services: Services): Promise<void> {
  const beside = besideOf(services.store);
  const { asked } = beside;
  let wake = (): void => undefined;
  let told = false;
  beside.look = () => {
    told = true;
    wake();
  };
  const deaf = several.onNews((news) => {
    if (news !== 'handed' && news !== 'wanted') beside.look?.();
  });
  try {
    while (asked.size > 0) {
      told = false;
      await look(several, asked);
      if (asked.size === 0) break;
      // Nobody has it: what waits is begun by taking it.
      await (await tryTenure(services))?.();
      if (told) continue;
      const slow = Promise.withResolvers<void>();
      wake = slow.resolve;
      const timer = setTimeout(slow.resolve, LOOK_MS);
      await slow.promise;
      clearTimeout(timer);
    }
  } catch (error) {
    // It is kept, and carried out by whoever has the tenure next.
    for (const { taken, settled } of asked.values()) for (const one of [taken, settled]) one.reject(error);
    asked.clear();
  } finally {
    deaf();
    beside.look = null;
  }
}

async function look(several: SeveralOperations, asked: Map<string, Asked>): Promise<void> {
  const known: string[] = [];
  for (const { id, taken, settled } of await several.handed([...asked.keys()])) {
    const mine = asked.get(id)!;
    if (taken !== null) mine.taken.resolve(JSON.parse(taken) as Taken);
    if (settled === null) continue;
    mine.settled.resolve(JSON.parse(settled) as PushReport);
    asked.delete(id);
    known.push(id);
  }
  if (known.length > 0) await several.forget(known);
}
