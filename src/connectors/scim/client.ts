/**
 * Requests to one server. Redirects are not followed: the token is for this server and no other. Answers have limits, and what is no JSON
 * is none. Whether a request that got no answer may have been done is told apart from one that never left.
 */
import { readFileSync } from 'node:fs';
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { resolve } from 'node:path';
import { checkServerIdentity } from 'node:tls';
import { unsigned } from '#core/certificates';
import { isDeeper } from '#core/depth';
import { RollcallError } from '#core/errors';
import { parseJson } from '#core/json';
import { parseDuration } from '#core/time';
import { isObject, type JsonObject } from '#protocols/scim/values';
import { fileFault } from '../files/faults.ts';
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

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Null where there is none, or something else than a JSON object. */
  readonly body: JsonObject | null;
  /** When it came, ms. */
  readonly at: number;
}

export interface Client {
  /** Any answer but a redirect. @throws Unanswered where it may have been done, RollcallError `unavailable` or `configuration` where it was not */
  send(request: Request): Promise<Answer>;
  close(): void;
}

/** It may have been done. */
export class Unanswered extends RollcallError {
  constructor(message: string, cause?: unknown) {
    super('unavailable', message, { remedy: 'nothing is to be done: what became of it is looked up', cause });
    this.name = 'Unanswered';
  }
}

/** Of one answer: a page, or a group with all its members. */
const MOST_BYTES = 128 * 1024 * 1024;
/** A schema of SCIM has three levels; a list of an extension of somebody's own a few more. */
const MOST_DEEP = 64;
/** An answer that comes drop by drop ends some time: so many times the time that the first drop may take. */
const WHOLE = 12;

const NOT_SENT: ReadonlySet<string | undefined> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

type Options = Pick<ScimConfig, 'url' | 'tls' | 'timeout'>;

/** `authorization`: what the header says, null for none. Touches neither network nor disk before the first request. */
export function clientOf(options: Options, folder: string, authorization: () => Promise<string | null>): Client {
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

  async function once({ method, path, body, form, ifMatch, signal }: Request): Promise<Answer> {
    signal?.throwIfAborted();
    const token = await authorization();
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
    return await answered(sent, text, { timeoutMs, signal, caFile: options.tls.ca, isRead: method === 'GET' });
  }

  return {
    async send(request) {
      try {
        return await once(request);
      } catch (error) {
        // A connection that was kept, and that the server was just ending.
        if (!(error instanceof Lost) || request.method === 'POST') throw error;
        return await once(request);
      }
    },
    close() {
      kept?.destroy();
      kept = null;
    },
  };
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
    reject(signal?.aborted ? signal.reason : faultOf(error, sent, { late: late ? timeoutMs : null, isAnswering, caFile }));
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

/** @throws RollcallError for an answer that is none of SCIM */
function answerOf({ statusCode: status = 0, headers }: IncomingMessage, text: string, isRead: boolean): Answer {
  if (status >= 300 && status < 400) throw elsewhere(status);
  const body = parsedBody(text);
  // Something between here and there may answer in its place, that there is nothing or that all is well.
  if (body === null && (status === 404 || status < 300) && (text.trim() !== '' || (isRead && status < 300)))
    throw isRead || status === 404 ? notScim(headers) : new Unanswered('the server answers with something that is none of SCIM');
  return { status, headers, body, at: Date.now() };
}

interface Failure {
  /** After so many ms. */
  readonly late: number | null;
  readonly isAnswering: boolean;
  readonly caFile: string | undefined;
}

function faultOf(error: NodeJS.ErrnoException, sent: ClientRequest, { late, isAnswering, caFile }: Failure): RollcallError {
  if (error instanceof RollcallError) return error;
  const strange = unsigned(error, caFile);
  if (strange !== null)
    return new RollcallError('configuration', `no safe connection: ${strange.message}`, { cause: error, remedy: strange.remedy });
  const why =
    late === null
      ? `the server cannot be reached (${error.code ?? error.message})`
      : `the server gave no answer for ${late / 1000} s`;
  if (NOT_SENT.has(error.code) || sent.socket?.connecting !== false) return unreached(why, error);
  return sent.reusedSocket && !isAnswering && late === null ? new Lost(why, error) : new Unanswered(why, error);
}

async function bodyOf(response: IncomingMessage, silentMs: number): Promise<string> {
  response.setTimeout(silentMs, () => response.destroy(new Error('silent')));
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MOST_BYTES) {
      response.destroy();
      throw new Error('an answer without an end');
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsedBody(text: string): JsonObject | null {
  try {
    const value = parseJson(text);
    return isObject(value) && !isDeeper(value, MOST_DEEP) ? value : null;
  } catch {
    return null;
  }
}

function unreached(why: string, cause: unknown): RollcallError {
  return new RollcallError('unavailable', why, { cause, remedy: 'see that it runs, and that `url` is right' });
}

function elsewhere(status: number): RollcallError {
  return new RollcallError('configuration', `the server answers that it is somewhere else (${status})`, {
    remedy: 'write in `url` where it leads; redirects are not followed, since they would take the token along',
  });
}

function notScim({ 'content-type': type = '' }: IncomingHttpHeaders): RollcallError {
  const what = /html/i.test(type) ? 'a page for people' : 'something';
  return new RollcallError('unavailable', `the server answers with ${what} that is none of SCIM`, {
    remedy: 'see that `url` is the base URL of SCIM, and that nothing between here and there answers in its place',
  });
}

function certificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw fileFault(error, file);
  }
}
