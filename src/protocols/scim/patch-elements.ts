/** Operations of a PATCH on an attribute with several values, or on those of them that a filter selects (RFC 7644 3.5.2). */
import { holds } from '#core/condition';
import { refusal } from './errors.ts';
import type { Field } from './fields.ts';
import type { Filter } from './filter/ast.ts';
import { compileElement } from './filter/compile.ts';
import { foldElement } from './filter/document.ts';
import type { Complex, Plain } from './resource.ts';
import type { ScimAttribute } from './schema.ts';
import { isPrimary, notPrimary, ordered, type Reading, readComplex, readList, readSub, set } from './values.ts';

export type Op = 'add' | 'remove' | 'replace';

/** All values. `raw` of a remove names, where it is there, those that are meant (Entra). */
export function patchAll(field: Field, present: readonly Plain[], op: Op, raw: unknown, reading: Reading): readonly Plain[] {
  const unnamed = raw === null || raw === undefined;
  if (op === 'remove' && unnamed) return [];
  if (op === 'remove' && !reading.tolerant) throw refusal('invalidValue', `${field.image}: a remove has no value: use a filter`);
  const given = readList(field, raw, reading);
  reading.look(present.length + given.length);
  if (field.subs.length === 0) return simple(present, op, given);
  const elements = given as readonly Complex[];
  if (op === 'replace') return elements;
  if (op === 'remove')
    return (present as readonly Complex[]).filter((one) => {
      reading.look(elements.length);
      return !elements.some((named) => Object.keys(named).every((name) => named[name] === one[name]));
    });
  return added(field, present as readonly Complex[], elements);
}

function simple(present: readonly Plain[], op: Op, given: readonly Plain[]): readonly Plain[] {
  if (op === 'replace') return given;
  return op === 'add' ? [...new Set([...present, ...given])] : present.filter((one) => !given.includes(one));
}

/** No value of a type is there twice (RFC 7643 2.4): what comes again says more about the one that is there. */
function added(field: Field, present: readonly Complex[], given: readonly Complex[]): readonly Complex[] {
  const keyOf = (one: Complex): string | Complex =>
    one['value'] === undefined ? one : JSON.stringify([one['value'], one['type'] ?? null]);
  const all = new Map(present.map((one) => [keyOf(one), one]));
  const news = new Set<Complex>();
  for (const one of given) {
    const before = all.get(keyOf(one));
    const after = before === undefined ? one : ordered(field, { ...before, ...one });
    all.set(keyOf(one), after);
    if (isPrimary(one)) news.add(after);
  }
  return preferring(field, [...all.values()], news);
}

/** A new primary value takes this from the one that was. */
function preferring(field: Field, elements: readonly Complex[], given: ReadonlySet<Complex>): readonly Complex[] {
  return given.size === 0 ? elements : elements.map((one) => (given.has(one) ? one : notPrimary(field, one)));
}

export interface Selection {
  readonly filter: Filter | null;
  /** What of the selected values is meant; null: all of each. */
  readonly sub: ScimAttribute | null;
}

/**
 * The values that a filter selects, or a sub-attribute of all. Where none is selected, the tolerant reading makes the one that the
 * filter speaks of: Entra writes `emails[type eq "work"].value` whether there is one or not.
 * @throws ScimError `noTarget`
 */
export function patchSelected(
  field: Field,
  present: readonly Plain[],
  { filter, sub }: Selection,
  op: Op,
  raw: unknown,
  reading: Reading,
): readonly Plain[] {
  reading.look((present.length + 1) * (filter === null ? 1 : termsOf(filter)));
  const selects = filter === null ? () => true : selector(field, filter, reading);
  const selected = new Set(present.filter(selects));
  if (selected.size === 0 && filter !== null) return unselected(field, present, filter, sub, op, raw, reading);
  if (op === 'remove' && sub === null) return present.filter((one) => !selected.has(one));
  if (field.subs.length === 0) return present.flatMap((one) => (selected.has(one) ? readList(field, raw, reading) : [one]));
  const given = op === 'remove' ? undefined : readGiven(field, sub, raw, reading);
  if (given === undefined && sub === null) return op === 'replace' ? present.filter((one) => !selected.has(one)) : present;
  if (selected.size === 0) return given === undefined ? present : [given];
  const fromFilter = reading.tolerant && filter !== null ? spokenOf(field, filter, reading) : undefined;
  const news = new Set<Complex>();
  const after = (present as readonly Complex[]).map((one) => {
    if (!selected.has(one)) return one;
    const changed = sub === null ? whole(field, one, op, given!, fromFilter) : part(field, one, sub, op, given);
    if (given !== undefined && isPrimary(given)) news.add(changed);
    return changed;
  });
  return preferring(field, after, news);
}

function termsOf(filter: Filter): number {
  if ('and' in filter || 'or' in filter)
    return ('and' in filter ? filter.and : filter.or).reduce((sum, one) => sum + termsOf(one), 0);
  if ('not' in filter) return termsOf(filter.not);
  return 'element' in filter ? termsOf(filter.of) : 1;
}

function selector(field: Field, filter: Filter, reading: Reading): (one: Plain) => boolean {
  const condition = compileElement(filter, field.attribute, { unknown: reading.tolerant ? 'noMatch' : 'error' });
  return (one) => holds(condition, foldElement(one, field.attribute));
}

/** As an element that holds nothing else. */
function readGiven(field: Field, sub: ScimAttribute | null, raw: unknown, reading: Reading): Complex | undefined {
  if (sub === null) return readComplex(field, Array.isArray(raw) && reading.tolerant ? raw[0] : raw, reading);
  const value = readSub(field, sub, raw, reading);
  return value === undefined ? undefined : ordered(field, { [sub.name]: value });
}

function whole(field: Field, before: Complex, op: Op, given: Complex, fromFilter: Complex | undefined): Complex {
  return op === 'add' ? ordered(field, { ...before, ...given }) : ordered(field, { ...fromFilter, ...given });
}

function part(field: Field, before: Complex, sub: ScimAttribute, op: Op, given: Complex | undefined): Complex {
  if (given === undefined) {
    const { [sub.name]: _, ...rest } = before;
    return op === 'add' ? before : ordered(field, rest);
  }
  const value = given[sub.name]!;
  const present = before[sub.name];
  const several =
    op === 'add' && sub.multiValued && present !== undefined ? set([present, value].flat() as readonly Plain[])! : value;
  return ordered(field, { ...before, [sub.name]: several });
}

function unselected(
  field: Field,
  present: readonly Plain[],
  filter: Filter,
  sub: ScimAttribute | null,
  op: Op,
  raw: unknown,
  reading: Reading,
): readonly Plain[] {
  if (op === 'remove' && reading.tolerant) return present;
  const spoken = op === 'remove' || !reading.tolerant || field.subs.length === 0 ? undefined : spokenOf(field, filter, reading);
  if (spoken === undefined) throw refusal('noTarget', `${field.image}: no value is as the filter says`);
  const given = readGiven(field, sub, raw, reading);
  if (given === undefined) return present;
  const made = ordered(field, { ...spoken, ...given });
  return preferring(field, [...(present as readonly Complex[]), made], new Set(isPrimary(made) ? [made] : []));
}

/** What a value is that `type eq "work" and primary eq true` selects; undefined where the filter leaves it open. */
function spokenOf(field: Field, filter: Filter, reading: Reading): Complex | undefined {
  const terms = 'and' in filter ? filter.and : [filter];
  const said: { [name: string]: unknown } = Object.create(null);
  for (const term of terms) {
    if (!('compare' in term) || term.compare !== 'eq' || term.attribute.urn !== null || term.attribute.sub !== null)
      return undefined;
    said[term.attribute.name] = term.value;
  }
  const spoken = readComplex(field, said, reading);
  // What cannot be found again would be made again by the next operation.
  return spoken !== undefined && selector(field, filter, reading)(spoken) ? spoken : undefined;
}
