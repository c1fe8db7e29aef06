/** An identity provider as the service sees it: requests to a base URL with a token, and what is answered. */
import { openTokens } from '#access/tokens';
import type { Store } from '#store/contract';
import { type Served, served } from './served.ts';

export interface Said {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

/** A resource, a list or an error, as far as the tests look into it; null where there is none. */
export interface Body {
  readonly [attribute: string]: unknown;
  readonly id: string;
  readonly userName: string;
  readonly displayName: string;
  readonly emails: readonly { readonly primary?: boolean }[];
  readonly members?: readonly { readonly value: string }[];
  readonly groups?: readonly { readonly value: string }[];
  readonly meta: { readonly resourceType: string; readonly created: string; readonly location: string };
  readonly [ENTERPRISE]?: { readonly manager?: { readonly value: string; readonly $ref: string } };
  readonly Resources: readonly [Body, ...Body[]];
  readonly totalResults: number;
  readonly nextCursor?: string;
  readonly Operations: readonly { readonly status: string; readonly location: string }[];
}

export interface Client {
  readonly base: string;
  readonly token: string;
  ask(method: string, where: string, body?: unknown, headers?: Record<string, string>): Promise<Said>;
  get(where: string, headers?: Record<string, string>): Promise<Said>;
  post(where: string, body: unknown): Promise<Said>;
  put(where: string, body: unknown): Promise<Said>;
  patch(where: string, ...operations: readonly object[]): Promise<Said>;
  delete(where: string): Promise<Said>;
  /** The userNames that a filter finds. */
  found(filter: string): Promise<readonly string[]>;
}

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
export const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
export const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

/** A service, and a client for each of these connections, with a token that may ask often. */
export async function servedTo<Name extends string>(
  connections: readonly Name[],
  yaml: string,
  files: { readonly [name: string]: string } = {},
  where?: Parameters<typeof served>[3],
): Promise<{ readonly here: Served; readonly clients: { readonly [name in Name]: Client } }> {
  const texts = new Map<Name, string>();
  const prepare = async ({ access }: Store): Promise<void> => {
    const tokens = openTokens({ access, wall: Date.now });
    const common = { kind: 'scim', roles: [], rate: 10_000, expiresAt: null, by: 'test' } as const;
    for (const connection of connections)
      texts.set(connection, (await tokens.create({ ...common, name: connection, connection })).text);
  };
  const here = await served(yaml, files, prepare, where);
  const clients = Object.fromEntries([...texts].map(([name, text]) => [name, withToken(here, name, text)]));
  return { here, clients: clients as { [name in Name]: Client } };
}

export function withToken(here: Served, connection: string, token: string): Client {
  const base = (): string => `${here.url}/scim/v2/${connection}`;
  const ask: Client['ask'] = async (method, where, body, headers = {}) => {
    const answer = await fetch(base() + where, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, body: (text === '' ? null : JSON.parse(text)) as Body };
  };
  return {
    get base() {
      return base();
    },
    token,
    ask,
    get: (where, headers) => ask('GET', where, undefined, headers),
    post: (where, body) => ask('POST', where, body),
    put: (where, body) => ask('PUT', where, body),
    patch: (where, ...operations) => ask('PATCH', where, { schemas: [PATCH], Operations: operations }),
    delete: (where) => ask('DELETE', where),
    async found(filter) {
      const { status, body } = await ask('GET', `/Users?filter=${encodeURIComponent(filter)}`);
      if (status !== 200) throw new Error(JSON.stringify(body));
      return body.Resources.map(({ userName }) => userName).sort();
    },
  };
}
