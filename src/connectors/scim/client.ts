/**
 * Requests to one server. Redirects are not followed: the token is for this server and no other. Whether a request that got no answer may
 * have been done is told apart from one that never left.
 */
import { readFileSync } from 'node:fs';
import { type ClientRequest, Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { resolve } from 'node:path';
import { checkServerIdentity } from 'node:tls';
import { unsigned } from '#core/certificates';
import { RollcallError } from '#core/errors';
import { parseDuration } from '#core/time';
import { fileFault } from '../files/faults.ts';
import { type Answer, answerOf, bodyOf, Unanswered } from './answer.ts';
import type { ScimConfig } from './config.ts';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base URL, encoded, without a slash at its beginning. */
  readonly path: string;
  readonly body?: object;
  /** In place of a body: as a form is sent. */
  readonly form?: { readonly [name: string]: string };
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

/** Who asks. */
export interface Authorization {
  /** What the header says; null for none. */
  header(): Promise<string | null>;
  /** That one is not good any more: whether there may be another. */
  refused(header: string | null): boolean;
}

export const NOBODY: Authorization = { header: async () => null, refused: () => false };

export interface Client {
  /** Any answer but a redirect. @throws Unanswered where it may have been done, RollcallError `unavailable` or `configuration` where it was not */
  send(request: Request): Promise<Answer>;
  close(): void;
}

/** An answer that comes drop by drop ends some time: so many times the time that the first drop may take. */
const WHOLE = 12;

const NOT_SENT: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

type Options = Pick<ScimConfig, 'url' | 'tls' | 'timeout'>;

/** Touches neither network nor disk before the first request. */
export function clientOf(options: Options, folder: string, authorization: Authorization): Client {
  const base = new URL(options.url);
  const isTls = base.protocol === 'https:';
  const timeoutMs = parseDuration(options.timeout);
  const { serverName } = options.tls;
  // An idle connection is let go before servers usually do: what is sent into one that ends just then is lost.
  const idle = { keepAlive: true, timeout: 3_000, maxFreeSockets: 8 };
  let kept: HttpAgent | HttpsAgent | null = null;
  let tls: RequestOptions | null = null;
  const tlsOptions = (): RequestOptions => ({
    minVersion: 'TLSv1.2',
    ...(options.tls.ca === undefined ? {} : { ca: certificate(resolve(folder, options.tls.ca)) }),
    ...(serverName === undefined
      ? {}
      : { servername: serverName, checkServerIdentity: (_host, cert) => checkServerIdentity(serverName, cert) }),
  });

  async function asked(request: Request): Promise<Answer> {
    const header = await authorization.header();
    const answer = await once(request, header);
    // Nothing was done yet.
    if (answer.status !== 401 || !authorization.refused(header)) return answer;
    return await once(request, await authorization.header());
  }

  async function once({ method, path, body, form, ifMatch, signal }: Request, token: string | null): Promise<Answer> {
    signal?.throwIfAborted();
    const text = form ? String(new URLSearchParams(form)) : body === undefined ? undefined : JSON.stringify(body);
    const type = form ? 'application/x-www-form-urlencoded' : 'application/scim+json';
    tls ??= isTls ? tlsOptions() : {};
    kept ??= isTls ? new HttpsAgent(idle) : new HttpAgent(idle);
    const all: RequestOptions = {
      ...tls,
      host: base.hostname.replace(/^\[(.*)\]$/, '$1'),
      ...(base.port === '' ? {} : { port: base.port }),
      method,
      path: path === '' ? base.pathname : `${base.pathname.replace(/\/+$/, '')}/${path}`,
      // A create is repeated by nobody: it does not go over a connection that may be ending.
      agent: method === 'POST' ? false : kept,
      headers: {
        accept: 'application/scim+json, application/json',
        'user-agent': 'rollcall',
        ...(token === null ? {} : { authorization: token }),
        ...(text === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(text) }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
    };
    const sent = isTls ? httpsRequest(all) : httpRequest(all);
    const answer = await answered(sent, text, { timeoutMs, signal, caFile: options.tls.ca, isRead: method === 'GET' });
    return token === null ? answer : unrepeated(answer, token.slice(token.indexOf(' ') + 1));
  }

  return {
    async send(request) {
      try {
        return await asked(request);
      } catch (error) {
        // A connection that was kept, and that the server was just ending.
        if (!(error instanceof Lost) || request.method === 'POST') throw error;
        return await asked(request);
      }
    },
    close() {
      kept?.destroy();
      kept = null;
    },
  };
}

/** A refusal may repeat the token, and is shown. */
function unrepeated(answer: Answer, token: string): Answer {
  const { status, body } = answer;
  if (status < 300 || body === null) return answer;
  const told = Object.entries(body).map(([name, value]) => [
    name,
    typeof value === 'string' ? value.replaceAll(token, '…') : value,
  ]);
  return { ...answer, body: Object.fromEntries(told) as Answer['body'] };
}

class Lost extends Unanswered {}

interface Waiting {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly caFile: string | undefined;
  readonly isRead: boolean;
}

function answered(
  sent: ClientRequest,
  text: string | undefined,
  { timeoutMs, signal, caFile, isRead }: Waiting,
): Promise<Answer> {
  const { promise, resolve: done, reject } = Promise.withResolvers<Answer>();
  let late = false;
  let isAnswering = false;
  const tooLate = (): void => {
    late = true;
    sent.destroy(new Error('late'));
  };
  const timers = [setTimeout(tooLate, timeoutMs), setTimeout(tooLate, timeoutMs * WHOLE)];
  const aborted = (): void => {
    sent.destroy(new Error('aborted'));
  };
  signal?.addEventListener('abort', aborted);
  const fail = (error: NodeJS.ErrnoException): void =>
    reject(
      signal?.aborted ? signal.reason : faultOf(error, sent, { late: late ? timeoutMs : null, isAnswering, isRead, caFile }),
    );
  sent.on('error', fail);
  sent.on('response', (response) => {
    isAnswering = true;
    clearTimeout(timers[0]);
    bodyOf(response, timeoutMs)
      .then((body) => done(answerOf(response, body, isRead)))
      .catch(fail);
  });
  sent.end(text);
  return promise.finally(() => {
    for (const timer of timers) clearTimeout(timer);
    signal?.removeEventListener('abort', aborted);
  });
}

interface Failure {
  /** After so many ms. */
  readonly late: number | null;
  readonly isAnswering: boolean;
  readonly isRead: boolean;
  readonly caFile: string | undefined;
}

function faultOf(
  error: NodeJS.ErrnoException,
  sent: ClientRequest,
  { late, isAnswering, isRead, caFile }: Failure,
): RollcallError {
  if (error instanceof RollcallError) return error;
  const strange = unsigned(error, caFile);
  if (strange !== null)
    return new RollcallError('configuration', `no safe connection: ${strange.message}`, { cause: error, remedy: strange.remedy });
  if (error.code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return new RollcallError('configuration', 'no safe connection: its certificate is for another name', {
      cause: error,
      remedy: 'write in `url` the name that it is for, or say it: tls: { serverName: … }',
    });
  const why =
    late === null
      ? `the server cannot be reached (${error.code ?? error.message})`
      : `the server gave no answer for ${late / 1000} s`;
  if (NOT_SENT.has(error.code) || sent.socket?.connecting !== false) return unreached(why, error);
  if (sent.reusedSocket && !isAnswering && late === null) return new Lost(why, error);
  return isRead ? unreached(why, error) : new Unanswered(why, error);
}

function unreached(why: string, cause: unknown): RollcallError {
  return new RollcallError('unavailable', why, {
    cause,
    remedy: 'see that it runs, that `url` is right, and that `timeout` is long enough',
  });
}

function certificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw fileFault(error, file);
  }
}
