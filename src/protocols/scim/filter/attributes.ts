/** Which attribute a path means: names and URNs are compared without regard to case (RFC 7643 2.1). */
import { COMMON_ATTRIBUTES } from '../common-attributes.ts';
import type { ScimAttribute, ScimExtension, ScimResourceType } from '../schema.ts';
import type { AttrPath } from './ast.ts';

export interface FoundAttribute {
  /** Null of what the schema itself, or every resource, has. */
  readonly extension: ScimExtension | null;
  readonly attribute: ScimAttribute;
  readonly sub: ScimAttribute | null;
}

export function namedAttribute(attributes: readonly ScimAttribute[], name: string): ScimAttribute | null {
  const wanted = name.toLowerCase();
  return attributes.find((one) => one.name.toLowerCase() === wanted) ?? null;
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
  for (const { extension, attributes } of namespaces(type, path.urn)) {
    const attribute = namedAttribute(attributes, path.name);
    if (attribute === null) continue;
    if (path.sub === null) return { extension, attribute, sub: null };
    const sub = subAttribute(attribute, path.sub);
    return sub === null ? null : { extension, attribute, sub };
  }
  return null;
}

interface Namespace {
  readonly extension: ScimExtension | null;
  readonly attributes: readonly ScimAttribute[];
}

function namespaces(type: ScimResourceType, urn: string | null): readonly Namespace[] {
  const wanted = urn?.toLowerCase();
  const own = { extension: null, attributes: [...type.schema.attributes, ...COMMON_ATTRIBUTES] };
  const extensions = type.extensions.map((extension) => ({ extension, attributes: extension.schema.attributes }));
  if (wanted === undefined) return [own, ...extensions];
  if (type.schema.id.toLowerCase() === wanted) return [own];
  return extensions.filter(({ extension }) => extension.schema.id.toLowerCase() === wanted);
}
