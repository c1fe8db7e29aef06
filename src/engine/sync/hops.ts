/** What rules read of an object through a reference (`person.manager.mail`, one hop): whether that changed. */
import type { EngineContext } from '../context.ts';
import type { Evaluated } from './evaluate.ts';

/** Whether rules read something of it through a reference, and that changed. Whoever refers to a new object is looked at anyhow. */
export function publishesHop(context: EngineContext, one: Evaluated, changed: readonly string[]): boolean {
  if (one.before === null) return readsUnique(context);
  const stateChanged = one.before.state !== one.life.state;
  return hopsOf(context).some(
    ([, attribute]) => changed.includes(attribute) || (stateChanged && (attribute === 'state' || attribute === 'active')),
  );
}

function hopsOf(context: EngineContext): readonly (readonly [string, string])[] {
  return [...context.kinds.values()].flatMap((rules) => rules.hops);
}

/** Generated values are not known before an object's turn: who reads them through a reference looks again. */
export function readsUnique(context: EngineContext): boolean {
  return hopsOf(context).some(([, attribute]) =>
    [...context.kinds.values()].some((rules) => rules.attributes.get(attribute)?.unique),
  );
}
