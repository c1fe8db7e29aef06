/**
 * Circular objects (SEMANTICS 4): one that returns, within a run, to a value it already had. The value is all that a write
 * says of it, its state and dates included: what comes back with another state has not come back.
 */
import { canonicalJson } from '#core/canonical';
import type { ObjectId, ObjectWrite } from '#store/contract';

export interface Watch {
  readonly values: Map<ObjectId, Set<string>>;
  readonly circular: Set<ObjectId>;
}

/** Notes the value that is to be written; true, and the object is circular from then on, when it had that value before. */
export function returns(watch: Watch, write: ObjectWrite): boolean {
  const { object, attributes, frozen, owned, state, dates, dueAt } = write;
  const value = canonicalJson([attributes, frozen, owned, state, dates, dueAt]);
  const had = watch.values.get(object) ?? new Set<string>();
  watch.values.set(object, had);
  if (had.has(value)) {
    watch.circular.add(object);
    return true;
  }
  had.add(value);
  return false;
}
