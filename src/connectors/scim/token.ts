/** Who asks: a token that is given, or one that is got by client credentials (RFC 6749 4.4) and kept until shortly before its end. */
import { RollcallError } from '#core/errors';
import { NotScim } from './answer.ts';
import { type Authorization, clientOf, NOBODY } from './client.ts';
import { IN_A_HEADER, type OauthConfig, type ScimConfig } from './config.ts';

/** A token ends this much earlier for us, ms. */
const EARLY = 60_000;
/** Where nothing is said about it, and at most, seconds. */
const SHORT = 300;
const LONG = 86_400;

interface Got {
  readonly text: string;
  readonly until: number;
}

export function authorizationOf(config: ScimConfig, folder: string): Authorization {
  const { token, oauth } = config;
  if (oauth === undefined) return { ...NOBODY, header: async () => (token === undefined ? null : `Bearer ${token}`) };
  let getting: Promise<Got> | null = null;
  let given: string | null = null;
  return {
    async header() {
      const before = getting;
      const got = await before?.catch(() => null);
      const isOld = getting === before && (got == null || Date.now() >= got.until);
      if (getting === null || isOld) getting = tokenOf(oauth, config, folder);
      given = (await getting).text;
      return given;
    },
    refused(header) {
      // Said late of one before it, it says nothing of this one.
      if (header === given) getting = null;
      return header !== null;
    },
  };
}

async function tokenOf(
  { tokenUrl, clientId, clientSecret, scope }: OauthConfig,
  { tls, timeout }: ScimConfig,
  folder: string,
): Promise<Got> {
  const client = clientOf({ url: tokenUrl, tls, timeout }, folder, NOBODY);
  try {
    const form = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      ...(scope === undefined ? {} : { scope }),
    };
    const { status, body, at } = await client.send({ method: 'POST', path: '', form }).catch((error: unknown) => {
      // It need not be one of SCIM.
      if (error instanceof NotScim) return { status: error.status, body: null, at: 0 };
      throw error;
    });
    const token = body?.['access_token'];
    if (status !== 200 || typeof token !== 'string' || !IN_A_HEADER.test(token))
      throw new RollcallError(
        status === 429 || status >= 500 ? 'unavailable' : 'authentication',
        `no token is given out (${status})`,
        { remedy: 'see that `oauth` has the client and secret that the server knows, and that it may use client credentials' },
      );
    const seconds = Number(body!['expires_in'] ?? SHORT);
    const lasts = seconds > 0 ? Math.min(seconds, LONG) : SHORT;
    return { text: `Bearer ${token}`, until: at + Math.max(lasts * 1000 - EARLY, 1_000) };
  } finally {
    client.close();
  }
}
