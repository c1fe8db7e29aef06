/**
 * The attributes of a resource type, found by any of their names: in any case, alone, with the URN of their schema before them, or
 * (`department`) as if an extension were part of the core. Made once for each resource type.
 */
import { COMMON_ATTRIBUTES } from './common-attributes.ts';
import type { ScimAttribute, ScimExtension, ScimResourceType } from './schema.ts';

export interface Field {
  readonly attribute: ScimAttribute;
  /** Of an extension: its URN, under which a resource holds it. */
  readonly urn: string | null;
  /** What an image calls it: `userName`, `enterprise.department`. */
  readonly image: string;
  /** Sub-attributes in the order of canonical JSON. */
  readonly subs: readonly ScimAttribute[];
  /** By name, as it is and in lower case. */
  readonly subsByName: ReadonlyMap<string, ScimAttribute>;
}

export interface ExtensionFields {
  readonly extension: ScimExtension;
  readonly fields: readonly Field[];
}

export interface Fields {
  /** In the order they are shown: common ones, core, extensions. */
  readonly all: readonly Field[];
  readonly common: readonly Field[];
  readonly core: readonly Field[];
  readonly extensions: readonly ExtensionFields[];
  /** Common and core attributes by name, as it is and in lower case. */
  readonly coreByName: ReadonlyMap<string, Field>;
  /** Those of an extension by its URN, as it is and in lower case. */
  readonly byUrn: ReadonlyMap<string, ReadonlyMap<string, Field>>;
  /** Extensions' attributes that no attribute of the core is called like; the first extension's. */
  readonly bare: ReadonlyMap<string, Field>;
}

const made = new WeakMap<ScimResourceType, Fields>();

export function fieldsOf(type: ScimResourceType): Fields {
  let fields = made.get(type);
  if (fields === undefined) {
    fields = make(type);
    made.set(type, fields);
  }
  return fields;
}

/**
 * The attribute of a name, `urn` being what stood before its last colon. `bare`: also one of an extension by its name alone, as
 * identity providers write `department` and `manager`.
 */
export function fieldOf(type: ScimResourceType, urn: string | null, name: string, bare = true): Field | undefined {
  const fields = fieldsOf(type);
  if (urn === null) return named(fields.coreByName, name) ?? (bare ? named(fields.bare, name) : undefined);
  const own = urn.toLowerCase() === type.schema.id.toLowerCase();
  const of = own ? fields.coreByName : named(fields.byUrn, urn);
  return of === undefined ? undefined : named(of, name);
}

/** The extension of a URN in any case. */
export function extensionOf(type: ScimResourceType, urn: string): ScimExtension | undefined {
  const key = urn.toLowerCase();
  return type.extensions.find((one) => one.schema.id === urn || one.schema.id.toLowerCase() === key);
}

export function subOf(field: Field, name: string): ScimAttribute | undefined {
  return named(field.subsByName, name);
}

/** The list of members, which is kept and asked for apart from the rest of a group. */
export function isMembers(field: Field): boolean {
  return field.urn === null && field.attribute.name === 'members' && field.attribute.multiValued && field.subs.length > 0;
}

function make(type: ScimResourceType): Fields {
  const common = COMMON_ATTRIBUTES.map((attribute) => fieldFor(attribute, null, ''));
  const core = type.schema.attributes.map((attribute) => fieldFor(attribute, null, ''));
  const extensions = type.extensions.map((extension) => {
    const { schema, prefix } = extension;
    return { extension, fields: schema.attributes.map((attribute) => fieldFor(attribute, schema.id, `${prefix}.`)) };
  });
  const coreByName = byName([...common, ...core], nameOf);
  const extended = extensions.flatMap(({ fields }) => fields);
  return {
    all: [...common, ...core, ...extended],
    common,
    core,
    extensions,
    coreByName,
    byUrn: new Map(
      extensions.flatMap(({ extension: { schema }, fields }) =>
        [schema.id, schema.id.toLowerCase()].map((urn) => [urn, byName(fields, nameOf)] as const),
      ),
    ),
    bare: byName(
      extended.filter((field) => !coreByName.has(nameOf(field).toLowerCase())),
      nameOf,
    ),
  };
}

function named<Of>(map: ReadonlyMap<string, Of>, name: string): Of | undefined {
  return map.get(name) ?? map.get(name.toLowerCase());
}

const nameOf = (field: Field): string => field.attribute.name;

/** The first of a name stays. */
function byName<Of>(all: readonly Of[], name: (one: Of) => string): Map<string, Of> {
  return new Map(
    all.toReversed().flatMap((one) => [
      [name(one).toLowerCase(), one],
      [name(one), one],
    ]),
  );
}

function fieldFor(attribute: ScimAttribute, urn: string | null, prefix: string): Field {
  const subs = (attribute.subAttributes ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const subsByName = byName(subs, (sub) => sub.name);
  return { attribute, urn, image: prefix + attribute.name, subs, subsByName };
}
