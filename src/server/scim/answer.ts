/** One request to a base URL and its answer (RFC 7644 3). */
import type { IncomingHttpHeaders } from 'node:http';
import { type CarriedOut, runBulk } from '#protocols/scim/bulk';
import type { BulkOperation } from '#protocols/scim/bulk-request';
import {
  resourceTypeResponse,
  resourceTypesResponse,
  schemaResponse,
  schemasResponse,
  serviceProviderConfig,
} from '#protocols/scim/discovery';
import { ScimError } from '#protocols/scim/errors';
import { ifNoneMatch } from '#protocols/scim/etag';
import { locationOf, type NamedAttributes, type Selection, selectionOf, wants } from '#protocols/scim/project';
import { type ListQuery, listResponse, type QueryOptions, readQuery, readSearch, sortPath } from '#protocols/scim/query';
import type { ScimRequest } from '#protocols/scim/request';
import type { Complex, Resource } from '#protocols/scim/resource';
import type { ScimResourceType } from '#protocols/scim/schema';
import { type Place, placeOf } from './places.ts';
import { list } from './search.ts';
import { textsOf } from './show.ts';
import { BULK, type Item, PAGE, type Side } from './side.ts';

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

/** `url`: of the base. @throws ScimError */
export async function answer(request: HttpRequest, url: string, side: Side): Promise<Answer> {
  const { types } = side;
  const place = placeOf(request.method, request.path, types);
  switch (place.at) {
    case 'serviceProviderConfig':
      noFilter(request);
      return data(serviceProviderConfig(side.settings, url));
    case 'schemas':
      noFilter(request);
      return data(place.id === null ? schemasResponse(types, url) : schemaResponse(place.id, types, url));
    case 'resourceTypes':
      noFilter(request);
      return data(place.id === null ? resourceTypesResponse(types, url) : resourceTypeResponse(place.id, types, url));
    case 'me':
      throw new ScimError(501, undefined, 'a token is nobody: there is no /Me');
    case 'root':
      return await found(readQuery(request.query, limits(side)), types, url, side);
    case 'search':
      return await found(readSearch(request.body, limits(side)), types, url, side);
    case 'typeSearch':
      return await found(readSearch(request.body, limits(side)), [place.type], url, side);
    case 'bulk':
      if (side.settings.bulk === undefined) throw new ScimError(501, undefined, 'this base URL takes no bulk requests');
      return data(await bulk(request.body, url, side));
    case 'resources':
      if (request.method === 'POST')
        return await shown((await side.create(request.body, place.type)).item!, 201, place.type, request, url, side);
      return await found(readQuery(request.query, limits(side)), [place.type], url, side);
    case 'resource':
      return await one(place, request, url, side);
  }
}

async function one(
  { type, id }: Extract<Place, { at: 'resource' }>,
  request: HttpRequest,
  url: string,
  side: Side,
): Promise<Answer> {
  const { method, headers } = request;
  if (method === 'GET' || method === 'HEAD') {
    const item = await side.find(type, id, wants(selectionFor(request, type, side), type, 'members') !== 'no');
    if (item === null) throw new ScimError(404, undefined, `there is no ${type.name} with this id`);
    const version = versionOf(item.resource);
    if (version !== null && !ifNoneMatch(headers['if-none-match'], version))
      return { status: 304, headers: { etag: version }, body: null };
    return await shown(item, 200, type, request, url, side);
  }
  const { item } = await side.write(id, requestOf(request), type);
  if (item === null) return { status: 204, headers: {}, body: null };
  // A group may be large, and who changes its members knows what it asked for (E12, O6).
  const quiet = method === 'PATCH' && type.name === 'Group' && !selects(request);
  if (quiet) return { status: 204, headers: headersOf(item.resource, type, url), body: null };
  return await shown(item, 200, type, request, url, side);
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

function limits({ tolerant }: Side): QueryOptions {
  return { ...PAGE, tolerant };
}

function selectionFor({ query }: HttpRequest, type: ScimResourceType, side: Side): Selection {
  // A page is nothing to one resource, so that nothing wrong with it matters.
  const names = query.filter(([name]) => SELECTS.test(name));
  return selectionOf(readQuery(names, limits(side)), type);
}

async function shown(
  item: Item,
  status: number,
  type: ScimResourceType,
  request: HttpRequest,
  url: string,
  side: Side,
): Promise<Answer> {
  const selections = new Map([[type, selectionFor(request, type, side)]]);
  const [body] = await textsOf([{ item, type }], selections, url, side);
  return { status, headers: headersOf(item.resource, type, url), body: body! };
}

function headersOf(resource: Resource, type: ScimResourceType, url: string): Answer['headers'] {
  const version = versionOf(resource);
  return { ...(version === null ? {} : { etag: version }), location: locationOf(url, type, String(resource['id'])) };
}

/** Null where it is not known. */
function versionOf({ meta }: Resource): string | null {
  const version = (meta as Complex)['version'];
  return version === undefined ? null : String(version);
}

async function found(query: ListQuery, types: readonly ScimResourceType[], url: string, side: Side): Promise<Answer> {
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
    side,
  );
  const texts = await textsOf(page.items, selections, url, side);
  const paging = cursor === null ? { startIndex } : page.nextCursor === null ? {} : { nextCursor: page.nextCursor };
  const total = page.total === null ? {} : { total: page.total };
  const head = listResponse({ resources: [], ...total, ...paging }) as { itemsPerPage: number };
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

async function bulk(body: unknown, url: string, side: Side): Promise<object> {
  const limit = { tolerant: side.tolerant, maxOperations: BULK.maxOperations };
  const carryOut = async ({ method, path, version, data: given }: BulkOperation): Promise<CarriedOut> => {
    const segments = segmentsOf(path);
    const place = placeOf(method, segments, side.types);
    if (place.at !== 'resources' && place.at !== 'resource') throw new ScimError(400, 'invalidPath', 'this is no resource');
    const { type } = place;
    const headers = version === undefined ? {} : { 'if-match': version };
    const write = async (id: string): ReturnType<Side['write']> =>
      await side.write(id, requestOf({ method, path: segments, query: [], headers, body: given }), type);
    const { item } = place.at === 'resources' ? await side.create(given, type) : await write(segments[1]!);
    if (item === null) return { status: 204 };
    const id = String(item.resource['id']);
    const told = versionOf(item.resource);
    const made = place.at === 'resources' ? { status: 201, location: locationOf(url, type, id) } : { status: 200 };
    return { ...made, id, ...(told === null ? {} : { version: told }) };
  };
  return await runBulk(body, limit, carryOut, (path) => {
    try {
      const place = placeOf('GET', segmentsOf(path), side.types);
      return place.at === 'resource' ? locationOf(url, place.type, place.id) : undefined;
    } catch (error) {
      if (error instanceof ScimError) return undefined;
      throw error;
    }
  });
}

function segmentsOf(path: string): readonly string[] {
  return path
    .split('/')
    .filter((part) => part !== '')
    .map(decoded);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ScimError(400, 'invalidPath', 'the path is not percent-encoded');
  }
}
