/** Exact values by which an object is found without looking at all of them. */
import { type Condition, type Folded, type Path, valuesAt } from '#core/condition';

/** `{ path: 'emails.value', norm: 'ada@example.org' }`. */
export interface ConditionKey {
  readonly path: string;
  readonly norm: string;
}

/**
 * Keys of which whatever the condition holds for has at least one; null where that cannot be said. `keyed` are the paths that keys are
 * kept of. Of several that would do the fewest.
 */
export function keysOf(condition: Condition, keyed: ReadonlySet<string>): readonly ConditionKey[] | null {
  return within(condition, keyed, []);
}

function within(condition: Condition, keyed: ReadonlySet<string>, outer: Path): readonly ConditionKey[] | null {
  if ('and' in condition) {
    const all = condition.and.map((one) => within(one, keyed, outer)).filter((keys) => keys !== null);
    return all.length === 0 ? null : all.reduce((least, keys) => (keys.length < least.length ? keys : least));
  }
  if ('or' in condition) {
    const all = condition.or.map((one) => within(one, keyed, outer));
    return all.every((keys) => keys !== null) ? all.flat() : null;
  }
  if ('any' in condition) return within(condition.of, keyed, [...outer, ...condition.any]);
  if (!('compare' in condition) || condition.compare !== 'eq' || typeof condition.value !== 'string') return null;
  const path = [...outer, ...condition.path].join('.');
  return keyed.has(path) ? [{ path, norm: condition.value }] : null;
}

/** The keys of a document at these paths, each once. */
export function keysIn(document: Folded, keyed: Iterable<string>): readonly ConditionKey[] {
  return [...keyed].flatMap((path) => {
    const texts = valuesAt(document, path.split('.')).filter((value) => typeof value === 'string');
    return [...new Set(texts)].map((norm) => ({ path, norm }));
  });
}
