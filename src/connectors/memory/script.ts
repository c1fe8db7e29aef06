/**
 * The fault script of a memory system. Most of it happens around the system, as to any connector; what the system itself does
 * with what it is told happens in write.ts. How often a rule fitted is the system's own: it goes on after a restart.
 */
import { byRules, type FaultAction, type FaultRule, fits, type Operation, type Script } from '../fault-injection/index.ts';
import type { MemoryConfig } from './config.ts';
import type { MemorySystem } from './system.ts';

export function outerScript(ready: () => MemorySystem, { faults }: MemoryConfig): Script {
  return byRules(
    faults,
    (rule, operation) => !isOwn(rule) && fits(rule, operation),
    (place) => ready().fit(place),
  );
}

/** What the system stores otherwise than it was told, or shows late. */
export function ownActions(system: MemorySystem, { faults }: MemoryConfig, operation: Operation): readonly FaultAction[] {
  const script: Script = byRules(
    faults,
    (rule, one) => isOwn(rule) && fits(rule, one),
    (place) => system.fit(place),
  );
  return script(operation);
}

function isOwn({ do: action }: FaultRule): boolean {
  return 'rewrite' in action || 'late' in action;
}
