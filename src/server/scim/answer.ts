/** One request to a base URL and its answer (RFC 7644 3). */
import type { IncomingHttpHeaders } from 'node:http';
import { runBulk } from '#protocols/scim/bulk';
import type { BulkOperation } from '#protocols/scim/bulk-request';
import {
  resourceTypeResponse,
  resourceTypesResponse,
  type ServiceSettings,
  schemaResponse,
  schemasResponse,
  serviceProviderConfig,
} from '#protocols/scim/discovery';
import { ScimError } from '#protocols/scim/errors';
import { ifNoneMatch } from '#protocols/scim/etag';
import { locationOf, type NamedAttributes, type Selection, selectionOf } from '#protocols/scim/project';
import { type ListQuery, listResponse, type QueryOptions, readQuery, readSearch, sortPath } from '#protocols/scim/query';
import type { ScimRequest } from '#protocols/scim/request';
import type { Complex, Resource } from '#protocols/scim/resource';
import type { ScimResourceType } from '#protocols/scim/schema';
import { type Place, placeOf } from './places.ts';
import { list } from './search.ts';
import { type Asked, type Row, resourceOf, type ScimServices } from './service.ts';
import { textsOf } from './show.ts';
import { create, type Written, write } from './write.ts';

export interface HttpRequest {
  readonly method: string;
  /** Below the base URL, by segments. */
  readonly path: readonly string[];
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Pick<IncomingHttpHeaders, 'if-match' | 'if-none-match'>;
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body: string | null;
}

const PAGE = { defaultCount: 100, maxCount: 1_000 };
const BULK = { maxOperations: 1_000, maxPayloadSize: 4_194_304 };

/** What is promised, and kept. */
const SETTINGS: ServiceSettings = {
  bulk: BULK,
  filter: { maxResults: PAGE.maxCount },
  changePassword: false,
  sort: true,
  etag: true,
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'A token that an administrator makes for this base URL.',
      specUri: 'https://www.rfc-editor.org/info/rfc6750',
      primary: true,
    },
  ],
  pagination: {
    cursor: true,
    index: true,
    defaultPaginationMethod: 'index',
    defaultPageSize: PAGE.defaultCount,
    maxPageSize: PAGE.maxCount,
  },
};

/** @throws ScimError */
export async function answer(request: HttpRequest, asked: Asked, services: ScimServices): Promise<Answer> {
  const { types } = asked.base;
  const place = placeOf(request.method, request.path, types);
  switch (place.at) {
    case 'serviceProviderConfig':
      noFilter(request);
      return data(serviceProviderConfig(SETTINGS, asked.url));
    case 'schemas':
      noFilter(request);
      return data(place.id === null ? schemasResponse(types, asked.url) : schemaResponse(place.id, types, asked.url));
    case 'resourceTypes':
      noFilter(request);
      return data(place.id === null ? resourceTypesResponse(types, asked.url) : resourceTypeResponse(place.id, types, asked.url));
    case 'me':
      throw new ScimError(501, undefined, 'a token is nobody: there is no /Me');
    case 'root':
      return await found(readQuery(request.query, limits(asked)), types, asked, services);
    case 'search':
      return await found(readSearch(request.body, limits(asked)), types, asked, services);
    case 'typeSearch':
      return await found(readSearch(request.body, limits(asked)), [place.type], asked, services);
    case 'bulk':
      return data(await bulk(request.body, asked, services));
    case 'resources':
      if (request.method === 'POST')
        return await shown(await create(request.body, place.type, asked, services), 201, place.type, request, asked, services);
      return await found(readQuery(request.query, limits(asked)), [place.type], asked, services);
    case 'resource':
      return await one(place, request, asked, services);
  }
}

async function one(
  { type, id }: Extract<Place, { at: 'resource' }>,
  request: HttpRequest,
  asked: Asked,
  services: ScimServices,
): Promise<Answer> {
  const { method, headers } = request;
  if (method === 'GET' || method === 'HEAD') {
    const [row] = await services.store.spaces.byAnchors(asked.connection, asked.base.kindOf[type.name]!, [id]);
    const resource = row === undefined ? null : resourceOf(row, type);
    if (resource === null) throw new ScimError(404, undefined, `there is no ${type.name} with this id`);
    if (!ifNoneMatch(headers['if-none-match'], versionOf(resource)))
      return { status: 304, headers: { etag: versionOf(resource) }, body: null };
    return await shown({ resource, changed: true }, 200, type, request, asked, services, row);
  }
  const written = await write(id, requestOf(request), type, asked, services);
  if (written.resource === null) return { status: 204, headers: {}, body: null };
  // A group may be large, and who changes its members knows what it asked for (E12, O6).
  const quiet = method === 'PATCH' && type.name === 'Group' && !selects(request);
  if (quiet) return { status: 204, headers: headersOf(written.resource, type, asked), body: null };
  return await shown(written, 200, type, request, asked, services);
}

function requestOf({ method, headers, body }: HttpRequest): ScimRequest {
  const conditions = {
    ...(headers['if-match'] === undefined ? {} : { ifMatch: headers['if-match'] }),
    ...(headers['if-none-match'] === undefined ? {} : { ifNoneMatch: headers['if-none-match'] }),
  };
  if (method === 'DELETE') return { do: 'delete', ...conditions };
  return { do: method === 'PUT' ? 'replace' : 'patch', body, ...conditions };
}

const SELECTS = /^(?:excluded)?attributes$/i;

function selects({ query }: HttpRequest): boolean {
  return query.some(([name]) => SELECTS.test(name));
}

function limits({ base }: Asked): QueryOptions {
  return { ...PAGE, tolerant: base.tolerant };
}

async function shown(
  { resource }: Written,
  status: number,
  type: ScimResourceType,
  request: HttpRequest,
  asked: Asked,
  services: ScimServices,
  known?: Pick<Row, 'id'>,
): Promise<Answer> {
  // A page is nothing to one resource, so that nothing wrong with it matters.
  const names = request.query.filter(([name]) => SELECTS.test(name));
  const wanted = readQuery(names, limits(asked));
  const row = known ?? (type.name === 'Group' ? await rowOf(String(resource!['id']), type, asked, services) : null);
  const [body] = await textsOf([{ resource: resource!, type, row }], selectionsOf(wanted, [type]), asked, services);
  return { status, headers: headersOf(resource!, type, asked), body: body! };
}

async function rowOf(id: string, type: ScimResourceType, asked: Asked, { store }: ScimServices): Promise<Row | null> {
  const [row] = await store.spaces.byAnchors(asked.connection, asked.base.kindOf[type.name]!, [id]);
  return row ?? null;
}

function headersOf(resource: Resource, type: ScimResourceType, { url }: Asked): Answer['headers'] {
  return { etag: versionOf(resource), location: locationOf(url, type, String(resource['id'])) };
}

function versionOf({ meta }: Resource): string {
  return String((meta as Complex)['version']);
}

async function found(
  query: ListQuery,
  types: readonly ScimResourceType[],
  asked: Asked,
  services: ScimServices,
): Promise<Answer> {
  const { filter, sortBy, descending, startIndex, count, cursor } = query;
  const selections = selectionsOf(query, types);
  const path = sortBy === null ? null : sortPath(sortBy, types[0]!);
  const page = await list(
    {
      filter: filter ?? undefined,
      sort: path === null ? null : { path, descending },
      from: cursor === null ? { offset: startIndex - 1 } : { cursor },
      count,
    },
    types,
    asked,
    services,
  );
  const all = page.rows.flatMap(({ row, type }) => {
    const resource = resourceOf(row, type);
    return resource === null ? [] : [{ resource, type, row: type.name === 'Group' ? row : null }];
  });
  const texts = await textsOf(all, selections, asked, services);
  const paging = cursor === null ? { startIndex } : page.nextCursor === null ? {} : { nextCursor: page.nextCursor };
  const head = listResponse({ resources: [], total: page.total, ...paging }) as { itemsPerPage: number };
  const text = JSON.stringify({ ...head, itemsPerPage: texts.length });
  return { status: 200, headers: {}, body: text.replace(/"Resources":\[\]\}$/, () => `"Resources":[${texts.join(',')}]}`) };
}

function selectionsOf(wanted: NamedAttributes, types: readonly ScimResourceType[]): ReadonlyMap<ScimResourceType, Selection> {
  return new Map(types.map((type) => [type, selectionOf(wanted, type)]));
}

/** RFC 7644 4: their answers are short, and always whole. */
function noFilter({ query }: HttpRequest): void {
  if (query.some(([name]) => name.toLowerCase() === 'filter'))
    throw new ScimError(403, undefined, 'a filter is not for this address');
}

function data(body: object): Answer {
  return { status: 200, headers: {}, body: JSON.stringify(body) };
}

async function bulk(body: unknown, asked: Asked, services: ScimServices): Promise<object> {
  const limits = { tolerant: asked.base.tolerant, maxOperations: BULK.maxOperations };
  return await runBulk(body, limits, async ({ method, path, version, data: given }: BulkOperation) => {
    const segments = path
      .split('/')
      .filter((part) => part !== '')
      .map(decoded);
    const place = placeOf(method, segments, asked.base.types);
    if (place.at !== 'resources' && place.at !== 'resource') throw new ScimError(400, 'invalidPath', 'this is no resource');
    const { type } = place;
    const headers = version === undefined ? {} : { 'if-match': version };
    const written =
      place.at === 'resources'
        ? await create(given, type, asked, services)
        : await write(
            segments[1]!,
            requestOf({ method, path: segments, query: [], headers, body: given }),
            type,
            asked,
            services,
          );
    const { resource } = written;
    const id = resource === null ? segments[1]! : String(resource['id']);
    const location = locationOf(asked.url, type, id);
    if (resource === null) return { status: 204, location };
    return { status: place.at === 'resources' ? 201 : 200, id, location, version: versionOf(resource) };
  });
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ScimError(400, 'invalidPath', 'the path is not percent-encoded');
  }
}
