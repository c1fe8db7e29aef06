/**
 * The body of a POST or PUT (RFC 7644 3.3, 3.5.1) → the resource that is meant.
 *
 * What is readOnly is ignored, `password` is never kept. Tolerant: attributes that no schema has are ignored, as is what `schemas`
 * says; those of an extension may stand at the top; a URN may be written wrongly. Strict: all that is refused.
 */
import { refusal } from './errors.ts';
import { extensionOf, type Field, fieldOf, fieldsOf, isMembers } from './fields.ts';
import { readMembers } from './members.ts';
import { type Complex, Draft, fieldValue, type Plain, type Resource, sameResource, sameValue } from './resource.ts';
import type { ScimExtension, ScimResourceType } from './schema.ts';
import { ENTERPRISE_URN } from './schemas.ts';
import { invalid, isObject, type JsonObject, ordered, Reading, type ReadOptions, readValue, shown } from './values.ts';

export interface ReadResource {
  /** Without members, `id` and `meta`. */
  readonly resource: Resource;
  /** Ids, each once; undefined for what has no members. */
  readonly members: readonly string[] | undefined;
}

export interface ReadReplacement {
  /** With the `id` and `meta` that it had. */
  readonly resource: Resource | 'unchanged';
  /** Undefined where the members stay as they are. */
  readonly members: readonly string[] | undefined;
}

/** @throws ScimError 400 */
export function readNew(body: unknown, type: ScimResourceType, options: ReadOptions): ReadResource {
  const { draft, members } = readBody(body, type, new Reading(options));
  requireAll(draft, type);
  return { resource: draft.resource(), members: members ?? (hasMembers(type) ? [] : undefined) };
}

/**
 * What a PUT makes of a resource. What it leaves out is cleared, but for `active` (an update without it means no deactivation), for
 * what is immutable and for what only this service writes. Members that are not named stay in the tolerant reading: clients
 * read groups without them and write them back.
 * @throws ScimError 400
 */
export function readReplacement(body: unknown, present: Resource, type: ScimResourceType, options: ReadOptions): ReadReplacement {
  const { draft, members } = readBody(body, type, new Reading(options));
  for (const field of fieldsOf(type).all) keep(field, draft, fieldValue(present, field));
  requireAll(draft, type);
  const unnamed = hasMembers(type) && !options.tolerant ? [] : undefined;
  const resource = draft.resource();
  return { resource: sameResource(present, resource, type) ? 'unchanged' : resource, members: members ?? unnamed };
}

function keep(field: Field, draft: Draft, before: Plain | undefined): void {
  if (before === undefined) return;
  const { mutability, multiValued } = field.attribute;
  const after = draft.get(field);
  if (mutability === 'readOnly' || (after === undefined && (mutability === 'immutable' || field.image === 'active')))
    draft.set(field, before);
  else if (mutability === 'immutable') checkSame(field.image, before, after);
  else if (!multiValued && field.subs.length > 0 && after !== undefined)
    draft.set(field, keepSubs(field, before as Complex, after as Complex));
}

/** What a client cannot change of a complex value, where it still is the same value. @throws ScimError `mutability` */
export function keepSubs(field: Field, before: Complex, after: Complex): Complex {
  const same = sameValue(before['value'], after['value']);
  const kept: { [name: string]: Plain } = {};
  for (const { name, mutability } of field.subs) {
    const value = before[name];
    if (value === undefined) continue;
    if (mutability === 'immutable' && after[name] !== undefined) checkSame(`${field.image}.${name}`, value, after[name]);
    else if (mutability === 'immutable' || (mutability === 'readOnly' && same)) kept[name] = value;
  }
  return Object.keys(kept).length === 0 ? after : ordered(field, { ...after, ...kept });
}

export function checkSame(where: string, before: Plain, after: Plain | undefined): void {
  if (!sameValue(before, after)) throw refusal('mutability', `${where}: it cannot be changed once it has a value`);
}

interface Body {
  readonly draft: Draft;
  members: readonly string[] | undefined;
}

function readBody(body: unknown, type: ScimResourceType, reading: Reading): Body {
  if (!isObject(body)) throw refusal('invalidSyntax', 'the body is no JSON object');
  const into: Body = { draft: new Draft(), members: undefined };
  if (!reading.tolerant) checkSchemas(body, type);
  for (const name of Object.keys(body)) {
    if (name.toLowerCase() === 'schemas') continue;
    const field = fieldOf(type, null, name, reading.tolerant);
    const extension = field === undefined ? extensionNamed(type, name, reading) : undefined;
    if (field !== undefined) readInto(field, body[name], reading, into, field.urn === null);
    else if (extension !== undefined) readExtension(extension, body[name], type, reading, into);
    else if (!reading.tolerant) throw unknown(name);
  }
  return into;
}

function readExtension(extension: ScimExtension, raw: unknown, type: ScimResourceType, reading: Reading, into: Body): void {
  if (raw === null || raw === undefined) return;
  if (!isObject(raw)) throw invalid(extension.schema.id, 'it is an extension: write an object');
  for (const name of Object.keys(raw)) {
    const field = fieldOf(type, extension.schema.id, name);
    if (field !== undefined) readInto(field, raw[name], reading, into, true);
    else if (!reading.tolerant) throw unknown(name);
  }
}

/** `certain`: not what stands at the top and belongs into an extension, which may say it itself. */
function readInto(field: Field, raw: unknown, reading: Reading, into: Body, certain: boolean): void {
  if (field.attribute.mutability === 'readOnly') return;
  if (isMembers(field)) {
    if (raw !== null) into.members = readMembers(field, raw, reading);
    return;
  }
  const value = readValue(field, raw, reading);
  if (field.attribute.returned !== 'never' && value !== undefined && (certain || into.draft.get(field) === undefined))
    into.draft.set(field, value);
}

const ENTERPRISE_1 = 'urn:scim:schemas:extension:enterprise:1.0';

/** Tolerant: letters and digits alone count, since `…:enterprise:2.0User` was seen, and the enterprise extension of SCIM 1.1 is that of 2.0. */
export function extensionNamed(type: ScimResourceType, name: string, { tolerant }: Reading): ScimExtension | undefined {
  if (!/^urn:/i.test(name)) return undefined;
  const exact = extensionOf(type, name);
  if (exact !== undefined || !tolerant || name.length > 200) return exact;
  const letters = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  const meant = letters(name.toLowerCase() === ENTERPRISE_1 ? ENTERPRISE_URN : name);
  return type.extensions.find((one) => letters(one.schema.id) === meant);
}

function checkSchemas(body: JsonObject, type: ScimResourceType): void {
  const schemas = Object.hasOwn(body, 'schemas') ? body['schemas'] : undefined;
  const named = Array.isArray(schemas) ? schemas.map((one) => String(one).toLowerCase()) : [];
  if (!named.includes(type.schema.id.toLowerCase())) throw refusal('invalidSyntax', `schemas does not name ${type.schema.id}`);
  const known = [type.schema, ...type.extensions.map(({ schema }) => schema)].map(({ id }) => id.toLowerCase());
  const other = named.find((one) => !known.includes(one));
  if (other !== undefined) throw refusal('invalidSyntax', `schemas names ${shown(other)}, which ${type.name} does not have`);
}

function unknown(name: string): Error {
  return refusal('invalidSyntax', `no schema has an attribute ${shown(name)}`);
}

/** Of a POST or PUT: what has to have a value has one. Of extensions only where any of their attributes has. */
function requireAll(draft: Draft, type: ScimResourceType): void {
  const { core, extensions } = fieldsOf(type);
  for (const field of core) if (field.attribute.required) requireValue(field, draft.get(field));
  for (const { extension, fields } of extensions) {
    const required = fields.filter((field) => field.attribute.required);
    if (required.length === 0 && !extension.required) continue;
    if (fields.some((field) => draft.get(field) !== undefined))
      for (const field of required) requireValue(field, draft.get(field));
    else if (extension.required) throw invalid(extension.schema.id, 'this extension is required');
  }
}

/** @throws ScimError `invalidValue` */
export function requireValue(field: Field, value: Plain | undefined): void {
  const { required, mutability, type } = field.attribute;
  if (required && mutability !== 'readOnly' && (value === undefined || (type === 'string' && String(value).trim() === '')))
    throw invalid(field.image, 'it is required');
}

function hasMembers(type: ScimResourceType): boolean {
  return fieldsOf(type).core.some(isMembers);
}
