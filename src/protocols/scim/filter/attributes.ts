/** Which attribute a path means: names and URNs are compared without regard to case (RFC 7643 2.1). */
import { extensionOf, fieldOf } from '../fields.ts';
import type { ScimAttribute, ScimExtension, ScimResourceType } from '../schema.ts';
import type { AttrPath } from './ast.ts';

export interface FoundAttribute {
  /** Null of what the schema itself, or every resource, has. */
  readonly extension: ScimExtension | null;
  readonly attribute: ScimAttribute;
  readonly sub: ScimAttribute | null;
}

/** By name in lower case. */
const named = new WeakMap<readonly ScimAttribute[], ReadonlyMap<string, ScimAttribute>>();

/** Of a schema's own list: it is asked for at every value. */
export function namedAttribute(attributes: readonly ScimAttribute[], name: string): ScimAttribute | null {
  let byName = named.get(attributes);
  if (byName === undefined) {
    byName = new Map(attributes.toReversed().map((one) => [one.name.toLowerCase(), one]));
    named.set(attributes, byName);
  }
  return byName.get(name.toLowerCase()) ?? null;
}

/** Of a complex attribute. What has no sub-attributes has one, called `value`, where it has several values. */
export function subAttribute(attribute: ScimAttribute, name: string): ScimAttribute | null {
  if (attribute.type === 'complex') return namedAttribute(attribute.subAttributes ?? [], name);
  return attribute.multiValued && name.toLowerCase() === 'value' ? { ...attribute, name: 'value', multiValued: false } : null;
}

/**
 * Null where there is none such. Clients leave out the URN of an extension (`manager eq "…"`): a name that the schema does not have
 * is looked for in the extensions, in their order.
 */
export function findAttribute(type: ScimResourceType, path: AttrPath): FoundAttribute | null {
  const field = fieldOf(type, path.urn, path.name);
  if (field === undefined) return null;
  const { attribute, urn } = field;
  const sub = path.sub === null ? null : subAttribute(attribute, path.sub);
  if (path.sub !== null && sub === null) return null;
  return { extension: urn === null ? null : extensionOf(type, urn)!, attribute, sub };
}
