/** An identity provider (oidc-provider) on this machine, and a browser that signs in there. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

export interface IdentityProvider {
  /** `http://127.0.0.1:PORT`. */
  readonly issuer: string;
  /** Makes the client known. What somebody's groups are is said by their name: `ada.staff.it`. */
  register(client: {
    readonly id: string;
    readonly secret: string;
    readonly callback: string;
    readonly afterSignOut: string;
  }): void;
  close(): Promise<void>;
}

export async function identityProvider(): Promise<IdentityProvider> {
  let provider: Provider | null = null;
  const server: Server = createServer((request, response) => {
    if (provider === null) response.writeHead(503).end();
    else void provider.callback()(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    register({ id, secret, callback, afterSignOut }) {
      provider = new Provider(issuer, {
        clients: [{ client_id: id, client_secret: secret, redirect_uris: [callback], post_logout_redirect_uris: [afterSignOut] }],
        claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email', 'email_verified'] },
        cookies: { keys: ['of the test'] },
        ttl: { AccessToken: 600, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
        findAccount: (_, sub) => ({
          accountId: sub,
          claims: async () => {
            const [preferred_username, ...groups] = sub.split('.');
            const email = `${preferred_username}@example.org`;
            return { sub, preferred_username, groups, email, email_verified: !groups.includes('unverified') };
          },
        }),
      });
      provider.on('server_error', (_, error) => console.error(error));
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Follows what it is sent to and fills in forms, with cookies, as a browser does; stays at the first address that begins with `until`. */
export interface Browser {
  ask(url: string, init?: RequestInit): Promise<Response>;
  /** Of the origin of an address. */
  cookies(url: string): ReadonlyMap<string, string>;
  /** From the address where somebody signs in to the one that the provider sends the browser back to. */
  signIn(from: string, login: string, until: string): Promise<string>;
}

export function browser(): Browser {
  const jars = new Map<string, Map<string, string>>();
  const ask = async (url: string, init: RequestInit = {}): Promise<Response> => {
    const { origin } = new URL(url);
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      ...init,
      redirect: 'manual',
      headers: { ...(cookie === '' ? {} : { cookie }), ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!;
      if (value === '' || /max-age=0|expires=thu, 01 jan 1970/i.test(line)) jar.delete(name!);
      else jar.set(name!, value!);
    }
    return response;
  };
  return {
    ask,
    cookies: (url) => jars.get(new URL(url).origin) ?? new Map(),
    async signIn(from, login, until) {
      let at = from;
      for (let steps = 0; steps < 20; steps++) {
        if (at.startsWith(until)) return at;
        let response = await ask(at);
        if (response.status === 200) {
          const form = await response.text();
          const [, action] = /action="([^"]+)"/.exec(form)!;
          const [, prompt] = /name="prompt" value="([^"]+)"/.exec(form)!;
          at = new URL(action!, at).href;
          response = await ask(at, {
            method: 'POST',
            body: new URLSearchParams({ prompt: prompt!, login, password: 'of the test' }),
          });
        }
        const next = response.headers.get('location');
        if (next === null) throw new Error(`${at} answered ${response.status}: ${await response.text()}`);
        at = new URL(next, at).href;
      }
      throw new Error(`it goes on and on: ${at}`);
    },
  };
}
