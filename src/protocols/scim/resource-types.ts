/** The resource types that are served: User and Group, with the extensions of this installation. */
import { RollcallError } from '#core/errors';
import { COMMON_ATTRIBUTES } from './common-attributes.ts';
import type { ScimAttribute, ScimExtension, ScimResourceType, ScimSchema } from './schema.ts';
import { ENTERPRISE, GROUP, USER } from './schemas.ts';

/** An extension of one's own, and what it extends. */
export interface CustomExtension {
  readonly resourceType: 'User' | 'Group';
  readonly extension: ScimExtension;
}

/** RFC 7643 2.1; `$ref` is the one name with a `$`. */
const NAME = /^[A-Za-z][\w-]*$/;
const URN = /^urn:[a-z0-9][a-z0-9-]{0,31}:[\w.:()+,=@;$!*'%/-]+$/i;
const PREFIX = /^[A-Za-z][\w-]*$/;

/** @throws RollcallError `configuration`: a name or URN that is none, or that is taken */
export function resourceTypes(extensions: readonly CustomExtension[]): readonly ScimResourceType[] {
  const of = (name: 'User' | 'Group'): readonly ScimExtension[] =>
    extensions.filter((one) => one.resourceType === name).map((one) => one.extension);
  const types = [
    resourceType('User', 'User accounts.', USER, [ENTERPRISE, ...of('User')]),
    resourceType('Group', 'Groups of users.', GROUP, of('Group')),
  ];
  types.forEach(check);
  return types;
}

function resourceType(
  name: string,
  description: string,
  schema: ScimSchema,
  extensions: readonly ScimExtension[],
): ScimResourceType {
  return { name, endpoint: `/${name}s`, description, schema, extensions };
}

function check({ schema, extensions, name }: ScimResourceType): void {
  const urns = new Set([schema.id.toLowerCase()]);
  // An image has both, so a prefix may be no attribute: `name.givenName`.
  const prefixes = new Set([...COMMON_ATTRIBUTES, ...schema.attributes].map((one) => one.name.toLowerCase()));
  for (const { schema: extended, prefix } of extensions) {
    const where = `the extension ${extended.id} of ${name}`;
    if (!URN.test(extended.id)) throw wrong(`${where} has no URN`, 'name it like urn:example:scim:staff:1.0:User');
    if (urns.has(extended.id.toLowerCase())) throw wrong(`${where} is there twice`, 'keep one of them');
    urns.add(extended.id.toLowerCase());
    if (!PREFIX.test(prefix))
      throw wrong(`the prefix '${prefix}' of ${where} is no name`, 'use a letter, then letters and digits');
    if (prefixes.has(prefix.toLowerCase()))
      throw wrong(`the prefix '${prefix}' of ${where} is taken`, 'choose one that is no attribute and no other prefix');
    prefixes.add(prefix.toLowerCase());
    checkNames(extended.attributes, where, false);
  }
}

function checkNames(attributes: readonly ScimAttribute[], where: string, inside: boolean): void {
  const seen = new Set<string>();
  for (const { name, type, subAttributes = [] } of attributes) {
    if (!NAME.test(name) && !(inside && name === '$ref'))
      throw wrong(`the attribute '${name}' of ${where} has a name that SCIM does not allow`, 'use letters, digits, - and _');
    if (seen.has(name.toLowerCase())) throw wrong(`the attribute '${name}' of ${where} is there twice`, 'keep one of them');
    seen.add(name.toLowerCase());
    if ((type === 'complex') !== subAttributes.length > 0)
      throw wrong(`the attribute '${name}' of ${where} is complex or has sub-attributes, not both`, 'give it both or none');
    if (type === 'complex' && inside)
      throw wrong(`the attribute '${name}' of ${where} is complex inside a complex one`, 'RFC 7643 2.3.8 allows one level');
    checkNames(subAttributes, `${where}, ${name}`, true);
  }
}

function wrong(message: string, remedy: string): RollcallError {
  return new RollcallError('configuration', message, { remedy });
}
