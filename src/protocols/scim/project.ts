/**
 * A resource as it is shown (RFC 7644 3.9): which attributes, `schemas` that says which extensions are there, `meta` with the address
 * and the version. Nothing is null.
 */
import { bare, hasAny } from '#core/values';
import { refusal } from './errors.ts';
import { extensionOf, type Field, fieldOf, fieldsOf, subOf } from './fields.ts';
import { FilterError, type PatchPath } from './filter/ast.ts';
import { parsePath } from './filter/parse.ts';
import { type Complex, fieldValue, type Plain, type Resource } from './resource.ts';
import type { ScimResourceType } from './schema.ts';

/** What of an attribute: all of it, or these sub-attributes. */
type Part = 'all' | ReadonlySet<string>;

/** What `attributes` or `excludedAttributes` ask for, worked out once for a whole list. */
export interface Selection {
  readonly asks: 'these' | 'others' | 'default';
  readonly parts: ReadonlyMap<Field, Part>;
}

/** As they are named in a request. */
export interface NamedAttributes {
  readonly attributes: readonly string[];
  readonly excludedAttributes: readonly string[];
}

/** Names that no schema has ask for nothing. @throws ScimError `invalidValue` where both are asked for */
export function selectionOf({ attributes, excludedAttributes }: NamedAttributes, type: ScimResourceType): Selection {
  if (attributes.length > 0 && excludedAttributes.length > 0)
    throw refusal('invalidValue', 'attributes and excludedAttributes exclude each other: ask for one of them');
  const names = attributes.length > 0 ? attributes : excludedAttributes;
  const parts = new Map<Field, Part>();
  for (const name of names) for (const [field, part] of named(name, type)) parts.set(field, both(parts.get(field), part));
  return { asks: attributes.length > 0 ? 'these' : names.length > 0 ? 'others' : 'default', parts };
}

function both(a: Part | undefined, b: Part): Part {
  return a === undefined ? b : a === 'all' || b === 'all' ? 'all' : new Set([...a, ...b]);
}

function named(text: string, type: ScimResourceType): readonly (readonly [Field, Part])[] {
  const { core, extensions } = fieldsOf(type);
  if (text.toLowerCase() === type.schema.id.toLowerCase()) return core.map((field) => [field, 'all']);
  const extension = extensionOf(type, text);
  if (extension !== undefined)
    return extensions.flatMap((one) => (one.extension === extension ? one.fields.map((field) => [field, 'all'] as const) : []));
  const path = pathOf(text);
  const field = path === null ? undefined : fieldOf(type, path.attribute.urn, path.attribute.name);
  if (path === null || field === undefined) return [];
  if (path.attribute.sub === null) return [[field, 'all']];
  const sub = subOf(field, path.attribute.sub);
  return sub === undefined ? [] : [[field, new Set([sub.name])]];
}

function pathOf(text: string): PatchPath | null {
  try {
    const path = parsePath(text);
    return path.filter === null ? path : null;
  } catch (error) {
    if (error instanceof FilterError) return null;
    throw error;
  }
}

/**
 * Whether a list that is kept apart (`members`, `groups`) is wanted: `asked` for by name, wanted by `default` as everything is, or not at all.
 */
export function wants(selection: Selection, type: ScimResourceType, name: string): 'asked' | 'default' | 'no' {
  const field = fieldOf(type, null, name);
  if (field === undefined || partOf(field, selection) === null) return 'no';
  return selection.asks === 'these' ? 'asked' : 'default';
}

/** Null: nothing of it. */
function partOf(field: Field, { asks, parts }: Selection): Part | null {
  const { returned } = field.attribute;
  if (returned === 'never') return null;
  if (returned === 'always') return 'all';
  const part = parts.get(field);
  if (asks === 'these') return part ?? null;
  if (returned === 'request') return null;
  if (part === undefined) return 'all';
  return part === 'all' ? null : new Set(field.subs.map((sub) => sub.name).filter((name) => !part.has(name)));
}

export interface Showing {
  /** Of the SCIM service, without a slash at its end. */
  readonly baseUrl: string;
  readonly selection: Selection;
  /** What is kept apart, where it is to be shown: `members` or `groups`, each with `value`, `$ref`, `type` and `display`. */
  readonly lists?: { readonly [attribute: string]: readonly Complex[] };
}

export function locationOf(baseUrl: string, type: ScimResourceType, id: string): string {
  return `${baseUrl}${type.endpoint}/${encodeURIComponent(id)}`;
}

/** `resource` has its `id` and `meta`. */
export function showResource(resource: Resource, type: ScimResourceType, { baseUrl, selection, lists = {} }: Showing): Resource {
  const { common, core, extensions } = fieldsOf(type);
  const out = bare<Plain>();
  const schemas = [type.schema.id];
  out['schemas'] = schemas;
  const show = (field: Field, into: { [name: string]: Plain }): void => {
    const { name } = field.attribute;
    const kept = field.urn === null && Object.hasOwn(lists, name) ? lists[name] : fieldValue(resource, field);
    const value = kept === undefined ? undefined : shown(field, kept, selection, baseUrl);
    if (value !== undefined) into[name] = value;
  };
  for (const field of [...common, ...core]) if (field.image !== 'meta' && field.image !== 'schemas') show(field, out);
  for (const { extension, fields } of extensions) {
    const into = bare<Plain>();
    for (const field of fields) show(field, into);
    if (!hasAny(into)) continue;
    out[extension.schema.id] = into;
    schemas.push(extension.schema.id);
  }
  const meta = fieldOf(type, null, 'meta')!;
  const about = {
    resourceType: type.name,
    ...(resource['meta'] as Complex),
    location: locationOf(baseUrl, type, String(resource['id'])),
  };
  const value = shown(meta, about, selection, baseUrl);
  if (value !== undefined) out['meta'] = value;
  return out;
}

function shown(field: Field, value: Plain, selection: Selection, baseUrl: string): Plain | undefined {
  const part = partOf(field, selection);
  if (part === null) return undefined;
  if (field.subs.length === 0) return value;
  if (!field.attribute.multiValued) return subsOf(field, referring(field, value as Complex, baseUrl), part);
  const elements = (value as readonly Complex[]).map((one) => subsOf(field, one, part)).filter((one) => one !== undefined);
  return elements.length === 0 ? undefined : elements;
}

function subsOf(field: Field, value: Complex, part: Part): Complex | undefined {
  if (part === 'all' && field.subs.every((sub) => sub.returned === 'default' || sub.returned === 'always')) return value;
  const out = bare<Plain>();
  for (const { name, returned } of field.subs) {
    const isShown = returned === 'always' || (part === 'all' ? returned === 'default' : returned !== 'never' && part.has(name));
    if (isShown && value[name] !== undefined) out[name] = value[name];
  }
  return hasAny(out) ? out : undefined;
}

/** An id that can only be of one type of resource says where it is. */
function referring(field: Field, value: Complex, baseUrl: string): Complex {
  const [type, ...others] = field.subsByName.get('$ref')?.referenceTypes ?? [];
  if (type === undefined || others.length > 0 || typeof value['value'] !== 'string') return value;
  return { ...value, $ref: `${baseUrl}/${type}s/${encodeURIComponent(value['value'])}` };
}
