/** The fault script at work: which rule applies to an operation, and what its actions do. */
import type { RawValue } from '#connectors/contract';
import { type Fault, RollcallError } from '#core/errors';
import type { FaultAction, FaultRule, MemoryConfig } from './config.ts';
import type { MemorySystem } from './system.ts';

export interface Operation {
  readonly on: Exclude<FaultRule['on'], 'write'>;
  readonly kind?: string;
  readonly anchor?: string;
}

/** The actions that apply to an operation, in the order of the script; asking counts as the operation. */
export function actionsFor(system: MemorySystem, { faults }: MemoryConfig, operation: Operation): FaultAction[] {
  const actions: FaultAction[] = [];
  for (const [index, rule] of faults.entries()) {
    if (!fits(rule, operation)) continue;
    const before = system.fit(index);
    if (before >= rule.after && (rule.times === undefined || before < rule.after + rule.times)) actions.push(rule.do);
  }
  return actions;
}

function fits(rule: FaultRule, { on, kind, anchor }: Operation): boolean {
  const isWrite = on === 'create' || on === 'update' || on === 'delete';
  if (rule.on !== on && !(rule.on === 'write' && isWrite)) return false;
  return (rule.kind === undefined || rule.kind === kind) && (rule.anchor === undefined || rule.anchor === anchor);
}

/** Throws for `refuse` and for a `die` that is no item's own business; kills the process where the script says so. */
export function refuseCall(system: MemorySystem, actions: readonly FaultAction[]): void {
  for (const action of actions) {
    if ('refuse' in action) throw refusal(system, action);
    if ('die' in action) die(system, action);
  }
}

export function refusal(system: MemorySystem, action: Extract<FaultAction, { refuse: unknown }>): RollcallError {
  const { refuse, message, retryAfterMs } = action;
  const more = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new RollcallError(refuse, message ?? `${system.name} refuses as its script says`, {
    ...more,
    remedy: 'change the script of faults',
  });
}

/** Never returns for `kill`, `throw` and `unavailable`. A write that may be half done ends in an error that claims nothing (contract: Writer). */
export function die(system: MemorySystem, { how }: Extract<FaultAction, { die: unknown }>, writing = false): void {
  if (how === 'kill') {
    system.sync();
    process.kill(process.pid, 'SIGKILL');
  }
  if (how === 'unavailable') throw lost(system);
  if (how === 'kill' || how === 'throw') throw writing ? new Error(lost(system).message) : lost(system);
}

export function lost(system: MemorySystem): RollcallError {
  return new RollcallError('unavailable', `the connection to ${system.name} was lost`, { remedy: 'change the script of faults' });
}

export function unanswered(system: MemorySystem): { ok: false; unknown: true; fault: Fault } {
  return {
    ok: false,
    unknown: true,
    fault: { kind: 'unavailable', message: `${system.name} did not answer`, where: {}, remedy: 'change the script of faults' },
  };
}

export function rewritten(value: RawValue, how: 'upper' | 'lower' | 'trim' | { readonly cut: number }): RawValue {
  if (Array.isArray(value)) return value.map((each) => rewritten(each, how)) as unknown as RawValue;
  if (typeof value !== 'string') return value;
  if (typeof how === 'object') return value.slice(0, how.cut);
  return how === 'upper' ? value.toUpperCase() : how === 'lower' ? value.toLowerCase() : value.trim();
}
