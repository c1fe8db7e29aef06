/** What a server answers: read up to a limit, and no answer where it is none of SCIM. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isDeeper } from '#core/depth';
import { RollcallError } from '#core/errors';
import { parseJson } from '#core/json';
import { isObject, type JsonObject } from '#protocols/scim/values';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Null where there is none, or something else than a JSON object. */
  readonly body: JsonObject | null;
  /** When it came, ms. */
  readonly at: number;
}

/** It may have been done. */
export class Unanswered extends RollcallError {
  constructor(message: string, cause?: unknown) {
    super('unavailable', message, { remedy: 'nothing is to be done: what became of it is looked up', cause });
    this.name = 'Unanswered';
  }
}

/** Whoever answers is perhaps not the server: what it says is not believed. */
export class NotScim extends RollcallError {
  readonly status: number;

  constructor(status: number, { 'content-type': type = '' }: IncomingHttpHeaders) {
    const what = /html/i.test(type) ? 'a page for people' : 'something';
    super('unavailable', `the server answers with ${what} that is none of SCIM`, {
      remedy: 'see that `url` is the base URL of SCIM, and that nothing between here and there answers in its place',
    });
    this.name = 'NotScim';
    this.status = status;
  }
}

/** Of one answer: a page, or a group with all its members. */
const MOST_BYTES = 128 * 1024 * 1024;
/** A schema of SCIM has three levels; a list of an extension of somebody's own a few more. */
const MOST_DEEP = 64;
/** @throws RollcallError for an answer that is none of SCIM */
export function answerOf({ statusCode: status = 0, headers }: IncomingMessage, text: string, isRead: boolean): Answer {
  if (status >= 300 && status < 400) throw elsewhere(status);
  const body = parsedBody(text);
  // Something between here and there may answer in its place, that there is nothing or that all is well.
  if (body === null && (status === 404 || status < 300) && (text.trim() !== '' || (isRead && status < 300)))
    throw isRead || status === 404
      ? new NotScim(status, headers)
      : new Unanswered('the server answers with something that is none of SCIM');
  if (status === 404 && body !== null && !isError(body)) throw new NotScim(status, headers);
  return { status, headers, body, at: Date.now() };
}

export async function bodyOf(response: IncomingMessage, silentMs: number): Promise<string> {
  const silence = setTimeout(() => response.destroy(new Error('silent')), silentMs);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      silence.refresh();
      chunks.push(chunk);
      length += chunk.length;
      if (length > MOST_BYTES) throw new Error('an answer without an end');
    }
  } finally {
    clearTimeout(silence);
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

function elsewhere(status: number): RollcallError {
  return new RollcallError('configuration', `the server answers that it is somewhere else (${status})`, {
    remedy: 'write in `url` where it leads; redirects are not followed, since they would take the token along',
  });
}

const ERROR_URN = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** Of SCIM (RFC 7644 3.12), and of servers that leave out the schema. A gateway without a route answers in JSON, too. */
function isError(body: JsonObject): boolean {
  const schemas = Object.hasOwn(body, 'schemas') ? [body['schemas']].flat() : [];
  return schemas.includes(ERROR_URN) || ['status', 'scimType', 'detail'].some((name) => Object.hasOwn(body, name));
}
