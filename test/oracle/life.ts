/** States and dates of a person or group: owners, first and last day, grace, return (SEMANTICS 11, the plain case). */
import { endOfDate, startOfDate } from '#core/time';
import { attempt, FAILED, type State } from './state.ts';
import type { ObjectMemory } from './world.ts';

function isOwned(state: State, object: ObjectMemory): boolean {
  const all = state.rules.connections.filter((c) => c.imports.has(object.kind));
  const isMarked = all.some((c) => c.owner);
  const owners = all.filter((c) => (isMarked ? c.owner : c.imports.get(object.kind)!.project));
  if (state.linksOf(object).some((s) => owners.some((c) => c.name === s.connection) && state.ruleFor(s))) return true;
  return !isMarked && object.kind !== 'group' && object.state !== 'leaving' && object.state !== 'gone';
}

/** While the last owner is away the values stay what they were when it went; whom none ever held has nothing to freeze. */
export function freeze(state: State, object: ObjectMemory): void {
  const owned = isOwned(state, object);
  object.frozen = !owned && (object.owned || object.frozen);
  object.owned = owned;
}

export function live(state: State, object: ObjectMemory): void {
  const rule = state.rules.kinds.get(object.kind)!.life;
  const at = (name: string | null | undefined, edge: typeof endOfDate): number | null => {
    const value = name ? object.attributes[name] : null;
    if (typeof value !== 'string') return null;
    return value.length === 10 ? edge(value, state.rules.zone) : Date.parse(value);
  };
  const starts = at(rule?.starts, startOfDate);
  const ends = at(rule?.ends, endOfDate);
  const ended = ends !== null && state.now >= ends;
  const active = attempt(() => rule?.active?.(state.scopeOf(object), state.clock) ?? true);
  if (active === FAILED) state.park('invalidValue', null, object.id);
  const leaves = !object.owned || !active || ended;
  const since = state.before.objects.get(object.id)?.leavingSince ?? (object.owned && ended ? ends : state.now);
  object.leavingSince = leaves ? since : null;
  if (!leaves) object.state = starts !== null && state.now < starts ? 'expected' : 'active';
  else object.state = state.now >= since + (rule?.graceMs ?? 0) ? 'gone' : 'leaving';
}
