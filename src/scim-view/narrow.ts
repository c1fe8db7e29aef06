/**
 * What of a condition over resources the store can leave out by itself (core/probe). It leaves out nobody for whom the condition holds, and
 * is asked before anybody folds a document; who is left is held against the condition.
 */
import type { Condition, Path } from '#core/condition';
import type { Probe } from '#core/probe';
import type { Target } from '#protocols/scim/mapped';
import { type Served, STATES } from './base.ts';
import { isByState } from './resources.ts';

export interface Narrowed {
  /** Empty: it holds for nobody. */
  readonly states: typeof STATES;
  /** Null: whoever is in these states may do. */
  readonly probe: Probe | null;
  /** The states alone decide. */
  readonly isExact: boolean;
}

/** True: always perhaps; false: never. */
type Perhaps = Probe | boolean;

export function narrow(conditions: readonly Condition[], served: Served): Narrowed {
  const of = (active: boolean | null): Perhaps => every(conditions.map((one) => perhaps(one, served, active, false, [])));
  if (!isByState(served)) return narrowed(STATES, of(null), conditions.length === 0);
  const [on, off] = [of(true), of(false)];
  const states = STATES.filter((state) => (state === 'active' ? on : off) !== false);
  return narrowed(states, some([on, off]), conditions.every(isOfState));
}

function narrowed(states: typeof STATES, probe: Perhaps, isExact: boolean): Narrowed {
  return probe === false ? { states: [], probe: null, isExact } : { states, probe: probe === true ? null : probe, isExact };
}

function isOfState(condition: Condition): boolean {
  if ('and' in condition) return condition.and.every(isOfState);
  if ('or' in condition) return condition.or.every(isOfState);
  if ('not' in condition) return isOfState(condition.not);
  if ('any' in condition) return false;
  const path = 'present' in condition ? condition.present : condition.path;
  return path.length === 1 && path[0] === 'active';
}

/** `active`: what the state says; null where it says nothing of it. `within`: of which elements. */
function perhaps(condition: Condition, served: Served, active: boolean | null, negated: boolean, within: Path): Perhaps {
  const inner = (one: Condition): Perhaps => perhaps(one, served, active, negated, within);
  if ('and' in condition) return (negated ? some : every)(condition.and.map(inner));
  if ('or' in condition) return (negated ? every : some)(condition.or.map(inner));
  if ('not' in condition) return perhaps(condition.not, served, active, !negated, within);
  // What no element fulfils may be fulfilled by one that is there in part.
  if ('any' in condition) return negated || perhaps(condition.of, served, active, false, [...within, ...condition.any]);
  const path = [...within, ...('present' in condition ? condition.present : condition.path)];
  if (active !== null && path.length === 1 && path[0] === 'active') return byState(condition, active) !== negated;
  if (negated) return true;
  const targets = served.targets.filter((one) => path.every((name, i) => one.path[i] === name));
  if (targets.length === 0) return true;
  return some(targets.map((one) => ('present' in condition ? { has: one.mapping.from } : compared(condition, one, path))));
}

type Compared = Extract<Condition, { readonly compare: unknown }>;

function byState(condition: Compared | Extract<Condition, { readonly present: unknown }>, active: boolean): boolean {
  if ('present' in condition) return true;
  const { compare, value } = condition;
  if (value === null) return compare === 'ne';
  return compare === 'ne' ? active !== value : compare === 'eq' && active === value;
}

function compared({ compare, value }: Compared, { field, sub, mapping, path: whole }: Target, path: Path): Perhaps {
  if (value === null || compare === 'ne' || path.length < whole.length) return true;
  const { from: attribute, type } = mapping;
  const { caseExact, type: shown } = sub === null ? field.attribute : field.subsByName.get(sub)!;
  if (typeof value === 'boolean') return type === 'boolean' && compare === 'eq' ? { attribute, is: value } : true;
  if (typeof value === 'number') {
    if (shown !== 'integer' && shown !== 'decimal') return true;
    if (compare === 'eq')
      return every([
        { attribute, order: 'ge', number: value },
        { attribute, order: 'le', number: value },
      ]);
    return compare === 'co' || compare === 'sw' || compare === 'ew' ? true : { attribute, order: compare, number: value };
  }
  // As numbers ids are kept, and true and false as themselves.
  if (type === 'reference') return compare === 'eq' && /^[1-9]\d{0,14}$/.test(value) ? { attribute, is: Number(value) } : true;
  if (type !== 'string' && type !== 'date') return true;
  if (compare !== 'eq' && compare !== 'co' && compare !== 'sw' && compare !== 'ew') return true;
  if (caseExact) return compare === 'eq' ? { attribute, is: value } : true;
  return { attribute, at: compare, text: value };
}

function every(all: readonly Perhaps[]): Perhaps {
  if (all.includes(false)) return false;
  const probes = all.filter((one) => typeof one === 'object');
  return probes.length === 0 ? true : probes.length === 1 ? probes[0]! : { and: probes };
}

function some(all: readonly Perhaps[]): Perhaps {
  if (all.includes(true)) return true;
  const probes = all.filter((one) => typeof one === 'object');
  return probes.length === 0 ? false : probes.length === 1 ? probes[0]! : { or: probes };
}
