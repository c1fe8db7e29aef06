/** An entry as the engine sees it: kind by class, anchor by settings, one value bare and several as a list. */
import type { ReadObject } from '#connectors/contract';
import { type Fault, RollcallError } from '#core/errors';
import { findName } from '#protocols/ldap/edits';
import { guidText } from '#protocols/ldap/ids';
import type { LdifAttributes, LdifValue } from '#protocols/ldap/ldif';
import { nameKey } from '#protocols/ldap/names';
import type { Plan } from './config.ts';

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

/** A GUID of Active Directory as Microsoft writes it, other bytes as hex. */
function anchorText(attribute: string, value: LdifValue): string {
  if (typeof value === 'string') return value;
  return attribute === 'objectGUID' ? guidText(value) : Buffer.from(value).toString('hex');
}

function unusable(message: string, remedy: string): RollcallError {
  return new RollcallError('invalidValue', message, { remedy });
}
