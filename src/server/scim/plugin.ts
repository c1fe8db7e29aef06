/**
 * SCIM 2.0 over HTTP (RFC 7644): a base URL for each connection that receives, `/scim/v2/<connection>`. Transport only: what a request
 * makes of a resource is the connection's, what is found the store's.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RollcallError, toFault } from '#core/errors';
import { ScimError } from '#protocols/scim/errors';
import type { Bearer } from '../auth/bearer.ts';
import { type Answer, answer } from './answer.ts';
import type { Asked, ScimServices } from './service.ts';

export const SCIM_TYPE = 'application/scim+json';

export interface ScimOptions extends ScimServices {
  readonly bearer: Bearer;
  /** Where others reach this service, where that is not what they ask for: a proxy's address. */
  readonly publicUrl: string | null;
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const MOST_BODY = 4 * 1_048_576;

export async function scim(app: FastifyInstance, options: ScimOptions): Promise<void> {
  app.removeAllContentTypeParsers();
  // Some clients send `application/json` (R23), some a body of nothing with a DELETE.
  app.addContentTypeParser(
    /^application\/(?:scim\+)?json(?:\s*;|$)/i,
    { parseAs: 'string', bodyLimit: MOST_BODY },
    (_, text, done) => {
      if (text === '') return done(null, undefined);
      try {
        done(null, JSON.parse(text as string));
      } catch {
        done(new ScimError(400, 'invalidSyntax', 'the body is not JSON') as unknown as Error);
      }
    },
  );
  app.setErrorHandler((error: FastifyError, request, reply) => fail(error, request, reply, options));
  const route = {
    method: [...METHODS],
    handler: async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const asked = await identified(request, options);
      const { method, headers, body } = request;
      const path = pathOf(request);
      const query = Object.entries(request.query as Query).flatMap(([name, text]) =>
        text === undefined ? [] : [[name, [text].flat()[0]!] as const],
      );
      return send(await answer({ method, path, query, headers, body }, asked, options), request, reply);
    },
  };
  app.route({ ...route, url: '/scim/v2/:connection' });
  app.route({ ...route, url: '/scim/v2/:connection/*' });
}

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Below the base URL. */
function pathOf(request: FastifyRequest): readonly string[] {
  const rest = (request.params as { readonly '*'?: string })['*'] ?? '';
  return rest.split('/').filter((part) => part !== '');
}

/** @throws ScimError: nobody learns of connections by what is said to whom they are not for */
async function identified(request: FastifyRequest, { bearer, bases, publicUrl }: ScimOptions): Promise<Asked> {
  const { connection } = request.params as { readonly connection: string };
  const token = await bearer(request.headers.authorization);
  if (token === null) throw new ScimError(401, undefined, 'send a token: Authorization: Bearer …');
  const base = bases.get(connection);
  if (token.kind !== 'scim' || token.connection !== connection)
    throw new ScimError(403, undefined, 'the token is not for this base URL');
  if (base === undefined) throw new ScimError(404, undefined, 'nothing is pushed into this connection');
  const origin = publicUrl ?? `${request.protocol}://${request.host}`;
  return {
    connection,
    base,
    url: `${origin}/scim/v2/${encodeURIComponent(connection)}`,
    by: `${token.name} (token ${token.id})`,
    actor: { kind: 'token', name: token.name, token: token.id, source: request.ip },
  };
}

function send({ status, body, headers }: Answer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.code(status).headers(headers);
  if (body === null) return reply.send();
  void reply.type(SCIM_TYPE);
  return reply.send(request.method === 'HEAD' ? '' : body);
}

function fail(error: FastifyError, request: FastifyRequest, reply: FastifyReply, options: ScimOptions): FastifyReply {
  const said = scimError(error);
  if (said.status >= 500 && !(error instanceof ScimError))
    options.onFault({ ...toFault(error), where: { object: request.url.split('?')[0]! } });
  if (said.status === 401) void reply.header('www-authenticate', 'Bearer realm="rollcall"');
  const wait = error instanceof RollcallError ? error.retryAfterMs : undefined;
  if (wait !== undefined) void reply.header('retry-after', String(Math.ceil(wait / 1_000)));
  else if (said.status === 503) void reply.header('retry-after', '1');
  return reply.code(said.status).type(SCIM_TYPE).send(JSON.stringify(said.body()));
}

/** Everything that can go wrong has a body that clients understand (R22). */
function scimError(error: unknown): ScimError {
  if (error instanceof ScimError) return error;
  if (error instanceof RollcallError) {
    const status = {
      authentication: 401,
      permission: 403,
      notFound: 404,
      conflict: 409,
      invalidValue: 400,
      rateLimited: 429,
      unavailable: 503,
      configuration: 500,
      internal: 500,
    }[error.kind];
    return new ScimError(status, status === 400 ? 'invalidValue' : undefined, status === 500 ? NOT_FORESEEN : error.message);
  }
  const { statusCode, message } = error as FastifyError;
  if (statusCode === undefined || statusCode >= 500) return new ScimError(500, undefined, NOT_FORESEEN);
  return new ScimError(statusCode, statusCode === 400 ? 'invalidSyntax' : undefined, message);
}

const NOT_FORESEEN = 'an error that was not foreseen; the log has it';
