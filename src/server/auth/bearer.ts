/** Bearer tokens (RFC 6750), by the header alone: in an address one would be in logs. */
import type { IncomingMessage } from 'node:http';
import { createRateLimit } from '#access/rate';
import type { Tokens } from '#access/tokens';
import { RollcallError } from '#core/errors';
import type { AccessToken } from '#store/contract';

/**
 * Of a request's `Authorization`. Null: no token was sent. Errors: authentication for one that is no good, which does not say why to whoever
 * has not got the secret; rateLimited, with `retryAfterMs`, for one that asks too often.
 */
export type Bearer = (authorization: string | undefined) => Promise<AccessToken | null>;

const SAYS = { malformed: 'is not valid', unknown: 'is not valid', expired: 'has expired', revoked: 'is revoked' } as const;

/** `usualRate`: requests a second of a token that has no rate of its own. */
export function createBearer(tokens: Tokens, usualRate: number): Bearer {
  const limit = createRateLimit(() => performance.now());
  return async (authorization) => {
    if (authorization === undefined) return null;
    const text = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
    const answer = text === undefined ? ({ refused: 'malformed' } as const) : await tokens.verify(text);
    if ('refused' in answer)
      throw new RollcallError('authentication', `the token ${SAYS[answer.refused]}`, {
        remedy: 'send another one: Authorization: Bearer …; an administrator makes it',
      });
    const { token } = answer;
    const rate = token.rate ?? usualRate;
    const wait = limit.take(token.id, rate);
    if (wait > 0)
      throw new RollcallError('rateLimited', `the token asks more often than ${rate} times a second`, {
        remedy: 'ask again later, and less often',
        retryAfterMs: wait * 1_000,
      });
    return token;
  };
}

/** RFC 6750, 3: a token that was sent and is no good is told apart from none. */
export function challenge({ headers }: Pick<IncomingMessage, 'headers'>): string {
  return `Bearer realm="rollcall"${headers.authorization === undefined ? '' : ', error="invalid_token"'}`;
}
