/** Who asks: a token that is given, or one that is got by client credentials (RFC 6749 4.4) and kept until shortly before its end. */
import { RollcallError } from '#core/errors';
import { clientOf } from './client.ts';
import type { OauthConfig, ScimConfig } from './config.ts';

/** A token ends this much earlier for us, ms. */
const EARLY = 60_000;
/** Where nothing is said about it, and at most, seconds. */
const SHORT = 300;
const LONG = 86_400;

/** What the header `authorization` says. */
export function authorizationOf(config: ScimConfig, folder: string): () => Promise<string | null> {
  const { token, oauth } = config;
  if (oauth === undefined) return async () => (token === undefined ? null : `Bearer ${token}`);
  let got: { readonly text: string; readonly until: number } | null = null;
  return async () => {
    if (got === null || Date.now() >= got.until) got = await tokenOf(oauth, config, folder);
    return got.text;
  };
}

async function tokenOf(
  { tokenUrl, clientId, clientSecret, scope }: OauthConfig,
  { tls, timeout }: ScimConfig,
  folder: string,
): Promise<{ text: string; until: number }> {
  const client = clientOf({ url: tokenUrl, tls, timeout }, folder, async () => null);
  try {
    const form = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      ...(scope === undefined ? {} : { scope }),
    };
    const { status, body, at } = await client.send({ method: 'POST', path: '', form });
    const token = body?.['access_token'];
    if (status !== 200 || typeof token !== 'string' || token === '')
      throw new RollcallError(
        status === 429 || status >= 500 ? 'unavailable' : 'authentication',
        `no token is given out (${status})`,
        {
          remedy: 'see that `oauth` has the client and secret that the server knows, and that it may use client credentials',
        },
      );
    const seconds = Number(body!['expires_in'] ?? SHORT);
    const lasts = seconds > 0 ? Math.min(seconds, LONG) : SHORT;
    return { text: `Bearer ${token}`, until: at + Math.max(lasts * 1000 - EARLY, 1_000) };
  } finally {
    client.close();
  }
}
