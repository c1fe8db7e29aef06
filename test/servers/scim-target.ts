/**
 * A small server of SCIM on a loopback port, which answers as the documentation of a target says that it does; and as no server should,
 * where a test wants that. Of PATCH it understands what the RFC has, with a reading of its own.
 */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Json = { [name: string]: unknown };

export interface Seen {
  readonly method: string;
  /** Below the base URL, as it was sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
}

export interface Scripted {
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
  /** No answer: the connection ends, before anything is done or after all of it. */
  readonly lost?: 'before' | 'after';
}

export interface Ways {
  /** Most resources of a page. */
  readonly page?: number;
  /** Pages come by cursor where one is asked for, and else there is only the first. */
  readonly cursors?: boolean;
  readonly config?: Json;
  /** Where `config` is. */
  readonly configAt?: string;
  readonly versions?: boolean;
  readonly membersHidden?: boolean;
  /** Why a request is refused (400). */
  refuses?(seen: Seen): string | undefined;
  /** In place of the usual answer. */
  answers?(seen: Seen): Scripted | undefined;
}

export interface Target {
  readonly url: string;
  readonly seen: Seen[];
  readonly resources: { readonly [endpoint: string]: Map<string, Json> };
  /** Those of a method. */
  sent(method: string): readonly Seen[];
  add(endpoint: 'Users' | 'Groups', ...all: readonly Json[]): readonly string[];
  close(): Promise<void>;
}

export const TOKEN = 'of-a-test';

export async function scimTarget(ways: Ways = {}): Promise<Target> {
  const resources: Target['resources'] = { Users: new Map(), Groups: new Map() };
  const seen: Seen[] = [];
  let last = 0;
  const add: Target['add'] = (endpoint, ...all) =>
    all.map((one) => {
      const id = `${endpoint[0]}-${++last}`;
      resources[endpoint]!.set(id, { ...one, id, meta: { resourceType: endpoint.slice(0, -1), version: 'W/"1"' } });
      return id;
    });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [path, query] = request.url!.replace('/scim/v2/', '').split('?') as [string, string?];
    const text = Buffer.concat(chunks).toString();
    const one: Seen = {
      method: request.method!,
      path,
      query: new URLSearchParams(query),
      headers: request.headers,
      body: text.startsWith('{') ? (JSON.parse(text) as Json) : Object.fromEntries(new URLSearchParams(text)),
    };
    seen.push(one);
    const scripted = ways.answers?.(one);
    if (scripted?.lost === 'before') return response.destroy();
    const usual = scripted !== undefined && scripted.lost === undefined ? {} : usually(one, ways, resources, add);
    if (scripted?.lost === 'after') return response.destroy();
    const { status = 200, headers = {}, body } = { ...usual, ...scripted };
    const type = typeof body === 'string' && !body.startsWith('{') ? 'text/html' : 'application/scim+json';
    response.writeHead(status, { 'content-type': type, ...headers });
    return response.end(typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`,
    seen,
    resources,
    sent: (method) => seen.filter((one) => one.method === method),
    add,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const refusal = (status: number, detail: string, scimType?: string): Scripted => ({
  status,
  body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), detail, scimType },
});

function usually(one: Seen, ways: Ways, all: Target['resources'], add: Target['add']): Scripted {
  if (one.headers.authorization !== `Bearer ${TOKEN}`) return refusal(401, 'who is it?');
  if (one.path === (ways.configAt ?? 'ServiceProviderConfig')) return { body: ways.config ?? {} };
  const why = ways.refuses?.(one);
  if (why !== undefined) return refusal(400, why, 'invalidValue');
  const [endpoint, id] = one.path.split('/').map(decodeURIComponent) as [string, string?];
  const there = Object.hasOwn(all, endpoint) ? all[endpoint]! : undefined;
  if (there === undefined) return refusal(404, 'no such endpoint');
  const shown = (resource: Json): Json => (ways.membersHidden && endpoint === 'Groups' ? { ...resource, members: [] } : resource);
  if (id === undefined) {
    if (one.method === 'GET') return listed([...there.values()].map(shown), one.query, ways);
    const name = endpoint === 'Users' ? 'userName' : 'displayName';
    if ([...there.values()].some((other) => other[name] === one.body[name])) return refusal(409, 'it is there', 'uniqueness');
    const [made] = add(endpoint as 'Users', one.body);
    return { status: 201, body: shown(there.get(made!)!) };
  }
  const resource = there.get(id);
  if (resource === undefined) return refusal(404, 'no such resource');
  const meta = resource['meta'] as { version: string };
  const wanted = one.headers['if-match'];
  if (wanted !== undefined && wanted !== meta.version) return refusal(412, 'another version');
  if (one.method === 'DELETE') {
    there.delete(id);
    return { status: 204 };
  }
  if (one.method === 'GET') return { body: shown(resource), ...(ways.versions ? { headers: { etag: meta.version } } : {}) };
  const next = { ...meta, version: `W/"${Number(/\d+/.exec(meta.version)) + 1}"` };
  const after = one.method === 'PUT' ? { ...one.body, id } : structuredClone(resource);
  if (one.method === 'PATCH')
    for (const operation of one.body['Operations'] as Operation[]) {
      const fault = patch(after, operation);
      if (fault !== undefined) return refusal(400, fault, 'noTarget');
    }
  there.set(id, { ...after, meta: next });
  return endpoint === 'Groups' ? { status: 204 } : { body: there.get(id)! };
}

function listed(all: readonly Json[], query: URLSearchParams, { page = 100, cursors = false }: Ways): Scripted {
  const filter = query.get('filter');
  const found = filter === null ? all : all.filter((one) => finds(filter, one));
  const size = Math.min(Number(query.get('count') ?? page), page);
  const cursor = cursors ? query.get('cursor') : null;
  const from = cursor === null ? (cursors ? 0 : Number(query.get('startIndex') ?? 1) - 1) : Number(cursor);
  const Resources = found.slice(from, from + size);
  const next = from + size < found.length ? { nextCursor: String(from + size) } : {};
  const told = cursor === null ? { totalResults: found.length, startIndex: from + 1 } : next;
  return {
    body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], ...told, itemsPerPage: Resources.length, Resources },
  };
}

/** `a eq "b"`, several with `and`. */
function finds(filter: string, one: Json): boolean {
  return filter.split(' and ').every((part) => {
    const [, name, value] = /^([\w.:]+) eq (".*")$/.exec(part)!;
    return String(one[name!]).toLowerCase() === String(JSON.parse(value!)).toLowerCase();
  });
}

export interface Operation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path?: string;
  readonly value?: unknown;
}

const PATH = /^(?:(urn:[^[]*):)?([\w-]+)(?:\[(\w+) eq ("(?:[^"\\]|\\.)*"|true)\])?(?:\.(\w+))?$/;

/** Changes the resource; answers what is wrong with it. */
export function patch(resource: Json, { op, path, value }: Operation): string | undefined {
  if (path === undefined) {
    for (const [name, inner] of Object.entries(value as Json)) {
      const isPart = typeof inner === 'object' && !Array.isArray(inner);
      resource[name] = isPart ? { ...(resource[name] as object), ...(inner as object) } : inner;
    }
    return undefined;
  }
  const [, urn, name = '', by, key, sub] = PATH.exec(path) ?? [];
  if (name === '') return `no path: ${path}`;
  const holder = urn === undefined ? resource : within(resource, urn);
  const list = [holder[name] ?? []].flat() as Json[];
  if (by !== undefined) {
    const found = list.filter((one) => one[by] === JSON.parse(key!));
    if (found.length === 0) return 'the filter finds nobody';
    if (sub === undefined) holder[name] = list.filter((one) => !found.includes(one));
    else for (const one of found) op === 'remove' ? delete one[sub] : Object.assign(one, { [sub]: value });
  } else if (sub !== undefined) {
    const inner = within(holder, name);
    if (op === 'remove') delete inner[sub];
    else inner[sub] = value;
  } else if (op === 'remove') {
    const gone = [value ?? []].flat() as Json[];
    if (gone.length === 0) delete holder[name];
    else holder[name] = list.filter((one) => !gone.some((other) => other['value'] === one['value']));
  } else holder[name] = op === 'add' && Array.isArray(value) ? [...list, ...(value as Json[])] : value;
  return undefined;
}

function within(record: Json, name: string): Json {
  record[name] ??= {};
  return record[name] as Json;
}
