/** The HTTP interface in this process, on a store of its own: who comes in is looked up as in the service, and its loops only say that they were asked. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { hashOf, newSecret } from '#access/secret';
import { openTokens } from '#access/tokens';
import { NO_ACCESS } from '#config/access';
import type { Role } from '#core/roles';
import { openAuth } from '#server/auth/open';
import { type AppOptions, createApp } from '#server/http/app';
import type { Store } from '#store/contract';
import { open } from '#store/sqlite/open';
import type { Request } from '#worker/contract';
import type { ServiceThread } from '#worker/thread';

export interface AppHere {
  readonly app: FastifyInstance;
  /** What the loops were asked, in turn. */
  readonly asked: readonly Request[];
  /** What a request of somebody with this role alone brings: a token, or for the role of a person their session. */
  headersOf(role: Role): Promise<{ readonly [name: string]: string }>;
  close(): Promise<void>;
}

/** Whose profile the person's account is of. */
const PERSON = 1;

export async function appHere(oidc: typeof NO_ACCESS.oidc = null): Promise<AppHere> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rollcall-app-'));
  const store = await open({ path: path.join(folder, 'rollcall.db'), program: 'test', create: true });
  const { access } = store;
  const wall = Date.now;
  const people = {
    info: store.info,
    sync: { objects: async () => [{ kind: 'person', state: 'active', aliasOf: null }] },
  } as unknown as Store;
  const onFault = (error: unknown): void => {
    throw error;
  };
  const config = { ...NO_ACCESS, tokenRate: 10_000, oidc };
  const url = (): string => 'http://localhost';
  const auth = openAuth({ access, people, config, wall, isSecure: false, url, onFault, note: () => undefined });
  const asked: Request[] = [];
  const loop: ServiceThread = {
    async ask(request) {
      asked.push(request);
      return { text: '', next: null };
    },
    died: Promise.withResolvers<never>().promise,
    stop: async () => undefined,
  };
  const nothing = (): undefined => undefined;
  const options: Partial<AppOptions> = {
    version: '1',
    works: loop,
    reads: async () => loop,
    broadcast: { tell: nothing, listen: () => nothing, add: () => false, close: nothing },
    auth,
    url,
    proxies: [],
    port: { maxConnections: 10, headersMs: 10_000, requestMs: 10_000 } as AppOptions['port'],
    tls: null,
    isSecure: false,
    metrics: { contentType: 'text/plain', text: async () => '', answered: nothing } as unknown as AppOptions['metrics'],
    ready: async () => undefined,
    told: { failed: onFault, answered: nothing } as unknown as AppOptions['told'],
  };
  const app = createApp(options as AppOptions);
  await app.ready();
  const tokens = openTokens({ access, wall });
  return {
    app,
    asked,
    async headersOf(role) {
      if (role !== 'person') {
        const { text } = await tokens.create({
          kind: 'api',
          name: role,
          connection: null,
          roles: [role],
          rate: null,
          expiresAt: null,
          by: 'test',
        });
        return { authorization: `Bearer ${text}` };
      }
      const now = wall();
      const account = { id: 'of-person', name: 'zoe', nameKey: 'zoe', password: null, issuer: null, subject: null };
      await access.addAccount({ ...account, roles: [role], objectId: PERSON, createdAt: now, disabledAt: null });
      const id = newSecret();
      await access.addSession({
        hash: hashOf(id),
        account: account.id,
        createdAt: now,
        seenAt: now,
        expiresAt: now + 3_600_000,
      });
      const cookie = `rollcall=${id}`;
      const { csrf } = (await app.inject({ url: '/session', headers: { cookie } })).json() as { csrf: string };
      return { cookie, 'x-csrf-token': csrf };
    },
    async close() {
      await app.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
