/**
 * A resource as a staged object: attribute by attribute, the way rules see it, and back.
 *
 * | in the resource | in the image |
 * | --- | --- |
 * | `userName` | `userName` |
 * | `name: { givenName }` | `name.givenName` |
 * | a complex one with a `value`: `manager: { value, displayName }` | `manager`, `manager.displayName` |
 * | several values: `emails: [{ value, type }]` | `emails`: a set; of complex ones each as canonical JSON |
 * | … and, made from it for rules | `emails.work` (the first of that type), `emails.primary` (that, or the first), `addresses.work.locality`, `roles.value` (the values alone, a set) |
 * | an extension | its prefix before it: `enterprise.department` |
 * | `meta` | `meta.created`, `meta.lastModified`, `meta.version` (a number) |
 *
 * `id` is the anchor. Members are kept apart.
 */
import { canonicalSet } from '#core/canonical';
import { type Attributes, attributes, bare, type Scalar, scalars, type Value } from '#core/values';
import { entityTag, versionOf } from './etag.ts';
import { type Field, fieldsOf, isMembers } from './fields.ts';
import { type Complex, Draft, fieldValue, type Plain, type Resource } from './resource.ts';
import type { ScimResourceType } from './schema.ts';
import { ordered, set } from './values.ts';

export function toImage(resource: Resource, type: ScimResourceType): Attributes {
  const out = attributes();
  for (const field of fieldsOf(type).all) {
    const value = fieldValue(resource, field);
    if (value === undefined || isApart(field)) continue;
    if (field.subs.length === 0) out[field.image] = value as Value;
    else if (field.attribute.multiValued) severalToImage(field, value as readonly Complex[], out);
    else complexToImage(field, value as Complex, out);
  }
  return out;
}

/** The anchor, and what is references with edges of their own. */
function isApart(field: Field): boolean {
  return field.image === 'id' || isMembers(field);
}

function complexToImage(field: Field, value: Complex, out: Attributes): void {
  for (const { name } of field.subs) {
    const part = value[name];
    if (part === undefined) continue;
    const version = field.image === 'meta' && name === 'version' ? versionOf(String(part)) : null;
    out[imageOf(field, name)] = version ?? (part as Value);
  }
}

function imageOf(field: Field, sub: string): string {
  return sub === 'value' ? field.image : `${field.image}.${sub}`;
}

/** What the values alone of several complex ones are called by. */
export const VALUE = 'value';

/** More kinds of values than this have no attributes of their own: types come from outside. */
const MAX_TYPES = 50;
const TYPE = /^[a-z][\w-]{0,63}$/;

function severalToImage(field: Field, elements: readonly Complex[], out: Attributes): void {
  out[field.image] = elements.map((element) => JSON.stringify(element));
  const value = field.subsByName.get(VALUE);
  if (value !== undefined && value.type !== 'binary')
    out[`${field.image}.${VALUE}`] = canonicalSet(elements.map((element) => String(element[VALUE])));
  const seen = new Set<string>(['primary', VALUE]);
  for (const element of elements) {
    const kind = typeof element['type'] === 'string' ? element['type'].toLowerCase() : '';
    if (!TYPE.test(kind) || seen.has(kind) || seen.size > MAX_TYPES) continue;
    seen.add(kind);
    derive(field, kind, element, out);
  }
  const first = elements.find((element) => element['primary'] === true) ?? elements[0];
  if (first !== undefined) derive(field, 'primary', first, out);
}

function derive(field: Field, kind: string, element: Complex, out: Attributes): void {
  const value = field.subsByName.get('value');
  // Certificates are long, and no rule computes with one.
  if (value?.type === 'binary') return;
  if (value === undefined) {
    for (const { name } of field.subs) {
      if (name !== 'type' && name !== 'primary' && element[name] !== undefined)
        out[`${field.image}.${kind}.${name}`] = element[name] as Value;
    }
  } else if (element['value'] !== undefined) out[`${field.image}.${kind}`] = element['value'] as Value;
}

/** What was made for rules is not looked at. */
export function fromImage(image: Attributes, id: string, type: ScimResourceType): Resource {
  const draft = new Draft({ id });
  for (const field of fieldsOf(type).all) {
    if (isApart(field)) continue;
    if (field.subs.length > 0 && !field.attribute.multiValued) draft.set(field, complexFromImage(field, image));
    else if (image[field.image] !== undefined) draft.set(field, plainOf(field, image[field.image]!));
  }
  return draft.resource();
}

function plainOf(field: Field, value: Value): Plain | undefined {
  if (field.subs.length > 0) {
    const elements = scalars(value).map((text) => ordered(field, JSON.parse(String(text)) as Complex));
    return elements.length === 0 ? undefined : elements;
  }
  return field.attribute.multiValued
    ? set(scalars(value) as readonly Plain[])
    : (((value as Scalar | null) ?? undefined) as Plain);
}

function complexFromImage(field: Field, image: Attributes): Complex | undefined {
  const out = bare<Plain>();
  let any = false;
  for (const { name, multiValued } of field.subs) {
    const value = image[imageOf(field, name)];
    if (value === undefined || value === null) continue;
    const plain = field.image === 'meta' && name === 'version' ? entityTag(Number(value)) : (value as Plain);
    out[name] = multiValued ? [...(scalars(value) as readonly Plain[])] : plain;
    any = true;
  }
  return any ? out : undefined;
}
