/** What every resource has (RFC 7643 3.1); its schema does not list it. */
import type { ScimAttribute, ScimType } from './schema.ts';

function attribute(name: string, type: ScimType, description: string, more: Partial<ScimAttribute> = {}): ScimAttribute {
  return {
    name,
    type,
    multiValued: false,
    description,
    required: false,
    caseExact: true,
    mutability: 'readOnly',
    returned: 'default',
    uniqueness: 'none',
    ...more,
  };
}

export const COMMON_ATTRIBUTES: readonly ScimAttribute[] = [
  attribute('schemas', 'reference', 'URNs of the schemas that the resource has attributes of.', {
    multiValued: true,
    required: true,
    // URNs of schemas are compared without regard to case (RFC 7643 2.1).
    caseExact: false,
    mutability: 'readWrite',
    returned: 'always',
    referenceTypes: ['uri'],
  }),
  attribute('id', 'string', 'Unique identifier, given by the service provider.', { returned: 'always', uniqueness: 'server' }),
  attribute('externalId', 'string', 'Identifier that the client gave.', { mutability: 'readWrite' }),
  attribute('meta', 'complex', 'About the resource itself.', {
    subAttributes: [
      attribute('resourceType', 'string', 'Name of the resource type.'),
      attribute('created', 'dateTime', 'When the resource was created.'),
      attribute('lastModified', 'dateTime', 'When the resource was last changed.'),
      attribute('location', 'reference', 'URI of the resource.', { referenceTypes: ['uri'] }),
      attribute('version', 'string', 'Version of the resource, its ETag.'),
    ],
  }),
];
