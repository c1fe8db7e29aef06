/** Unique values: made once, kept, never shared (SEMANTICS 12, the plain case). */
import { normalForm } from '#core/matching';
import { scalars, type Value } from '#core/values';
import type { MetaAttribute } from '#rules/model';
import { clock, contentOf, linksOf, norms, objectsInOrder, park, type State, scopeOf } from './state.ts';
import type { ObjectMemory } from './world.ts';

const MOST_TRIES = 10_000;

/** Competitors in the order (connection rank, anchor). True when a value was made. */
export function makeUnique(state: State): boolean {
  let made = false;
  for (const object of objectsInOrder(state)) {
    for (const attribute of state.config.kinds.get(object.kind)!.attributes.values()) {
      if (attribute.unique === null || scalars(object.attributes[attribute.name]).length > 0 || object.state === 'gone') continue;
      const value = takenOver(state, object, attribute) ?? invent(state, object, attribute);
      if (value === null) continue;
      object.attributes[attribute.name] = value;
      if (object.frozen !== null) object.frozen[attribute.name] = value;
      made = true;
    }
  }
  return made;
}

/** An adopted account's value. */
function takenOver(state: State, object: ObjectMemory, attribute: MetaAttribute): Value {
  for (const place of attribute.unique!.uniqueIn) {
    const account = linksOf(state, object.id).find((s) => s.connection === place.connection && s.origin === 'adopted');
    const value = account && scalars(contentOf(state, account)?.attributes[place.attribute])[0];
    if (value !== undefined) return attribute.multi ? [value] : value;
  }
  return null;
}

function invent(state: State, object: ObjectMemory, attribute: MetaAttribute): Value {
  const rule = attribute.unique!;
  const scope = scopeOf(state, object.id);
  for (const [i, candidate] of rule.candidates.entries()) {
    const last = i === rule.candidates.length - 1;
    for (let n = 1; n < (last ? MOST_TRIES : 2); n++) {
      const text = candidate(scope, n === 1 ? null : n, clock(state));
      if (text === undefined || text === '') break;
      if (isFree(state, object, attribute, text)) return text;
    }
  }
  park(state, 'noCandidate', null, String(object.id));
  return null;
}

/** Of people in all states, and of what is in the named targets and is not this person's. */
function isFree(state: State, object: ObjectMemory, attribute: MetaAttribute, text: string): boolean {
  const norm = normalForm(text, attribute.matching);
  for (const other of state.memory.objects.values())
    if (
      other !== object &&
      other.kind === object.kind &&
      norms(state, other.kind, attribute.name, other.attributes[attribute.name]).includes(norm)
    )
      return false;
  for (const place of attribute.unique!.uniqueIn)
    for (const staged of state.memory.staged.values()) {
      if (staged.connection !== place.connection || staged.object === object.id) continue;
      if (scalars(contentOf(state, staged)?.attributes[place.attribute]).some((v) => normalForm(v, attribute.matching) === norm))
        return false;
    }
  return true;
}
