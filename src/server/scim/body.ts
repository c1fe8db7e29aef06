/** The body of a request, read once it is known who sends it. */
import type { IncomingMessage } from 'node:http';
import { isDeeper } from '#core/depth';
import { refusal, ScimError } from '#protocols/scim/errors';

/** Lists and objects in each other. What SCIM knows needs ten of them in a bulk request. */
const DEEPEST = 32;
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const JSON_TYPE = /^application\/(?:scim\+)?json(?:\s*;|\s*$)/i;

/**
 * Undefined: there is none. What is too large is not kept, but the rest of it is taken from the connection, by Node: whoever still sends would not
 * see the answer. @throws ScimError 400, 413, 415
 */
export async function readBody(request: IncomingMessage, most: number): Promise<unknown> {
  const { 'content-length': length, 'transfer-encoding': encoding, 'content-type': type } = request.headers;
  if ((length === undefined || length === '0') && encoding === undefined) return undefined;
  if (Number(length) > most) throw tooLarge(most);
  if (!JSON_TYPE.test(type ?? '')) throw new ScimError(415, undefined, 'send application/scim+json');
  const bytes = await bytesOf(request, most);
  if (bytes.length === 0) return undefined;
  let body: unknown;
  try {
    body = JSON.parse(UTF8.decode(bytes));
  } catch {
    throw refusal('invalidSyntax', 'the body is not JSON in UTF-8');
  }
  if (isDeeper(body, DEEPEST))
    throw refusal('invalidSyntax', `the body has more than ${DEEPEST} lists and objects in each other`);
  return body;
}

function bytesOf(request: IncomingMessage, most: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= most) chunks.push(chunk);
      else {
        chunks.length = 0;
        reject(tooLarge(most));
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    // Whoever went away gets no answer.
    request.once('error', () => reject(refusal('invalidSyntax', 'the body came to no end')));
  });
}

function tooLarge(most: number): ScimError {
  return new ScimError(413, undefined, `the body is larger than ${most} bytes`);
}
