/** How a fault looks to who called: refusals, deaths, waits, other values. */
import type { RawValue } from '#connectors/contract';
import { type Fault, RollcallError } from '#core/errors';
import type { FaultAction, Rewriting } from './rules.ts';
import type { Operation, Script } from './script.ts';

export interface Injection {
  /** Of the system, for messages. */
  readonly name: string;
  readonly script: Script;
  /** Told of each fault at the moment it takes effect. */
  readonly happened?: ((action: FaultAction, operation: Operation) => void) | undefined;
  readonly wait: (ms: number) => Promise<void>;
}

export type Death = Extract<FaultAction, { die: unknown }>;
type Refusal = Extract<FaultAction, { refuse: unknown }>;

const REMEDY = 'change the script of faults';

/** One call that is not a write, with all that goes wrong around it. */
export async function call<T>(injection: Injection, operation: Operation, work: () => Promise<T>): Promise<T> {
  const actions = injection.script(operation);
  await meet(injection, operation, actions, 'before');
  const result = await work();
  await meet(injection, operation, actions, 'after');
  return result;
}

/** Waits; throws for the first refusal or death of this moment. */
export async function meet(
  injection: Injection,
  operation: Operation,
  actions: readonly FaultAction[],
  moment: 'before' | 'after',
): Promise<void> {
  await delays(injection, operation, actions, moment);
  for (const action of actions) {
    if ('refuse' in action && moment === 'before') {
      injection.happened?.(action, operation);
      throw refusal(injection, action);
    }
    if (!('die' in action) || action.die !== moment) continue;
    injection.happened?.(action, operation);
    await die(action.how);
    throw lost(injection);
  }
}

export async function delays(
  injection: Injection,
  operation: Operation,
  actions: readonly FaultAction[],
  moment: 'before' | 'after',
): Promise<void> {
  for (const action of actions) {
    if (!('delay' in action) || (action.when ?? 'before') !== moment) continue;
    injection.happened?.(action, operation);
    await injection.wait(action.delay);
  }
}

/** Where nobody is told: it does not return. */
export async function die(how: Death['how']): Promise<void> {
  if (how === 'kill') process.kill(process.pid, 'SIGKILL');
  if (how === 'kill' || how === 'silent') await new Promise<never>(() => undefined);
}

export function refusal({ name }: Injection, { refuse, message, retryAfterMs, attribute }: Refusal): RollcallError {
  return new RollcallError(refuse, message ?? `${name} refuses as its script says`, {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(attribute === undefined ? {} : { where: { attribute } }),
    remedy: REMEDY,
  });
}

export function lost({ name }: Injection): RollcallError {
  return new RollcallError('unavailable', `the connection to ${name} was lost`, { remedy: REMEDY });
}

export function shortened({ name }: Injection, limit: number): Fault {
  return { kind: 'unavailable', message: `${name} shows no more than ${limit} objects`, where: {}, remedy: REMEDY };
}

export function unanswered({ name }: Injection): { ok: false; unknown: true; fault: Fault } {
  return {
    ok: false,
    unknown: true,
    fault: { kind: 'unavailable', message: `${name} did not answer`, where: {}, remedy: REMEDY },
  };
}

export function rewritten(value: RawValue, how: Rewriting): RawValue {
  if (Array.isArray(value)) return value.map((each) => rewritten(each, how)) as unknown as RawValue;
  if (typeof value !== 'string') return value;
  if (typeof how === 'object') return value.slice(0, how.cut);
  return how === 'upper' ? value.toUpperCase() : how === 'lower' ? value.toLowerCase() : value.trim();
}
