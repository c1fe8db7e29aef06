/** A resource as the server shows it, with what is written in its place: whatever else is in it stays, known or not. */
import type { WriteItem, WriteValue } from '#connectors/contract';
import type { Field } from '#protocols/scim/fields';
import { VALUE } from '#protocols/scim/image';
import type { ScimResourceType } from '#protocols/scim/schema';
import { isObject, type JsonObject } from '#protocols/scim/values';
import { MEMBERS } from './objects.ts';
import { invalid, type Json, jsonOf, jsonsOf, type Path, pathFor } from './paths.ts';

export interface Edit {
  readonly path: Path;
  /** What is to stand there; of what is only added and removed see `add`. */
  readonly value?: WriteValue;
  readonly add?: readonly WriteValue[];
  readonly remove?: readonly WriteValue[];
}

/** Without members, which are written apart. @throws RollcallError for what cannot be written */
export function editsOf({ set, add = {}, remove = {} }: WriteItem, type: ScimResourceType): readonly Edit[] {
  const whole = Object.entries(set).map(([name, value]): Edit => ({ path: pathFor(type, name), value }));
  const parts = [...new Set([...Object.keys(add), ...Object.keys(remove)])].map((name): Edit => {
    const path = pathFor(type, name);
    const isList = path.field.attribute.multiValued && path.kind === null;
    if (!isList) throw invalid(name, 'it has one value, and takes nothing beside it', 'export it as one value');
    return { path, add: own(add, name), remove: own(remove, name) };
  });
  return [...whole, ...parts].filter(({ path }) => path.field.image !== MEMBERS);
}

function own(edits: NonNullable<WriteItem['add']>, name: string): readonly WriteValue[] {
  return Object.hasOwn(edits, name) ? edits[name]! : [];
}

/** @throws RollcallError for values that cannot be written */
export function edited(before: JsonObject, edits: readonly Edit[]): JsonObject {
  let after = before;
  for (const edit of edits) {
    const { field } = edit.path;
    const now = valueAt(after, field);
    after = withValue(after, field, field.subs.length === 0 ? simple(edit, now) : complex(edit, now));
  }
  for (const field of new Set(edits.flatMap(({ path }) => (path.kind === null ? [] : [path.field])))) {
    const there = listed(valueAt(before, field));
    const left = listed(valueAt(after, field)).filter((one) => there.includes(one) || !isEmpty(one as JsonObject, field));
    after = withValue(after, field, left.length === 0 ? undefined : left);
  }
  return after;
}

/** Nothing is left in it that says anything. */
function isEmpty(element: JsonObject, { subsByName }: Field): boolean {
  return subsByName.has(VALUE) ? element[VALUE] === undefined : Object.keys(element).every((name) => BESIDE.has(name));
}

/** What says nothing without another part. */
const BESIDE: ReadonlySet<string> = new Set(['type', 'primary']);

function simple({ path: { field, attribute }, value, add, remove }: Edit, now: unknown): unknown {
  const of = field.attribute;
  if (!of.multiValued) return jsonOf(value, of, attribute);
  const list = add === undefined ? jsonsOf(value, of, attribute) : merged(listed(now), add, remove!, of, attribute);
  return list.length === 0 ? undefined : list;
}

function merged(
  now: readonly unknown[],
  add: readonly WriteValue[],
  remove: readonly WriteValue[],
  of: Field['attribute'],
  attribute: string,
): readonly unknown[] {
  const gone = new Set<unknown>(jsonsOf(remove as WriteValue, of, attribute));
  return [...new Set([...now.filter((one) => !gone.has(one)), ...jsonsOf(add as WriteValue, of, attribute)])];
}

function complex(edit: Edit, now: unknown): unknown {
  const { field, sub, attribute } = edit.path;
  if (!field.attribute.multiValued) {
    const parts = withPart(isObject(now) ? now : {}, sub!.name, jsonOf(edit.value, sub!, attribute));
    return Object.keys(parts).length === 0 ? undefined : parts;
  }
  const after = several(edit, listed(now).filter(isObject));
  return after.length === 0 ? undefined : after;
}

function several({ path, value, add, remove }: Edit, elements: readonly JsonObject[]): readonly JsonObject[] {
  if (path.kind !== null) return ofKind(elements, path, jsonOf(value, path.sub!, path.attribute));
  if (add === undefined) return settled(elements, wanted(value, path));
  const gone = wanted(remove as WriteValue, path);
  const kept = elements.filter((one) => !gone.some((other) => isSame(one, other)));
  return settled(kept, [...kept, ...wanted(add as WriteValue, path)]);
}

/** Elements as they are to be, with what the server has of them beside. */
function settled(elements: readonly JsonObject[], all: readonly JsonObject[]): readonly JsonObject[] {
  const out = all.map((one) => elements.find((there) => isSame(there, one)) ?? one);
  return [...new Set(out)];
}

/** Each as an object, or as the value of one. */
function wanted(value: WriteValue | undefined, { field, sub, attribute }: Path): readonly JsonObject[] {
  const of = sub ?? field.subsByName.get(VALUE);
  const texts = jsonsOf(value, of ?? { ...field.attribute, type: 'string' }, attribute);
  return texts.map((text) => {
    const parsed = sub === null ? objectIn(text) : null;
    if (parsed !== null) return parsed;
    if (of === undefined) throw invalid(attribute, 'each of its values is an object', 'write it as JSON, or part by part');
    return { [VALUE]: text };
  });
}

function objectIn(text: Json): JsonObject | null {
  if (typeof text !== 'string' || !text.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** What is said of it is so. */
function isSame(there: JsonObject, one: JsonObject): boolean {
  return Object.entries(one).every(([name, value]) => Object.hasOwn(there, name) && there[name] === value);
}

export const typeOf = (element: JsonObject): string => String(element['type'] ?? '').toLowerCase();

/** The one that reads show under this type. */
export function elementOf(elements: readonly JsonObject[], kind: string): JsonObject | undefined {
  if (kind === 'primary') return elements.find((one) => one['primary'] === true) ?? elements[0];
  return elements.find((one) => typeOf(one) === kind);
}

function ofKind(elements: readonly JsonObject[], { field, kind, sub }: Path, value: Json | undefined): readonly JsonObject[] {
  const there = elementOf(elements, kind!);
  if (there !== undefined) {
    if (there[sub!.name] === value) return elements;
    return elements.map((one) => (one === there ? withPart(there, sub!.name, value) : one));
  }
  if (value === undefined) return elements;
  // Most want one that is the primary one, and some refuse a user without.
  const isPrimary = kind === 'primary' || (elements.length === 0 && field.subsByName.has('primary'));
  const made = { [sub!.name]: value, ...(kind === 'primary' ? {} : { type: kind! }), ...(isPrimary ? { primary: true } : {}) };
  return [...elements, made];
}

export function listed(raw: unknown): readonly unknown[] {
  return raw === undefined || raw === null ? [] : Array.isArray(raw) ? raw : [raw];
}

/** As the server writes the name: in any case. */
function keyIn(record: JsonObject, name: string): string {
  if (Object.hasOwn(record, name)) return name;
  return Object.keys(record).find((one) => one.toLowerCase() === name.toLowerCase()) ?? name;
}

export function part(record: JsonObject, name: string): unknown {
  const key = keyIn(record, name);
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

/** A copy in the same order; a name such as `__proto__` is one like others in it. */
export function withPart(record: JsonObject, name: string, value: unknown): JsonObject {
  const key = keyIn(record, name);
  const entries = Object.entries(record);
  if (value === undefined) return Object.fromEntries(entries.filter(([one]) => one !== key));
  if (!Object.hasOwn(record, key)) return Object.fromEntries([...entries, [key, value]]);
  return Object.fromEntries(entries.map(([one, now]) => [one, one === key ? value : now]));
}

export function valueAt(resource: JsonObject, { urn, attribute }: Field): unknown {
  const holder = urn === null ? resource : part(resource, urn);
  return isObject(holder) ? part(holder, attribute.name) : undefined;
}

function withValue(resource: JsonObject, { urn, attribute }: Field, value: unknown): JsonObject {
  if (urn === null) return withPart(resource, attribute.name, value);
  const holder = part(resource, urn);
  const extended = withPart(isObject(holder) ? holder : {}, attribute.name, value);
  return withPart(resource, urn, Object.keys(extended).length === 0 ? undefined : extended);
}

/** The URNs that a resource has attributes of, with those it named itself. */
export function schemasOf(resource: JsonObject, type: ScimResourceType): readonly string[] {
  const named = listed(part(resource, 'schemas')).filter((one) => typeof one === 'string');
  const extended = type.extensions.map(({ schema }) => schema.id).filter((urn) => part(resource, urn) !== undefined);
  const known = new Set(named.map((one) => one.toLowerCase()));
  return [...named, ...[type.schema.id, ...extended].filter((urn) => !known.has(urn.toLowerCase()))];
}
