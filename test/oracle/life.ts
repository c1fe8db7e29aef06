/** States and dates of a person or group: owners, first and last day, grace, return (SEMANTICS 11, the plain case). */
import { endOfDate, startOfDate } from '#core/time';
import { type Attributes, attributes } from '#core/values';
import { clock, connectionOf, inScope, linksOf, park, type State, scopeOf } from './state.ts';

export function isOwned(state: State, id: number): boolean {
  return linksOf(state, id).some((s) => connectionOf(state, s.connection).owner && inScope(state, s));
}

/** While the last owner is away, and from then on, the values stay what they were when it went. */
export function isFrozen(state: State, id: number): boolean {
  return state.memory.objects.get(id)!.frozen !== null;
}

/** `was`: the agreed values before this cycle; what freezes when the last owner goes. */
export function freeze(state: State, id: number, was: Attributes): void {
  const object = state.memory.objects.get(id)!;
  if (isOwned(state, id)) object.frozen = null;
  else if (Object.keys(was).length > 0) object.frozen ??= attributes(Object.entries(was));
  if (object.frozen !== null) object.attributes = attributes(Object.entries(object.frozen));
}

export function live(state: State, id: number): void {
  const object = state.memory.objects.get(id)!;
  const rule = state.config.kinds.get(object.kind)!.life;
  const at = (name: string | null | undefined, edge: typeof endOfDate): number | null => {
    const value = name ? object.attributes[name] : null;
    if (typeof value !== 'string') return null;
    return value.length === 10 ? edge(value, state.config.zone) : Date.parse(value);
  };
  const starts = at(rule?.starts, startOfDate);
  const ends = at(rule?.ends, endOfDate);
  const owned = isOwned(state, id);
  const ended = ends !== null && state.now >= ends;
  let active = true;
  try {
    active = rule?.active ? rule.active(scopeOf(state, id), clock(state)) : true;
  } catch {
    park(state, 'invalidValue', null, String(id));
  }
  if (owned && active && !ended) {
    object.state = starts !== null && state.now < starts ? 'expected' : 'active';
    object.leavingSince = null;
    object.goneSince = null;
    return;
  }
  object.leavingSince ??= owned && ended ? ends : state.now;
  const gone = object.leavingSince + (rule?.graceMs ?? 0);
  object.state = state.now >= gone ? 'gone' : 'leaving';
  if (object.state === 'gone') object.goneSince ??= gone;
}
