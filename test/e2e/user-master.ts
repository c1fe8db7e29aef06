/** The master of docs/guide/custom-connector.md: users behind HTTP, two on a page. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type User = { [attribute: string]: string | null };

export interface Master extends AsyncDisposable {
  readonly url: string;
  /** By id; tests edit it as strangers do. */
  readonly users: Map<string, User>;
}

const PAGE = 2;

export async function startMaster(token: string): Promise<Master> {
  const users = new Map<string, User>();
  const server = createServer(async (request, response) => {
    const [status, body] = await answer(users, token, request);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body === undefined ? '' : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    users,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function answer(users: Map<string, User>, token: string, request: IncomingMessage): Promise<[number, object?]> {
  const { pathname, searchParams } = new URL(request.url!, 'http://master');
  const [, collection, id] = pathname.split('/');
  if (request.headers.authorization !== `Bearer ${token}`) return [401];
  if (collection !== 'users') return [404];
  if (id !== undefined) return [written(users, decodeURIComponent(id), request, await bodyOf(request))];
  if (request.method === 'GET') return [200, listed(users, searchParams)];
  users.clear();
  return [204];
}

function listed(users: ReadonlyMap<string, User>, query: URLSearchParams): object {
  const all = [...users].map(([id, user]): User => ({ name: null, title: null, ...user, id }));
  const page = query.get('page');
  if (page === null) return { users: all.filter((user) => [...query].every(([key, value]) => user[key] === value)), last: true };
  const to = Number(page) * PAGE;
  return { users: all.slice(to - PAGE, to), last: to >= all.length };
}

/** The status it answers. */
function written(users: Map<string, User>, id: string, { method, headers }: IncomingMessage, body: User): number {
  const there = users.get(id);
  if (method === 'PUT' && there !== undefined && headers['if-none-match'] === '*') return 412;
  if (method !== 'PUT' && there === undefined) return 404;
  if (method === 'DELETE') users.delete(id);
  else users.set(id, { ...there, ...body });
  return 204;
}

async function bodyOf(request: IncomingMessage): Promise<User> {
  const text = (await request.toArray()).join('');
  return text === '' ? {} : (JSON.parse(text) as User);
}
