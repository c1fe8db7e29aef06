/**
 * A resource in the form in which it is compared: text of attributes that are not caseExact is folded (core/fold), instants are
 * milliseconds, names are written as their schema has them. The attributes of an extension stand under its prefix:
 * `{"userName":["ada"],"enterprise":[{"department":["it"]}]}`.
 *
 * What is unassigned is left out: null, empty lists and objects, and the empty text, which the clients mean by it. Values that are
 * several stand with the primary one first; simple ones as `{"value":[…]}`, so that a path is the same for both. What is never
 * returned (a password) is never in it.
 */
import { type Folded, type FoldedValue, folded } from '#core/condition';
import { foldCase } from '#core/fold';
import { keepable } from '#core/text';
import { parseInstant } from '#core/time';
import { hasAny } from '#core/values';
import { extensionOf, fieldOf } from '../fields.ts';
import type { ScimAttribute, ScimResourceType } from '../schema.ts';
import { subAttribute } from './attributes.ts';

type Resource = { readonly [name: string]: unknown };

export function foldDocument(resource: Resource, type: ScimResourceType): Folded {
  const out = foldAttributes(resource, (name) => fieldOf(type, null, name, false)?.attribute);
  for (const [name, value] of Object.entries(resource)) {
    if (!name.includes(':') || !isObject(value)) continue;
    const extension = extensionOf(type, name);
    if (extension === undefined) continue;
    const of = foldAttributes(value, (attribute) => fieldOf(type, name, attribute)?.attribute);
    if (hasAny(of)) out[extension.prefix] = [of];
  }
  return out;
}

/** One value of an attribute as the filter between brackets sees it (`compileElement`). */
export function foldElement(value: unknown, attribute: ScimAttribute): Folded {
  return foldAttributes(isObject(value) ? value : { value }, (name) => subAttribute(attribute, name) ?? undefined);
}

/** A single value as it is compared; undefined where it is no value of this type. Booleans and numbers may be written as text. */
export function foldScalar(attribute: ScimAttribute, value: unknown): string | number | boolean | undefined {
  switch (attribute.type) {
    case 'boolean': {
      if (typeof value === 'boolean') return value;
      const text = typeof value === 'string' ? value.toLowerCase() : '';
      return text === 'true' ? true : text === 'false' ? false : undefined;
    }
    case 'integer':
    case 'decimal': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
    }
    case 'dateTime':
      return typeof value === 'string' ? (parseInstant(value) ?? undefined) : undefined;
    case 'complex':
      return undefined;
    default:
      return typeof value === 'string' ? foldText(attribute, value) : undefined;
  }
}

/** Both stores refuse what `keepable` replaces. */
export function foldText(attribute: ScimAttribute, text: string): string {
  return keepable(attribute.caseExact ? text : foldCase(text));
}

function foldAttributes(
  from: Resource,
  named: (name: string) => ScimAttribute | undefined,
): { [name: string]: readonly FoldedValue[] } {
  const out = folded();
  for (const [name, value] of Object.entries(from)) {
    const attribute = named(name);
    if (attribute === undefined || attribute.returned === 'never') continue;
    const values = foldValues(attribute, value);
    if (values.length > 0) out[attribute.name] = values;
  }
  return out;
}

function foldValues(attribute: ScimAttribute, value: unknown): readonly FoldedValue[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (attribute.type !== 'complex' && !attribute.multiValued)
    return list.map((one) => foldScalar(attribute, one)).filter((one) => one !== undefined && one !== '') as FoldedValue[];
  const elements = list
    .filter((one) => one !== null && one !== undefined)
    .map((one) => foldElement(one, attribute))
    .filter(hasAny);
  return elements.some(isPrimary) ? elements.sort((a, b) => Number(isPrimary(b)) - Number(isPrimary(a))) : elements;
}

function isPrimary(element: Folded): boolean {
  return element['primary']?.[0] === true;
}

function isObject(value: unknown): value is Resource {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
