/** Which faults an operation runs into: as rules say, or as a seed has it. */
import type { WriteItem } from '#connectors/contract';
import { checkAction, checkRule, eachRuleOnce } from '#core/fault-check';
import { byChance, byRules, type Chance, type FaultScript } from '#core/fault-script';
import type { Kind } from '#core/values';
import { type FaultAction, type FaultRule, FORMS, faultRule } from './rules.ts';

export interface Operation {
  readonly on: Exclude<FaultRule['on'], 'write'>;
  readonly kind?: Kind;
  readonly anchor?: string;
  /** Of writes. */
  readonly item?: WriteItem;
}

export type Script = FaultScript<Operation, FaultAction>;

/**
 * `count`: see core/fault-script.
 * @throws configuration for a rule that could never apply, at once; for one added later, when it is first asked
 */
export function scriptOf(rules: readonly FaultRule[], count?: (place: number) => number): Script {
  const checkNew = eachRuleOnce(rules, (rule, place) => checkRule(rule, place, faultRule, FORMS));
  const script: Script = byRules(rules, fits, count);
  return (operation) => {
    checkNew();
    return script(operation);
  };
}

/** A function's answers are checked as well. */
export function checkedScript(script: Script): Script {
  return (operation) => {
    const actions = script(operation);
    for (const action of actions) checkAction(action, `what the script of faults answers to ${operation.on}`, FORMS);
    return actions;
  };
}

export function fits(rule: FaultRule, { on, kind, anchor }: Operation): boolean {
  if (rule.on !== on && !(rule.on === 'write' && isWrite(on))) return false;
  return (rule.kind === undefined || rule.kind === kind) && (rule.anchor === undefined || rule.anchor === anchor);
}

function isWrite(on: Operation['on']): boolean {
  return on === 'create' || on === 'update' || on === 'delete';
}

/** All that happens to real systems and that no engine may lose, double or take for an absence by. */
const OF_READS: readonly FaultAction[] = [
  { refuse: 'unavailable' },
  { refuse: 'rateLimited', retryAfterMs: 1000 },
  { breakAfter: 1 },
  { breakAfterPage: 1 },
  { cutAfter: 2 },
  { limit: 2 },
  { repeatPage: 1 },
];
const OF_CALLS: readonly FaultAction[] = [{ refuse: 'unavailable' }, { die: 'after', how: 'throw' }];
const OF_WRITES: readonly FaultAction[] = [
  { refuse: 'unavailable' },
  { refuse: 'rateLimited', retryAfterMs: 1000 },
  { die: 'before', how: 'unknown' },
  { die: 'before', how: 'throw' },
  { die: 'after', how: 'unknown' },
  { die: 'after', how: 'rest' },
  { die: 'after', how: 'cut' },
  { die: 'after', how: 'throw' },
];

/** Faults by chance. `actions`: others than those that happen to any system. */
export function randomScript(chance: Chance, actions: (operation: Operation) => readonly FaultAction[] = usual): Script {
  return byChance(chance, actions);
}

export function usual({ on }: Operation): readonly FaultAction[] {
  if (on === 'read') return OF_READS;
  return isWrite(on) ? OF_WRITES : OF_CALLS;
}
