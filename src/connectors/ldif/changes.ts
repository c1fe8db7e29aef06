/** A change record as the engine's change: what it does not name stays as it was. */
import type { Change, RawValue, ReadObject } from '#connectors/contract';
import { parentDn, parseDn } from '#core/dn';
import { RollcallError } from '#core/errors';
import type { LdifModification, LdifRecord, LdifValue } from '#protocols/ldap/ldif';
import { nameKey } from '#protocols/ldap/names';
import { attributeHint, canonicalDescription } from '#protocols/ldap/schema';
import type { Plan } from './config.ts';
import type { Renames } from './renames.ts';
import { objectOf, refusedIn } from './view.ts';

const GROUP_ATTRIBUTES = new Set(['member', 'uniquemember', 'memberuid', 'grouptype']);

/** Null: not offered. Adds a rename to the list. Throws RollcallError invalidValue for what cannot be carried. */
export function changeOf(record: LdifRecord, plan: Plan, renames: Renames): ReadObject | Change | null {
  const key = nameKey(record.dn);
  if (key === null || key === '') throw new RollcallError('invalidValue', 'a change of the root entry', { remedy: 'remove it' });
  const anchor = renames.anchorOf(key);
  if (record.type === 'entry' || record.type === 'add') {
    const object = objectOf(record, plan);
    return object === null ? null : { ...object, anchor };
  }
  const kind = plan.kindBelow(key) ?? guess(record);
  if (record.type === 'delete') return { op: 'delete', kind, anchor, line: record.line };
  if (record.type === 'modify')
    return {
      op: 'patch',
      kind,
      anchor,
      line: record.line,
      ...composed(record.changes, plan),
      ...refusedIn(record.refused, plan),
    };
  const superior = record.newSuperior ?? parentDn(record.dn);
  const name = superior === null || superior === '' ? record.newRdn : `${record.newRdn},${superior}`;
  const to = nameKey(name);
  if (to === null) throw new RollcallError('invalidValue', 'the new name is no DN', { remedy: 'correct newrdn and newsuperior' });
  if (to !== key) renames.add(key, to);
  const removals = record.deleteOldRdn ? rdnChanges(record.dn, 'delete') : [];
  return {
    op: 'patch',
    kind,
    anchor,
    name,
    line: record.line,
    ...composed([...removals, ...rdnChanges(record.newRdn, 'add')], plan),
  };
}

/** Without a class and without a container: what only groups have makes it one. */
function guess(record: LdifRecord): string {
  const group = record.type === 'modify' && record.changes.some((change) => GROUP_ATTRIBUTES.has(change.attribute.toLowerCase()));
  return group ? 'group' : 'person';
}

function rdnChanges(dn: string, op: 'add' | 'delete'): LdifModification[] {
  return (parseDn(dn)?.[0] ?? []).map(({ type, value }) => {
    const attribute = canonicalDescription(type) ?? type;
    return op === 'add' && !attributeHint(attribute).multi
      ? { op: 'replace', attribute, values: [value] }
      : { op, attribute, values: [value] };
  });
}

interface Patch {
  set?: { [attribute: string]: RawValue };
  add?: { [attribute: string]: readonly string[] };
  remove?: { [attribute: string]: readonly string[] };
}

/** Modifications happen in order; what they come to per attribute is either new values or a difference. */
function composed(changes: readonly LdifModification[], plan: Plan): Patch {
  const set = new Map<string, LdifValue[]>();
  const add = new Map<string, string[]>();
  const remove = new Map<string, string[]>();
  for (const { op, attribute, values } of changes) {
    if (plan.ignored.has(attribute.toLowerCase())) continue;
    if (op === 'increment') {
      throw new RollcallError('invalidValue', `an increment of "${attribute}": the log does not say what it was before`, {
        where: { attribute },
        remedy: 'log the new value with "replace:"',
      });
    }
    const known = set.get(attribute);
    if (op === 'replace' || (op === 'delete' && values.length === 0)) set.set(attribute, [...values]);
    else if (known !== undefined) {
      const others = known.filter((each) => !values.some((value) => same(each, value)));
      set.set(attribute, op === 'add' ? [...others, ...values] : others);
    } else if (values.some((value) => typeof value !== 'string')) {
      // Differences carry text only; an attribute of bytes counts as having one value.
      set.set(attribute, op === 'add' ? [...values] : []);
    } else {
      const [to, from] = op === 'add' ? [add, remove] : [remove, add];
      const given = values as readonly string[];
      const kept = (from.get(attribute) ?? []).filter((value) => !given.includes(value));
      if (kept.length > 0) from.set(attribute, kept);
      else from.delete(attribute);
      to.set(attribute, [...new Set([...(to.get(attribute) ?? []), ...given])]);
      continue;
    }
    add.delete(attribute);
    remove.delete(attribute);
  }
  const patch: Patch = {};
  if (set.size > 0)
    patch.set = record(
      [...set].map(([name, values]) => [name, values.length === 0 ? null : values.length === 1 ? values[0]! : values]),
    );
  if (add.size > 0) patch.add = record(add);
  if (remove.size > 0) patch.remove = record(remove);
  return patch;
}

function record<T>(entries: Iterable<readonly [string, T]>): { [name: string]: T } {
  const out: { [name: string]: T } = Object.create(null);
  for (const [name, value] of entries) out[name] = value;
  return out;
}

function same(a: LdifValue, b: LdifValue): boolean {
  return typeof a === 'string' || typeof b === 'string' ? a === b : Buffer.from(a).equals(b);
}
