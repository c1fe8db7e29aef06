/** What cannot be read, in words of ours: a body that is no JSON, an address that is none, what is no request at all. */
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { RollcallError } from '#core/errors';
import { PROBLEM_TYPE, problemOf, Refusal } from './problems.ts';

/** Bodies are JSON in UTF-8, and nothing else. */
export function readJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async ({ headers }: FastifyRequest, body: Buffer) => {
    const coding = headers['content-encoding'] ?? 'identity';
    if (coding.toLowerCase() !== 'identity')
      throw new Refusal(415, 'invalidValue', 'a body with a content-encoding is not taken', { remedy: 'send it as it is' });
    if (body.length === 0)
      throw new RollcallError('invalidValue', 'the body is empty', { remedy: 'send {}, or leave out content-type' });
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
    } catch {
      // What is told of it would be a piece of it: a password, perhaps.
      throw new RollcallError('invalidValue', 'the body is not JSON in UTF-8', { remedy: 'mend it; nothing was done' });
    }
  });
}

/** What Fastify says of a request that it cannot read. */
export function notRead({ code, message }: FastifyError, { routeOptions }: FastifyRequest): RollcallError {
  switch (code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new RollcallError('invalidValue', 'a body of this content type is not taken', {
        remedy: 'send JSON, and content-type: application/json with it',
      });
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new RollcallError('invalidValue', `the body is larger than the ${routeOptions.bodyLimit} bytes that are taken here`);
    case 'FST_ERR_BAD_URL':
      return new RollcallError('invalidValue', 'the address is not percent-encoded UTF-8');
    default:
      return new RollcallError('invalidValue', message);
  }
}

const STATUSES: { readonly [code: string]: number } = { ERR_HTTP_REQUEST_TIMEOUT: 408, HPE_HEADER_OVERFLOW: 431 };

/** To whoever sends what Node takes for no request, or sends it too slowly. */
export function answerNoRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const status = STATUSES[error.code ?? ''] ?? 400;
  const what = new RollcallError('invalidValue', status === 400 ? 'this is no request of HTTP/1.1' : STATUS_CODES[status]!);
  const body = JSON.stringify(problemOf(what, status));
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: ${PROBLEM_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  socket.destroy(error);
}
