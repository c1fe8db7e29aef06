/** Who tells of a change: whose token, or that of the secret that the connection's file names. */
import type { FastifyRequest } from 'fastify';
import { createRateLimit } from '#access/rate';
import { onlyReads } from '#access/tokens';
import { RollcallError } from '#core/errors';
import { isSigned, isSignedBy, type SignatureHeaders } from '#core/webhook-signature';
import type { AuditEvent } from '#store/contract';
import type { Hook } from '#worker/hooks';
import type { Bearer } from '../auth/bearer.ts';

export interface Sender {
  /** For the record. */
  readonly by: string;
  readonly actor: AuditEvent['actor'];
  /** Whether the body is to be by whoever has the secret. */
  readonly secret: string | null;
}

export interface SenderOptions {
  readonly hooks: ReadonlyMap<string, Hook>;
  readonly bearer: Bearer;
  /** Requests a second with the secret of one connection. */
  readonly rate: number;
  /** ms */
  readonly wall: () => number;
}

/**
 * Before anything of the body is read. Errors: authentication, which says nothing of which connections there are; permission for a token of
 * something else, or one that asks too often.
 */
export function createSenders({ hooks, bearer, rate, wall }: SenderOptions): {
  of(request: FastifyRequest, connection: string): Promise<Sender>;
  /** Once the body is there. Errors: authentication, rateLimited. */
  check(connection: string, sender: Sender, request: FastifyRequest, body: Uint8Array): void;
} {
  const limit = createRateLimit(() => performance.now());
  return {
    async of({ headers, ip }, connection) {
      const token = await bearer(headers.authorization);
      if (token !== null) {
        if (token.kind !== 'scim' || token.connection !== connection || onlyReads(token))
          throw new RollcallError('permission', 'the token is not for this connection', {
            remedy: `an administrator makes one: rollcall token create NAME --connection ${connection}`,
          });
        const { name, id } = token;
        return { by: `${name} (token ${id})`, actor: { kind: 'token', name, token: id, source: ip }, secret: null };
      }
      const secret = hooks.get(connection)?.secret ?? null;
      if (secret === null || !isSigned(headers as SignatureHeaders)) throw unsigned();
      const name = `hook of ${connection}`;
      return { by: name, actor: { kind: 'system', name, token: null, source: ip }, secret };
    },
    check(connection, { secret }, { headers }, body) {
      if (secret === null) return;
      if (!isSignedBy(secret, headers as SignatureHeaders, body, wall())) throw unsigned();
      // Only then: who has no secret takes nothing from whoever has it.
      const wait = limit.take(connection, rate);
      if (wait > 0)
        throw new RollcallError('rateLimited', `more than ${rate} times a second is told of changes`, {
          remedy: 'tell again later, and less often',
          retryAfterMs: wait * 1_000,
        });
    },
  };
}

function unsigned(): RollcallError {
  return new RollcallError('authentication', 'the request is not signed as it should be, or too long ago', {
    remedy:
      'sign it with the secret of the connection (webhook-signature, x-hub-signature-256), or send a token: Authorization: Bearer …',
  });
}
