/** Unique values: made once, kept, never shared (SEMANTICS 12, the plain case). */
import { normalForm } from '#core/matching';
import { type Scalar, scalars, type Value } from '#core/values';
import type { MetaAttribute } from '#rules/model';
import type { State } from './state.ts';
import type { ObjectMemory } from './world.ts';

const MOST_TRIES = 10_000;

/** Competitors in the order (connection rank, anchor). True when a value was made. */
export function makeUnique(state: State): boolean {
  let made = false;
  for (const object of state.objectsInOrder()) {
    for (const attribute of state.rules.kinds.get(object.kind)!.attributes.values()) {
      const isKept = object.frozen || object.state === 'gone';
      if (attribute.unique === null || scalars(object.attributes[attribute.name]).length > 0 || isKept) continue;
      const value = takenOver(state, object, attribute) ?? invent(state, object, attribute);
      if (value === null || value === false) continue;
      object.attributes[attribute.name] = value;
      made = true;
    }
  }
  return made;
}

/** An adopted account's value; false where somebody else has it. */
function takenOver(state: State, object: ObjectMemory, attribute: MetaAttribute): Value {
  for (const place of attribute.unique!.uniqueIn) {
    const account = state.linksOf(object).find((s) => s.connection === place.connection && s.origin === 'adopted');
    const value = account && scalars(state.contentOf(account)?.attributes[place.attribute])[0];
    if (value !== undefined && isAnothers(state, object, attribute, value)) return state.park('uniqueTaken', null, object.id);
    if (value !== undefined) return attribute.multi ? [value] : value;
  }
  return null;
}

function invent(state: State, object: ObjectMemory, attribute: MetaAttribute): Value {
  const rule = attribute.unique!;
  const scope = state.scopeOf(object);
  for (const [i, candidate] of rule.candidates.entries()) {
    const last = i === rule.candidates.length - 1;
    for (let n = 1; n < (last ? MOST_TRIES : 2); n++) {
      const text = candidate(scope, n === 1 ? null : n, state.clock);
      if (text === undefined || text === '') break;
      if (isFree(state, object, attribute, text)) return text;
    }
  }
  return state.park('noCandidate', null, object.id);
}

function isAnothers(state: State, object: ObjectMemory, { name, matching }: MetaAttribute, value: Scalar): boolean {
  return state.holdersOf(object.kind, name, [normalForm(value, matching)]).some((other) => other !== object);
}

/** Of people in all states, and of what is in the named targets and is not this person's. */
function isFree(state: State, object: ObjectMemory, attribute: MetaAttribute, text: string): boolean {
  const norm = normalForm(text, attribute.matching);
  if (isAnothers(state, object, attribute, text)) return false;
  return !attribute.unique!.uniqueIn.some((place) =>
    [...state.memory.staged.values()]
      .filter((s) => s.connection === place.connection && s.object !== object.id)
      .flatMap((s) => scalars(state.contentOf(s)?.attributes[place.attribute]))
      .some((value) => normalForm(value, attribute.matching) === norm),
  );
}
