/**
 * What this process handed over, until it is answered: whoever has the tenure carries it out. When that one ends or dies before, this
 * process takes the tenure and does it itself.
 */
import { RollcallError } from '#core/errors';
import { fromFault } from '#core/unknown-name';
import type { SeveralOperations } from '#store/contract';
import { type Asked, besideOf, type PushReport, type Refused, type Taken } from './beside.ts';
import { isOutage } from './handed.ts';
import type { Services } from './model.ts';
import type { Pushed } from './push-run.ts';
import { type HandedRequest, requestText } from './request-text.ts';
import { tryTenure } from './tenure.ts';

/** Between two looks where nothing is told: whoever was killed tells nothing. After a failed one as well. */
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
  const over = (): void => undefined;
  // Whoever works it out says so at the end.
  const worked = settled.promise.then(over, over);
  const begun = taken.promise.then((answer): Pushed => ({ ...answer, worked, settled: settled.promise }));
  begun.catch(() => undefined);
  return { begun };
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
      try {
        await look(several, asked);
        if (asked.size === 0) break;
        // Nobody has it: what waits is begun by taking it.
        await (await tryTenure(services))?.();
        if (told) continue;
      } catch (error) {
        // It passes, and what was handed over is kept: pushed again, it would be done twice.
        if (!isOutage(error)) throw error;
      }
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
  const [known, gone] = [[] as string[], new Set(asked.keys())];
  for (const { id, taken, settled } of await several.handed([...gone])) {
    gone.delete(id);
    const mine = asked.get(id)!;
    if (taken !== null) answer(mine.taken, JSON.parse(taken) as Taken | Refused);
    if (settled === null) continue;
    answer(mine.settled, JSON.parse(settled) as PushReport | Refused);
    asked.delete(id);
    known.push(id);
  }
  for (const id of gone) {
    const { taken, settled } = asked.get(id)!;
    const error = new RollcallError('internal', 'what was handed over to another process is not kept any more', {
      remedy: 'look whether it was done, and ask for it again otherwise',
    });
    for (const one of [taken, settled]) one.reject(error);
    asked.delete(id);
  }
  if (known.length > 0) await several.forget(known);
}

function answer<T extends object>(asked: PromiseWithResolvers<T>, what: T | Refused): void {
  if ('refused' in what) asked.reject(fromFault(what.refused));
  else asked.resolve(what);
}
