/** An entry as the engine sees it: kind by class, anchor by settings, one value bare and several as a list. */
import type { ReadObject } from '#connectors/contract';
import { type Fault, RollcallError } from '#core/errors';
import type { LdifAttributes, LdifValue } from '#protocols/ldap/ldif';
import type { Plan } from './config.ts';
import { nameKey } from './names.ts';

/**
 * Null: not offered. Throws RollcallError invalidValue for an entry that has no usable anchor. The attributes given become
 * the object's own.
 */
export function objectOf(
  entry: { dn: string; attributes: LdifAttributes; line?: number; refused?: readonly Fault[] },
  plan: Plan,
): ReadObject | null {
  const telling = entry.refused?.find(({ where }) => where.attribute === 'objectClass' || sameName(where.attribute, plan.anchor));
  if (telling !== undefined) throw new RollcallError(telling.kind, telling.message, telling);
  const kind = plan.kindOf(entry.attributes.objectClass ?? []);
  if (kind === null) return null;
  const anchor = anchorOf(entry.dn, entry.attributes, plan);
  const attributes: { [name: string]: LdifValue | readonly LdifValue[] | null } = entry.attributes;
  for (const name of Object.keys(attributes)) {
    const values = attributes[name] as LdifValue[];
    if (plan.ignored.size > 0 && plan.ignored.has(name.toLowerCase())) delete attributes[name];
    else if (values.length === 1) attributes[name] = values[0]!;
  }
  for (const name of plan.clears)
    if (findName(entry.attributes, name) === undefined && !entry.refused?.some(({ where }) => sameName(where.attribute, name)))
      attributes[name] = null;
  const line = entry.line === undefined ? {} : { line: entry.line };
  return { kind, anchor, name: entry.dn, attributes, ...line, ...refusedIn(entry.refused, plan) };
}

/** Without the attributes that are never read. */
export function refusedIn(faults: readonly Fault[] | undefined, plan: Plan): { readonly refused?: readonly Fault[] } {
  const refused = faults?.filter(({ where }) => !plan.ignored.has(where.attribute!.toLowerCase())) ?? [];
  return refused.length === 0 ? {} : { refused };
}

function sameName(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

export function anchorOf(dn: string, attributes: LdifAttributes, plan: Plan): string {
  if (plan.anchor === 'dn') {
    const key = nameKey(dn);
    if (key === null || key === '') throw unusable('the entry has no name, so it has no anchor', 'give it a DN');
    return key;
  }
  const name = findName(attributes, plan.anchor);
  const values = name === undefined ? [] : attributes[name]!;
  if (values.length !== 1 || values[0]!.length === 0) {
    const found = values.length > 1 ? `${values.length} values` : 'no value';
    throw unusable(
      `the entry has ${found} in its anchor "${plan.anchor}"`,
      'choose an anchor that every entry has once, or export with it (slapcat writes entryUUID; ldapsearch when asked)',
    );
  }
  return anchorText(plan.anchor, values[0]!);
}

/** A GUID of Active Directory as Microsoft writes it (the first three groups are little-endian), other bytes as hex. */
export function anchorText(attribute: string, value: LdifValue): string {
  if (typeof value === 'string') return value;
  const hex = Buffer.from(value).toString('hex');
  if (attribute !== 'objectGUID' || value.length !== 16) return hex;
  const bytes = hex.match(/../g)!;
  const pick = (...places: number[]): string => places.map((place) => bytes[place]).join('');
  return `${pick(3, 2, 1, 0)}-${pick(5, 4)}-${pick(7, 6)}-${pick(8, 9)}-${pick(10, 11, 12, 13, 14, 15)}`;
}

/** The spelling under which an entry has an attribute. */
export function findName(attributes: LdifAttributes, wanted: string): string | undefined {
  if (attributes[wanted] !== undefined) return wanted;
  const lower = wanted.toLowerCase();
  return Object.keys(attributes).find((name) => name.toLowerCase() === lower);
}

function unusable(message: string, remedy: string): RollcallError {
  return new RollcallError('invalidValue', message, { remedy });
}
