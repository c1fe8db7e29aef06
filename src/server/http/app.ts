/** The HTTP interface: routes from operations, problems for errors, limits for whatever comes. Transport only. */
import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { Readable } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { isDeeper } from '#core/depth';
import { RollcallError } from '#core/errors';
import { onlyReads } from '#operations/all';
import type { RunOutput } from '#operations/run';
import { ScimError } from '#protocols/scim/errors';
import type { Answered } from '#worker/contract';
import type { ServiceThread } from '#worker/thread';
import { challenge } from '../auth/bearer.ts';
import type { Auth } from '../auth/open.ts';
import { isScim, refuse } from '../scim/plugin.ts';
import type { Asking, Told } from '../told.ts';
import { type PortLimits, portServer } from './connections.ts';
import type { Broadcast } from './events.ts';
import { offerExport } from './export.ts';
import { SECURE, TLS_ALONE } from './headers.ts';
import { offerHome } from './home.ts';
import type { Identity } from './identity.ts';
import { answerTo, keyOf } from './keys.ts';
import { isKnown, noteMethods, refuseOthers, unknownMethod } from './methods.ts';
import { openApi } from './openapi.ts';
import { PROBLEM_TYPE, problemOf, Refusal } from './problems.ts';
import { remediesIn, tellOverHttp } from './remedies.ts';
import { pathFields, ROUTES, type Route } from './routes.ts';
import {
  fromTexts,
  type JsonSchema,
  jsonSchema,
  NO_QUERY,
  type Query,
  refuseUnkeepable,
  refuseUnknown,
  saidBeside,
} from './shapes.ts';
import { traceOf, traceRequests } from './traced.ts';
import { answerNoRequest, notRead, readJson } from './unread.ts';
import { offerWatching, type WatchOptions } from './watch.ts';

export interface AppOptions {
  readonly version: string;
  readonly works: ServiceThread;
  /** For what only reads and may take long; started when it is first needed. */
  readonly reads: () => Promise<ServiceThread>;
  readonly broadcast: Broadcast;
  readonly auth: Pick<Auth, 'identify' | 'offer'>;
  /** Where it listens; asked when it does. */
  readonly url: () => string;
  /** Addresses of proxies whose `X-Forwarded-For` is believed. */
  readonly proxies: readonly string[];
  readonly port: PortLimits;
  /** Null: plain HTTP. */
  readonly tls: SecureContextOptions | null;
  /** Whether browsers reach it by TLS, here or at a proxy. */
  readonly isSecure: boolean;
  readonly metrics: WatchOptions['metrics'];
  readonly ready: WatchOptions['ready'];
  readonly told: Told;
}

/** A plan of a million changes is carried out by sending it back. */
const BODIES: { readonly [operation: string]: number } = { run: 256 * 1_048_576, 'photo set': 16 * 1_048_576 };
const USUAL_BODY = 1_048_576;

export function createApp(options: AppOptions): FastifyInstance {
  const always = Object.entries({ ...SECURE, ...(options.isSecure ? TLS_ALONE : {}) });
  const sayAlways = ({ id }: FastifyRequest, { raw }: FastifyReply): void => {
    // Whoever asks for help names it.
    raw.setHeader('x-request-id', id);
    // What is written past Fastify has them, too.
    for (const [name, text] of always) raw.setHeader(name, text);
  };
  const app = Fastify<Server>({
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: USUAL_BODY,
    trustProxy: options.proxies.length === 0 ? false : [...options.proxies],
    serverFactory: (answer) => portServer(options.port, options.tls, answer),
    routerOptions: { maxParamLength: 1_000, caseSensitive: true },
    // An address that is none, or too long: no route has it.
    frameworkErrors(error, request, reply) {
      const status = error.statusCode ?? 400;
      sayAlways(request, reply);
      if (isScim(request.url)) refuse(new ScimError(status, undefined, 'there can be nothing at this address'), reply);
      else send(reply, notRead(error, request), status);
    },
    clientErrorHandler: answerNoRequest,
    // A keep-alive connection without a request does not keep the process.
    forceCloseConnections: 'idle',
  });
  traceRequests(app);
  readJson(app);
  app.addHook('onRequest', async (request, reply) => sayAlways(request, reply));
  app.addHook('onSend', async (_, reply) => {
    // It is ending: whoever keeps the connection would be waited for.
    if (!app.server.listening) void reply.header('connection', 'close');
  });
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const unread = !(error instanceof RollcallError) && error.statusCode !== undefined && error.statusCode < 500;
    if (unread) return send(reply, notRead(error, request), error.statusCode);
    if (!(error instanceof RollcallError)) options.told.failed(error, askingOf(request));
    return send(reply, error);
  });
  app.setNotFoundHandler((request, reply) => send(reply, isKnown(request.method) ? nothingAt(request) : unknownMethod(request)));
  const methods = noteMethods(app);
  offerHome(app);
  let description: object | null = null;
  app.get('/api/openapi.json', async () => {
    description ??= openApi(options.version);
    return description;
  });
  app.get('/api/events', async (request, reply) => {
    await identified(request, options, 'runs.read');
    refuseUnknown(request.query, NO_QUERY);
    if (request.method === 'HEAD') return reply.type('text/event-stream').send(Readable.from([]));
    if (!options.broadcast.add(reply.raw))
      throw new RollcallError('unavailable', 'too many look on already', { remedy: 'close one that is not needed' });
    reply.hijack();
  });
  offerExport(app, { reads: options.reads, identified: (request, permission) => identified(request, options, permission) });
  options.auth.offer(app);
  const mayScrape = async (request: FastifyRequest): Promise<void> => void (await identified(request, options, 'metrics.read'));
  offerWatching(app, { ...options, mayScrape });
  app.addHook('onResponse', async (request, { statusCode, elapsedTime }) => {
    const run = begun.get(request);
    const how = { method: request.method, status: statusCode, ms: elapsedTime, ...(run === undefined ? {} : { run }) };
    options.told.answered(askingOf(request), how);
  });
  for (const route of ROUTES) offer(app, route, options);
  refuseOthers(app, methods);
  return app;
}

function offer(app: FastifyInstance, { method, path, operation }: Route, options: AppOptions): void {
  let remedies: ReturnType<typeof remediesIn> | undefined;
  let shapes: { readonly schema: JsonSchema; readonly said: JsonSchema } | null = null;
  app.route({
    method,
    url: path.replace(/\{([a-zA-Z]+)\}/g, ':$1'),
    bodyLimit: BODIES[operation.name] ?? USUAL_BODY,
    async preSerialization(_, reply, answer) {
      if (reply.statusCode >= 400) return answer;
      remedies = remedies === undefined ? remediesIn(jsonSchema(operation.output, 'output')) : remedies;
      if (remedies !== null) tellOverHttp(answer, remedies);
      return answer;
    },
    async handler(request, reply) {
      const identity = await identified(request, options, operation.permission);
      if (Object.values(request.params as Query).includes('')) throw nothingAt(request);
      // Made when it is first needed: all of them would take a tenth of the start.
      shapes ??= shapesOf(operation, path);
      const { schema, said } = shapes;
      const given = method === 'GET' ? fromTexts(request.query as Query, schema) : bodyOf(request.body);
      const named = fromTexts(request.params as Query, schema);
      refuseUnknown(given, said);
      if (method === 'POST') {
        refuseUnknown(request.query, NO_QUERY);
        refuseConditions(request);
      }
      const by = schema.properties?.['by'] === undefined ? {} : { by: identity.name };
      const who = schema.properties?.['who'] === undefined ? {} : { who: identity.who };
      const sent = { ...given, ...named };
      const asked = {
        ask: 'operation',
        name: operation.name,
        input: { ...sent, ...by, ...who },
        caller: identity.caller,
        url: options.url(),
      } as const;
      if (onlyReads(operation)) return await (await options.reads()).ask(asked);
      const key = keyOf(request);
      const keyed = key === null ? null : ((await options.works.ask({ ...asked, once: { key, sent } })) as Answered);
      const answer = keyed === null ? await options.works.ask(asked) : answerTo(keyed, reply);
      const isReplay = keyed?.state === 'done' && keyed.again;
      if (operation.name === 'run' && !isReplay && !(answer as RunOutput).replayed) begun.set(request, (answer as RunOutput).run);
      return answer;
    },
  });
}

/** Of all that goes in, and of what a request says beside its path. */
function shapesOf({ input }: Route['operation'], path: string): { readonly schema: JsonSchema; readonly said: JsonSchema } {
  const schema = jsonSchema(input, 'input');
  return { schema, said: saidBeside(pathFields(path), schema) };
}

async function identified(
  request: FastifyRequest,
  { auth }: Pick<AppOptions, 'auth'>,
  permission: Route['operation']['permission'],
): Promise<Identity> {
  const identity = await auth.identify(request);
  if (identity === null)
    throw new RollcallError('authentication', 'nobody is signed in', {
      remedy: 'sign in, or send a token: Authorization: Bearer …',
    });
  if (!identity.may(permission))
    throw new RollcallError('permission', `${identity.name} may not do this: ${identity.lost ?? `it takes ${permission}`}`, {
      remedy: 'ask an administrator for the role that has it',
    });
  return identity;
}

/** Lists and objects in each other. A plan has a dozen. */
const DEEPEST = 32;

function bodyOf(body: unknown): object {
  if (body === undefined || body === null) return {};
  if (isDeeper(body, DEEPEST))
    throw new RollcallError('invalidValue', `the body has more than ${DEEPEST} lists and objects in each other`);
  refuseUnkeepable(body);
  if (typeof body === 'object' && !Array.isArray(body)) return body;
  throw new RollcallError('invalidValue', 'the body must be a JSON object');
}

/** Runs that requests have begun, for the log. */
const begun = new WeakMap<FastifyRequest, number>();

/** As the log names a request. */
function askingOf(request: FastifyRequest): Asking {
  const { id, routeOptions } = request;
  const trace = traceOf(request);
  return { request: id, route: routeOptions.url ?? 'none', ...(trace === undefined ? {} : { trace }) };
}

function nothingAt(request: FastifyRequest): RollcallError {
  return new RollcallError('notFound', `there is nothing at ${pathOf(request)}`, { remedy: 'see /api/openapi.json' });
}

/** RFC 9110, 13.1: what is asked for under a condition is not done without it. @throws Refusal */
function refuseConditions({ headers }: FastifyRequest): void {
  if (headers['if-match'] === undefined && headers['if-unmodified-since'] === undefined) return;
  throw new Refusal(412, 'conflict', 'nothing here has an ETag or a date to be compared with; nothing was done', {
    remedy: 'leave the condition out; where an answer has an editVersion or a digest, send that in the body',
  });
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?')[0]!;

function secondsOf(error: unknown): number {
  return Math.max(1, Math.ceil(((error as RollcallError).retryAfterMs ?? 1_000) / 1_000));
}

function send(reply: FastifyReply, error: unknown, status?: number): FastifyReply {
  const problem = problemOf(error, status);
  if (problem.status === 401) void reply.header('www-authenticate', challenge(reply.request));
  if (problem.status === 503) void reply.header('retry-after', '5');
  if (problem.status === 429) void reply.header('retry-after', String(secondsOf(error)));
  return reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem));
}
