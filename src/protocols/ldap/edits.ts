/** What a write does to one entry. Pure: the entry in, the entry as it will stand out, or a RollcallError `invalidValue`. */
import { parseDn } from '#core/dn';
import { RollcallError } from '#core/errors';
import { foldCase } from '#core/fold';
import { checkText } from '#core/text';
import { isBlob, type Scalar } from '#core/values';
import type { LdifAttributes, LdifValue } from './ldif.ts';
import { nameKey } from './names.ts';
import { attributeHint, canonicalDescription, isBinary } from './schema.ts';

export interface Entry {
  readonly dn: string;
  readonly attributes: LdifAttributes;
}

type EditValue = Scalar | Uint8Array | null | readonly (Scalar | Uint8Array)[];

/** As connectors are told (connectors/objects): attributes to replace, values to add and to remove. */
export interface Edits {
  readonly set: { readonly [attribute: string]: EditValue };
  readonly add?: { readonly [attribute: string]: readonly Scalar[] };
  readonly remove?: { readonly [attribute: string]: readonly Scalar[] };
}

export function createdEntry(dn: string, item: Edits, classes: readonly string[] | null): Entry {
  const attributes: LdifAttributes = Object.create(null);
  if (findName(item.set, 'objectClass') === undefined && classes !== null) attributes.objectClass = [...classes];
  apply(attributes, item);
  for (const { name, value } of rdnOf(dn)) {
    const spelled = findName(attributes, name) ?? name;
    const values = attributes[spelled] ?? [];
    if (!values.some((each) => sameText(each, value))) attributes[spelled] = [value, ...values];
  }
  return { dn, attributes };
}

/** `dn` differs from the entry's own on a rename: the old name's values leave, the new one's come. */
export function updatedEntry(entry: Entry, dn: string, item: Edits): Entry {
  const attributes: LdifAttributes = Object.create(null);
  for (const name of Object.keys(entry.attributes)) attributes[name] = [...entry.attributes[name]!];
  if (dn !== entry.dn) {
    const coming = rdnOf(dn);
    for (const { name, value } of rdnOf(entry.dn)) {
      const spelled = findName(attributes, name);
      if (spelled === undefined || coming.some((part) => sameName(part.name, name) && sameText(part.value, value))) continue;
      attributes[spelled] = attributes[spelled]!.filter((each) => !sameText(each, value));
    }
    for (const { name, value } of coming) {
      const spelled = findName(attributes, name) ?? name;
      const values = attributes[spelled] ?? [];
      attributes[spelled] = values.some((each) => sameText(each, value)) ? values : [value, ...values];
    }
  }
  apply(attributes, item);
  for (const name of Object.keys(attributes)) if (attributes[name]!.length === 0) delete attributes[name];
  for (const { name, value } of rdnOf(dn)) {
    const spelled = findName(attributes, name);
    if (spelled !== undefined && attributes[spelled]!.some((each) => sameText(each, value))) continue;
    throw new RollcallError('invalidValue', `"${name}" is part of the entry's name and would lose the value that stands there`, {
      where: { attribute: name },
      remedy: 'rename the entry in the same change, or keep that value among the others',
    });
  }
  return { dn, attributes };
}

export function sameEntry(a: Entry, b: Entry): boolean {
  const names = Object.keys(a.attributes);
  if (a.dn !== b.dn || names.length !== Object.keys(b.attributes).length) return false;
  return names.every((name) => {
    const [left, right] = [a.attributes[name]!, b.attributes[name]];
    return (
      right !== undefined && left.length === right.length && left.every((value, i) => valueKey(value) === valueKey(right[i]!))
    );
  });
}

function apply(attributes: LdifAttributes, item: Edits): void {
  for (const [name, value] of Object.entries(item.set)) attributes[spelling(attributes, name)] = values(name, value);
  for (const [name, list] of Object.entries(item.remove ?? {})) {
    const own = spelling(attributes, name);
    const gone = new Set(values(name, list).map((value) => setKey(own, value)));
    attributes[own] = (attributes[own] ?? []).filter((value) => !gone.has(setKey(own, value)));
  }
  for (const [name, list] of Object.entries(item.add ?? {})) {
    const own = spelling(attributes, name);
    const there = new Set((attributes[own] ?? []).map((value) => setKey(own, value)));
    attributes[own] = [...(attributes[own] ?? []), ...values(name, list).filter((value) => !there.has(setKey(own, value)))];
  }
  for (const name of Object.keys(attributes)) if (attributes[name]!.length === 0) delete attributes[name];
}

function spelling(attributes: LdifAttributes, name: string): string {
  const canonical = canonicalDescription(name);
  if (canonical !== null && canonical.toLowerCase() !== 'dn') return findName(attributes, canonical) ?? canonical;
  throw new RollcallError('invalidValue', `"${name.slice(0, 64)}" is no attribute of an entry`, {
    remedy: 'attribute names are letters, digits and "-"; the DN is the name of the object, not an attribute',
  });
}

/** Values as LDAP writes them; numbers as digits, truth as TRUE and FALSE (RFC 4517). */
export function values(name: string, value: EditValue): LdifValue[] {
  const list = value === null ? [] : Array.isArray(value) ? (value as readonly (Scalar | Uint8Array)[]) : [value];
  return list.map((each): LdifValue => {
    if (each instanceof Uint8Array) return each;
    if (typeof each === 'boolean') return each ? 'TRUE' : 'FALSE';
    if (typeof each === 'number') return String(each);
    if (isBlob(each) || typeof each !== 'string') {
      throw new RollcallError('invalidValue', `the bytes of "${name}" were not given`, { where: { attribute: name } });
    }
    const [type = '', ...options] = name.split(';');
    return isBinary(type, options) ? Buffer.from(each, 'utf8') : checkText(each);
  });
}

/** Two values of an attribute are the same one when their keys are. */
export function setKey(name: string, value: LdifValue): string {
  return typeof value === 'string' && attributeHint(name).matching === 'dn' ? (nameKey(value) ?? value) : valueKey(value);
}

function valueKey(value: LdifValue): string {
  return typeof value === 'string' ? `=${value}` : `#${Buffer.from(value).toString('base64')}`;
}

/** The attributes and values that a name begins with. */
export function rdnOf(dn: string): { name: string; value: string }[] {
  const parts = parseDn(dn)?.[0] ?? [];
  return parts.filter((part) => !part.hex).map(({ type, value }) => ({ name: canonicalDescription(type) ?? type, value }));
}

export function sameText(value: LdifValue, text: string): boolean {
  return typeof value === 'string' && (value === text || foldCase(value) === foldCase(text));
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The spelling under which a record has an attribute. */
export function findName(record: { readonly [name: string]: unknown }, wanted: string): string | undefined {
  if (record[wanted] !== undefined) return wanted;
  const lower = wanted.toLowerCase();
  return Object.keys(record).find((name) => name.toLowerCase() === lower);
}
