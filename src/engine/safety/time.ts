/**
 * Whether the time may be believed after a stop (SEMANTICS 5): a short one always, a long one where a connected system says
 * the same. In doubt due disables and deletes wait for a person.
 */
import type { EngineConnection, EngineContext } from '../context.ts';

const BELIEVED_GAP_MS = 7 * 86_400_000;
const AGREES_WITHIN_MS = 600_000;
/** A system that takes longer has not said what time it is. */
const ANSWERS_WITHIN_MS = 10_000;

/** No target is waited for longer than this, whatever it asks for. */
export const LONGEST_WAIT_MS = 86_400_000;

type Asking = Pick<EngineContext, 'connections' | 'states' | 'now' | 'signal' | 'open'>;

/** `believed`: `now` of the last run that came to its end; 0 before there was one. Systems are asked only when that is long ago. */
export async function isTimeDoubted(context: Asking, believed: number): Promise<boolean> {
  if (believed === 0 || context.now - believed < BELIEVED_GAP_MS) return false;
  const asked = context.connections.filter(({ name }) => context.states.get(name)?.held == null);
  return !(await Promise.all(asked.map((connection) => agrees(context, connection)))).includes(true);
}

async function agrees(context: Asking, connection: EngineConnection): Promise<boolean> {
  try {
    const { clock } = context.open(connection);
    if (clock === undefined) return false;
    const at = await clock.now(AbortSignal.any([context.signal, AbortSignal.timeout(ANSWERS_WITHIN_MS)]));
    return Math.abs(at - context.now) <= AGREES_WITHIN_MS;
  } catch {
    // What is wrong with it is told when it is read.
    return false;
  }
}

/** A clock that was ahead and was set right since has left times behind that nothing may wait for. Runs keep the latest `now`: it tells. */
export async function forgetAhead(context: EngineContext): Promise<void> {
  const at = context.wall();
  const latest = at + LONGEST_WAIT_MS;
  if (context.now <= latest) return;
  for (const { name, exports } of context.connections)
    if (exports.size > 0) await context.store.exports.setTimesBack({ connection: name, epoch: context.epoch, at, latest });
}
