/**
 * Resources that are made of named values, such as the agreed ones of a person: which value stands where, the schemas of what can be
 * there at all.
 *
 * Where a value stands is written as images say it (image.ts): `userName`, `name.givenName`, `emails.work`, `addresses.work.locality`,
 * `enterprise.department`, `staff.badge`.
 */
import { canonicalSet } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { bare, type Scalar, type ValueType } from '#core/values';
import { refusal } from './errors.ts';
import { type Field, fieldsOf, isMembers } from './fields.ts';
import { type Complex, Draft, fieldValue, type Plain, type Resource, sameValue } from './resource.ts';
import { resourceTypes } from './resource-types.ts';
import type { ScimAttribute, ScimExtension, ScimResourceType, ScimType } from './schema.ts';
import { ordered } from './values.ts';

export interface Mapping {
  /** Where it stands. */
  readonly to: string;
  /** The name of the value. */
  readonly from: string;
  readonly type: ValueType;
  readonly multi: boolean;
  /** Whether upper and lower case differ. */
  readonly exact: boolean;
  readonly unique: boolean;
  readonly description: string;
  readonly writable: boolean;
}

export interface MappedExtension {
  readonly schema: string;
  readonly prefix: string;
}

export interface MappedType {
  /** With the attributes that are mapped and no others. */
  readonly type: ScimResourceType;
  readonly targets: readonly Target[];
}

/** A mapping with its place. */
export interface Target {
  readonly mapping: Mapping;
  readonly field: Field;
  /** Null: the attribute itself. */
  readonly sub: string | null;
  /** Of several complex values: the one of this type. */
  readonly kind: string | null;
  /** In a folded document (filter/document). */
  readonly path: readonly string[];
}

/** What is derived, and shown though no value is mapped to it. */
const DERIVED: { readonly [type: string]: readonly string[] } = { User: ['active', 'groups'], Group: ['members'] };
const TYPES: { readonly [type in ValueType]?: ScimType } = {
  integer: 'integer',
  decimal: 'decimal',
  boolean: 'boolean',
  instant: 'dateTime',
};

/**
 * `derived`: of what is not mapped, what is there all the same (`active`, `groups`, `members`). @throws RollcallError `configuration` with the
 * place in `where.attribute`, or for an extension that cannot be
 */
export function mappedType(
  name: 'User' | 'Group',
  mappings: readonly Mapping[],
  extensions: readonly MappedExtension[],
  derived: readonly string[],
): MappedType {
  const custom = extensions.map(({ schema, prefix }) => {
    const own = mappings.filter(({ to }) => to.startsWith(`${prefix}.`));
    const attributes = own.map((one) => ownAttribute(one, one.to.slice(prefix.length + 1)));
    const extension: ScimExtension = {
      prefix,
      required: false,
      schema: { id: schema, name: prefix, description: `Extension ${prefix}`, attributes },
    };
    return { resourceType: name, extension };
  });
  const whole = resourceTypes(custom).find((one) => one.name === name)!;
  const places = mappings.map((mapping) => placeOf(mapping, whole));
  const there = DERIVED[name]!.filter((one) => derived.includes(one));
  const cut = (prefix: string | null, attributes: readonly ScimAttribute[]): ScimAttribute[] =>
    attributes.flatMap((attribute) => {
      const image = prefix === null ? attribute.name : `${prefix}.${attribute.name}`;
      const mine = places.filter((one) => one.field.image === image);
      if (mine.length > 0) return [cutAttribute(attribute, mine)];
      return prefix === null && there.includes(attribute.name) ? [readOnly(attribute)] : [];
    });
  const type: ScimResourceType = {
    ...whole,
    schema: { ...whole.schema, attributes: cut(null, whole.schema.attributes) },
    extensions: whole.extensions
      .map((one) => ({ ...one, schema: { ...one.schema, attributes: cut(one.prefix, one.schema.attributes) } }))
      .filter((one) => one.schema.attributes.length > 0),
  };
  const fields = new Map(fieldsOf(type).all.map((field) => [field.image, field]));
  const prefixes = new Map(type.extensions.map((one) => [one.schema.id, one.prefix]));
  const targets = places.map(({ field: { image }, ...rest }, i): Target => {
    const field = fields.get(image)!;
    const value = rest.sub ?? (field.attribute.multiValued ? 'value' : null);
    const path = [
      ...(field.urn === null ? [] : [prefixes.get(field.urn)!]),
      field.attribute.name,
      ...(value === null ? [] : [value]),
    ];
    return { mapping: mappings[i]!, field, ...rest, path };
  });
  return { type, targets };
}

type Place = Pick<Target, 'field' | 'sub' | 'kind'> & { readonly writable: boolean; readonly unique: boolean };

function placeOf({ to, type, multi, writable, unique }: Mapping, whole: ScimResourceType): Place {
  const fields = fieldsOf(whole);
  const field = [...fields.core, ...fields.extensions.flatMap((one) => one.fields)]
    .filter(({ image }) => to === image || to.startsWith(`${image}.`))
    .sort((a, b) => b.image.length - a.image.length)[0];
  if (field === undefined || field.attribute.returned === 'never' || field.image === 'groups')
    throw wrong(
      to,
      `a ${whole.name} has no such attribute`,
      'write it like userName, name.givenName, emails.work or staff.badge',
    );
  if (isMembers(field)) throw wrong(to, 'members are those that the group has', 'leave it out');
  const rest = to.slice(field.image.length + 1);
  const { attribute, subs } = field;
  const isOne = (expected: ScimType): void => {
    if (type === 'binary') throw wrong(to, 'bytes are not shown by SCIM', 'take another attribute');
    if (expected === 'boolean' && type !== 'boolean')
      throw wrong(to, `it is true or false, and this is ${type}`, 'take a boolean');
    if (
      type === 'reference' &&
      field.image !== 'enterprise.manager' &&
      whole.extensions.every((one) => one.schema.id !== field.urn)
    )
      throw wrong(to, 'this is a reference', 'only enterprise.manager, and attributes of your own, take one');
  };
  const isSingle = (): void => {
    if (multi) throw wrong(to, 'it has one value, and this has several', 'take one of several values, such as emails.work');
  };
  const common = { field, writable, unique };
  if (subs.length === 0) {
    if (rest !== '') throw wrong(to, `${field.image} has no parts`, `write ${field.image}`);
    isOne(attribute.type);
    if (!attribute.multiValued) isSingle();
    return { ...common, sub: null, kind: null };
  }
  const [first = '', second, ...more] = rest.split('.');
  const known = (name: string): boolean => field.subsByName.has(name) && !['type', 'primary', '$ref'].includes(name);
  if (!attribute.multiValued) {
    const sub = rest === '' ? 'value' : rest;
    if (!known(sub)) throw wrong(to, `${field.image} has no such part`, `parts: ${subs.map((one) => one.name).join(', ')}`);
    isOne('string');
    isSingle();
    return { ...common, sub, kind: null };
  }
  const hasValue = field.subsByName.has('value');
  const sub = hasValue ? 'value' : (second ?? '');
  if (!/^[a-z][\w-]{0,63}$/.test(first) || more.length > 0 || (hasValue ? second !== undefined : !known(sub)))
    throw wrong(
      to,
      'it names none of several values',
      hasValue ? `write ${field.image}.work` : `write ${field.image}.work.${subs.find(({ name }) => known(name))!.name}`,
    );
  isOne('string');
  if (!hasValue) isSingle();
  return { ...common, sub, kind: first };
}

function ownAttribute({ type, multi, exact, description, to }: Mapping, name: string): ScimAttribute {
  if (type === 'binary') throw wrong(to, 'bytes are not shown by SCIM', 'take another attribute');
  return {
    name,
    type: TYPES[type] ?? 'string',
    multiValued: multi,
    description,
    required: false,
    caseExact: exact || type === 'reference',
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
  };
}

function cutAttribute(attribute: ScimAttribute, places: readonly Place[]): ScimAttribute {
  const mutability = places.some((one) => one.writable) ? 'readWrite' : 'readOnly';
  const uniqueness = places.some((one) => one.unique) ? 'server' : 'none';
  const { subAttributes, canonicalValues: _, ...rest } = { ...attribute, required: false, mutability, uniqueness } as const;
  if (subAttributes === undefined) return rest;
  const kinds = [...new Set(places.flatMap(({ kind }) => kind ?? []))];
  const subs = subAttributes.flatMap((sub): ScimAttribute[] => {
    const mine = places.filter((one) => one.sub === sub.name);
    if (mine.length > 0) return [{ ...sub, mutability: mine.some((one) => one.writable) ? 'readWrite' : 'readOnly' }];
    if (sub.name === 'type' && attribute.multiValued) return [{ ...sub, canonicalValues: kinds, mutability: 'immutable' }];
    if (sub.name === 'primary' && attribute.multiValued) return [{ ...sub, mutability: 'readOnly' }];
    return sub.name === '$ref' && places.some((one) => one.sub === 'value') ? [sub] : [];
  });
  return { ...rest, subAttributes: subs };
}

function readOnly(attribute: ScimAttribute): ScimAttribute {
  const subs = attribute.subAttributes?.filter(({ name }) => name !== 'display').map(readOnly);
  // Who has many groups is asked for them by name: they are found for each user by themselves.
  const returned = attribute.name === 'groups' ? 'request' : attribute.returned;
  return {
    ...attribute,
    mutability: 'readOnly',
    required: false,
    returned,
    ...(subs === undefined ? {} : { subAttributes: subs }),
  };
}

function wrong(attribute: string, message: string, remedy: string): RollcallError {
  return new RollcallError('configuration', message, { where: { attribute }, remedy });
}

/** `valuesOf`: of a name, in their order. References are ids. The first of several complex values, in the order of the mappings, is the primary one. */
export function toResource(id: string, { targets }: MappedType, valuesOf: (from: string) => readonly Scalar[]): Resource {
  const draft = new Draft({ id });
  const elements = new Map<Field, { [name: string]: Plain }[]>();
  for (const target of targets) {
    const values = valuesOf(target.mapping.from).flatMap((value) => shownAs(value, target) ?? []);
    if (values.length > 0) put(target, values, draft, elements);
  }
  for (const [field, all] of elements) {
    if (field.subsByName.has('primary')) all[0]!['primary'] = true;
    const texts = new Map(all.map((one) => ordered(field, one)).map((one) => [JSON.stringify(one), one]));
    draft.set(
      field,
      [...texts.keys()].sort().map((text) => texts.get(text)!),
    );
  }
  return draft.resource();
}

function put(
  { field, sub, kind, mapping }: Target,
  values: readonly (string | number | boolean)[],
  draft: Draft,
  elements: Map<Field, { [name: string]: Plain }[]>,
): void {
  if (field.subs.length === 0) draft.set(field, field.attribute.multiValued ? (canonicalSet(values) as Plain) : values[0]!);
  else if (kind === null) draft.set(field, ordered(field, { ...(draft.get(field) as Complex | undefined), [sub!]: values[0]! }));
  else {
    const all = elements.get(field) ?? [];
    elements.set(field, all);
    const present = sub === 'value' ? undefined : all.find((one) => one['type'] === kind);
    if (present !== undefined) present[sub!] = values[0]!;
    else
      for (const value of mapping.multi ? values : values.slice(0, 1))
        all.push(Object.assign(bare<Plain>(), { [sub!]: value, type: kind }));
  }
}

/** Undefined: nothing that could be shown there. */
function shownAs(value: Scalar, { field, sub }: Target): string | number | boolean | undefined {
  if (typeof value === 'object' || value === '') return undefined;
  const { type } = sub === null ? field.attribute : field.subsByName.get(sub)!;
  if (type === 'boolean') return typeof value === 'boolean' ? value : undefined;
  if (type === 'integer' || type === 'decimal') return Number(value);
  return String(value);
}

/**
 * What of the values a change of the resource changes: name → its values from then on. @throws ScimError `invalidValue` for what none of
 * the values could be
 */
export function changedValues(
  before: Resource,
  after: Resource,
  { targets, type }: MappedType,
): ReadonlyMap<string, readonly (string | number | boolean)[]> {
  const out = new Map<string, readonly (string | number | boolean)[]>();
  for (const target of targets) {
    const values = valuesAt(after, target);
    if (sameValue(valuesAt(before, target), values)) continue;
    const { from, multi } = target.mapping;
    if (!target.mapping.writable) throw refusal('mutability', `${target.mapping.to}: it cannot be changed here`);
    if (!multi && values.length > 1) throw refusal('invalidValue', `${target.mapping.to}: only one value is kept of it`);
    const other = out.get(from);
    if (other !== undefined && !sameValue(other, values))
      throw refusal('invalidValue', `${target.mapping.to}: it is the same as another attribute, which says otherwise`);
    out.set(from, values);
  }
  for (const field of fieldsOf(type).all)
    if (field.attribute.multiValued && field.subs.length > 0) checkKinds(field, after, targets);
  return out;
}

/** An element that stands for no value would be lost. */
function checkKinds(field: Field, after: Resource, targets: readonly Target[]): void {
  const kinds = new Set(targets.filter((one) => one.field === field).map(({ kind }) => kind));
  for (const element of (fieldValue(after, field) as readonly Complex[] | undefined) ?? [])
    if (!kinds.has(kindOf(element)))
      throw refusal('invalidValue', `${field.image}: there is none of this type; types: ${[...kinds].join(', ')}`);
}

function kindOf(element: Complex): string {
  return String(element['type'] ?? '').toLowerCase();
}

function valuesAt(resource: Resource, { field, sub, kind }: Target): readonly (string | number | boolean)[] {
  const value = fieldValue(resource, field);
  if (value === undefined) return [];
  const list = (
    sub === null
      ? [value].flat()
      : kind === null
        ? [(value as Complex)[sub]]
        : (value as readonly Complex[]).filter((one) => kindOf(one) === kind).map((one) => one[sub])
  ) as readonly (string | number | boolean | undefined)[];
  return list.filter((one) => one !== undefined);
}
