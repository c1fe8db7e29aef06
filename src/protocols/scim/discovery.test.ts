import { expect, it } from 'vitest';
import {
  resourceTypeResponse,
  resourceTypesResponse,
  type ServiceSettings,
  schemaResponse,
  schemasResponse,
  serviceProviderConfig,
} from './discovery.ts';
import { resourceTypes } from './resource-types.ts';
import { ENTERPRISE_URN, GROUP_URN, USER_URN } from './schemas.ts';

const TYPES = resourceTypes([]);
const baseUrl = 'https://idm.example.org/scim/v2';
const SETTINGS: ServiceSettings = {
  patch: true,
  filter: { maxResults: 200 },
  changePassword: false,
  sort: true,
  etag: true,
  authenticationSchemes: [{ type: 'oauthbearertoken', name: 'Bearer token', description: 'x' }],
  pagination: { cursor: true, index: true, defaultPaginationMethod: 'index', defaultPageSize: 100, maxPageSize: 200 },
};

it('R24 the configuration is complete, also where something is not supported', () => {
  expect(serviceProviderConfig(SETTINGS, baseUrl)).toEqual({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: true, maxResults: 200 },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    authenticationSchemes: SETTINGS.authenticationSchemes,
    pagination: SETTINGS.pagination,
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  });
  const bulk = { maxOperations: 5, maxPayloadSize: 9 };
  expect(serviceProviderConfig({ ...SETTINGS, bulk }, baseUrl)).toMatchObject({ bulk: { supported: true, ...bulk } });
});

it('E12 schemas and resource types are lists, with nothing null in them', () => {
  const schemas = schemasResponse(TYPES, baseUrl) as { totalResults: number; Resources: { id: string }[] };
  expect(schemas.Resources.map((one) => one.id)).toEqual([USER_URN, ENTERPRISE_URN, GROUP_URN]);
  expect(schemas.totalResults).toBe(3);
  const types = resourceTypesResponse(TYPES, baseUrl);
  expect(types).toMatchObject({
    totalResults: 2,
    Resources: [
      {
        id: 'User',
        name: 'User',
        endpoint: '/Users',
        schema: USER_URN,
        schemaExtensions: [{ schema: ENTERPRISE_URN, required: false }],
      },
      { id: 'Group', name: 'Group', endpoint: '/Groups', schema: GROUP_URN },
    ],
  });
  expect(JSON.stringify([schemas, types])).not.toMatch(/null|undefined/);
});

it('R24 one schema or type is found by its name, another is not there', () => {
  expect(schemaResponse(USER_URN.toUpperCase(), TYPES, baseUrl)).toMatchObject({
    id: USER_URN,
    meta: { location: `${baseUrl}/Schemas/${USER_URN}` },
  });
  expect(resourceTypeResponse('Group', TYPES, baseUrl)).toMatchObject({ id: 'Group' });
  for (const none of ['urn:x:y', '__proto__', '']) {
    expect(() => schemaResponse(none, TYPES, baseUrl)).toThrow('no schema');
    expect(() => resourceTypeResponse(none, TYPES, baseUrl)).toThrow('no resource type');
  }
});

it('R1 R4 the schemas say what is exact, unique, required and never shown', () => {
  const { attributes } = schemaResponse(USER_URN, TYPES, baseUrl) as { attributes: { [name: string]: unknown }[] };
  const of = (name: string) => attributes.find((one) => one['name'] === name);
  expect(of('userName')).toMatchObject({ required: true, caseExact: false, uniqueness: 'server', returned: 'default' });
  expect(of('password')).toMatchObject({ mutability: 'writeOnly', returned: 'never' });
  expect(of('groups')).toMatchObject({ mutability: 'readOnly', multiValued: true });
  expect(of('roles')).toMatchObject({ type: 'complex' });
  // RFC 7643 3.1: common attributes are no part of a schema.
  for (const name of ['id', 'externalId', 'meta', 'schemas']) expect(of(name)).toBeUndefined();
});
