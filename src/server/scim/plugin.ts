/**
 * SCIM 2.0 over HTTP (RFC 7644): base URLs `/scim/v2/<name>`, one for each connection that receives, and those at which applications read
 * what is agreed. Transport only: what stands behind a base URL is its side.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { onlyReads } from '#access/tokens';
import { RollcallError } from '#core/errors';
import { ScimError } from '#protocols/scim/errors';
import { type Bearer, challenge } from '../auth/bearer.ts';
import { statusOf } from '../http/problems.ts';
import { type Answer, answer } from './answer.ts';
import { readBody } from './body.ts';
import { NotForThis } from './places.ts';
import type { ScimServices } from './service.ts';
import type { Side } from './side.ts';

export const SCIM_TYPE = 'application/scim+json';

export interface ScimOptions extends ScimServices {
  readonly bearer: Bearer;
  /** Where others reach this service, where that is not what they ask for: a proxy's address. */
  readonly publicUrl: string | null;
}

const PREFIX = '/scim/v2';
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const MOST_BODY = 4 * 1_048_576;

export async function scim(app: FastifyInstance, options: ScimOptions): Promise<void> {
  await app.register(
    async (base) => {
      // Nothing of a body is read before it is known who sends it.
      base.removeAllContentTypeParsers();
      base.addContentTypeParser('*', (_request, _payload, done) => done(null));
      base.setErrorHandler((error: FastifyError, request, reply) => fail(error, request, reply, options));
      base.setNotFoundHandler((_, reply) => refuse(new ScimError(404, undefined, 'there is nothing at this address'), reply));
      const route = {
        method: [...METHODS],
        handler: async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
          const { url, side } = await identified(request, options);
          const { method, headers } = request;
          const body = await readBody(request.raw, MOST_BODY);
          const path = pathOf(request);
          const query = Object.entries(request.query as Query).flatMap(([name, text]) =>
            text === undefined ? [] : [[name, [text].flat()[0]!] as const],
          );
          return send(await answer({ method, path, query, headers, body }, url, side), request, reply);
        },
      };
      base.route({ ...route, url: '/:name' });
      base.route({ ...route, url: '/:name/*' });
    },
    { prefix: PREFIX },
  );
}

/** What cannot be told apart as an address at all. */
export function isScim(url: string): boolean {
  return url.startsWith(`${PREFIX}/`);
}

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Below the base URL. */
function pathOf(request: FastifyRequest): readonly string[] {
  const rest = (request.params as { readonly '*'?: string })['*'] ?? '';
  return rest.split('/').filter((part) => part !== '');
}

/** @throws ScimError: nobody learns of base URLs by what is said to whom they are not for */
async function identified(request: FastifyRequest, options: ScimOptions): Promise<{ readonly url: string; readonly side: Side }> {
  const { bearer, bases, publicUrl } = options;
  const { name } = request.params as { readonly name: string };
  const token = await bearer(request.headers.authorization);
  if (token === null) throw new ScimError(401, undefined, 'send a token: Authorization: Bearer …');
  const base = bases.get(name);
  if (token.kind !== 'scim' || token.connection !== name)
    throw new ScimError(403, undefined, 'the token is not for this base URL');
  if (base === undefined) throw new ScimError(404, undefined, 'there is no such base URL any more');
  const isReader = onlyReads(token);
  if (isReader && isWrite(request)) throw new ScimError(403, undefined, 'the token is for reading alone');
  const origin = publicUrl ?? `${request.protocol}://${request.host}`;
  const url = `${origin}/scim/v2/${encodeURIComponent(name)}`;
  const actor = { kind: 'token', name: token.name, token: token.id, source: request.ip } as const;
  return { url, side: base({ url, by: `${token.name} (token ${token.id})`, actor, onlyReads: isReader }, options) };
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A search is a POST, too (RFC 7644, 3.4.3). */
function isWrite(request: FastifyRequest): boolean {
  return !READS.has(request.method) && pathOf(request).at(-1) !== '.search';
}

function send({ status, body, headers }: Answer, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  void reply.code(status).headers(headers);
  if (body === null) return reply.send();
  void reply.type(SCIM_TYPE);
  if (request.method !== 'HEAD') return reply.send(body);
  return reply.header('content-length', Buffer.byteLength(body)).send('');
}

function fail(error: FastifyError, request: FastifyRequest, reply: FastifyReply, options: ScimOptions): FastifyReply {
  const said = scimError(error);
  if (said.status >= 500 && !(error instanceof ScimError))
    options.told.failed(error, { request: request.id, route: request.routeOptions.url ?? 'none' });
  if (said.status === 401) void reply.header('www-authenticate', challenge(request));
  const wait = error instanceof RollcallError ? error.retryAfterMs : undefined;
  if (wait !== undefined) void reply.header('retry-after', String(Math.ceil(wait / 1_000)));
  else if (said.status === 503) void reply.header('retry-after', '1');
  return refuse(said, reply);
}

/** Also of requests that no route takes. */
export function refuse(error: ScimError, reply: FastifyReply): FastifyReply {
  if (error instanceof NotForThis) void reply.header('allow', error.allowed.join(', '));
  return reply.code(error.status).type(SCIM_TYPE).send(JSON.stringify(error.body()));
}

/** Everything that can go wrong has a body that clients understand (R22). */
function scimError(error: unknown): ScimError {
  if (error instanceof ScimError) return error;
  if (error instanceof RollcallError) {
    // The configuration is nothing that who pushes knows.
    const status = error.kind === 'configuration' ? 500 : statusOf(error.kind);
    return new ScimError(status, status === 400 ? 'invalidValue' : undefined, status === 500 ? NOT_FORESEEN : error.message);
  }
  const { statusCode, message } = error as FastifyError;
  if (statusCode === undefined || statusCode >= 500) return new ScimError(500, undefined, NOT_FORESEEN);
  return new ScimError(statusCode, statusCode === 400 ? 'invalidSyntax' : undefined, message);
}

const NOT_FORESEEN = 'an error that was not foreseen; the log has it';
