/** What this service says of itself (RFC 7643 5 to 7, RFC 7644 4, RFC 9865 4). Nothing is null, and nothing is promised that is not kept. */
import { ScimError } from './errors.ts';
import { listResponse, type Page } from './query.ts';
import type { ScimAttribute, ScimResourceType, ScimSchema } from './schema.ts';

const SCHEMA_URN = 'urn:ietf:params:scim:schemas:core:2.0:Schema';
const RESOURCE_TYPE_URN = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
const CONFIG_URN = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';

export interface AuthenticationScheme {
  readonly type: 'oauth' | 'oauth2' | 'oauthbearertoken' | 'httpbasic' | 'httpdigest';
  readonly name: string;
  readonly description: string;
  readonly specUri?: string;
  readonly primary?: boolean;
}

export interface ServiceSettings {
  readonly documentationUri?: string;
  readonly patch: boolean;
  /** Undefined: not supported. */
  readonly bulk?: { readonly maxOperations: number; readonly maxPayloadSize: number };
  readonly filter: { readonly maxResults: number };
  readonly changePassword: boolean;
  readonly sort: boolean;
  readonly etag: boolean;
  readonly authenticationSchemes: readonly AuthenticationScheme[];
  readonly pagination: {
    readonly cursor: boolean;
    readonly index: boolean;
    readonly defaultPaginationMethod: 'cursor' | 'index';
    readonly defaultPageSize: number;
    readonly maxPageSize: number;
    /** Seconds. */
    readonly cursorTimeout?: number;
  };
}

export function serviceProviderConfig(settings: ServiceSettings, baseUrl: string): object {
  const { patch, bulk, filter, changePassword, sort, etag, documentationUri, authenticationSchemes, pagination } = settings;
  return {
    schemas: [CONFIG_URN],
    ...(documentationUri === undefined ? {} : { documentationUri }),
    patch: { supported: patch },
    bulk: { supported: bulk !== undefined, maxOperations: bulk?.maxOperations ?? 0, maxPayloadSize: bulk?.maxPayloadSize ?? 0 },
    filter: { supported: true, maxResults: filter.maxResults },
    changePassword: { supported: changePassword },
    sort: { supported: sort },
    etag: { supported: etag },
    authenticationSchemes,
    pagination,
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}

export function schemasResponse(types: readonly ScimResourceType[], baseUrl: string): object {
  return whole(schemasOf(types).map((schema) => schemaShown(schema, baseUrl)));
}

/** @throws ScimError 404 */
export function schemaResponse(urn: string, types: readonly ScimResourceType[], baseUrl: string): object {
  const schema = schemasOf(types).find((one) => one.id.toLowerCase() === urn.toLowerCase());
  if (schema === undefined) throw new ScimError(404, undefined, 'there is no schema with this URN');
  return schemaShown(schema, baseUrl);
}

export function resourceTypesResponse(types: readonly ScimResourceType[], baseUrl: string): object {
  return whole(types.map((type) => resourceTypeShown(type, baseUrl)));
}

/** @throws ScimError 404 */
export function resourceTypeResponse(name: string, types: readonly ScimResourceType[], baseUrl: string): object {
  const type = types.find((one) => one.name === name);
  if (type === undefined) throw new ScimError(404, undefined, 'there is no resource type with this name');
  return resourceTypeShown(type, baseUrl);
}

/** Short enough to be one page. */
function whole(resources: Page['resources']): object {
  return listResponse({ resources, total: resources.length, startIndex: 1 });
}

function schemasOf(types: readonly ScimResourceType[]): readonly ScimSchema[] {
  return types.flatMap(({ schema, extensions }) => [schema, ...extensions.map((one) => one.schema)]);
}

function schemaShown({ id, name, description, attributes }: ScimSchema, baseUrl: string): object {
  return {
    schemas: [SCHEMA_URN],
    id,
    name,
    description,
    attributes: attributes.map(attributeShown),
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${encodeURIComponent(id).replaceAll('%3A', ':')}` },
  };
}

/** In the order of RFC 7643 7; what a type has no use for is left out. */
function attributeShown(attribute: ScimAttribute): object {
  const { name, type, multiValued, description, required, caseExact, mutability, returned, uniqueness } = attribute;
  const { canonicalValues, referenceTypes, subAttributes } = attribute;
  return {
    name,
    type,
    ...(subAttributes === undefined ? {} : { subAttributes: subAttributes.map(attributeShown) }),
    multiValued,
    description,
    required,
    ...(canonicalValues === undefined ? {} : { canonicalValues }),
    caseExact,
    mutability,
    returned,
    uniqueness,
    ...(referenceTypes === undefined ? {} : { referenceTypes }),
  };
}

function resourceTypeShown({ name, endpoint, description, schema, extensions }: ScimResourceType, baseUrl: string): object {
  return {
    schemas: [RESOURCE_TYPE_URN],
    id: name,
    name,
    endpoint,
    description,
    schema: schema.id,
    schemaExtensions: extensions.map((one) => ({ schema: one.schema.id, required: one.required })),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${name}` },
  };
}
