/** `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): what it says, and what is answered where a key was used before. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RollcallError } from '#core/errors';
import type { Answered } from '#worker/contract';
import { Refusal } from './problems.ts';

/** A string of structured fields (RFC 9651, 3.3.3); bare, as most send it, one without spaces, quotes and commas. */
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\]){1,255})"$/;
const BARE = /^[!#-+\--~]{1,255}$/;

/** Null: there is none. Errors: invalidValue. */
export function keyOf({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  const text = headers['idempotency-key'];
  if (text === undefined) return null;
  const [, quoted] = QUOTED.exec(String(text)) ?? [];
  if (quoted !== undefined) return quoted.replace(/\\(.)/g, '$1');
  if (BARE.test(String(text))) return String(text);
  throw new RollcallError('invalidValue', 'Idempotency-Key is no key', {
    remedy:
      'send a text of 1 to 255 signs that nobody guesses, such as a UUID, and another one for each thing that is to be done',
  });
}

/** Fulfilled with what the operation answered, now or then. Errors: Refusal. */
export function answerTo(keyed: Answered, reply: FastifyReply): unknown {
  if (keyed.state === 'done') {
    if (keyed.again) void reply.header('idempotency-replayed', 'true');
    return keyed.answer;
  }
  const { message, remedy, status } = SAYS[keyed.state];
  throw new Refusal(status, status === 422 ? 'invalidValue' : 'conflict', message, { remedy });
}

const ANOTHER = 'for something else, send another key';
const SAYS = {
  other: { status: 422, message: 'this Idempotency-Key was sent with something else before', remedy: ANOTHER },
  working: {
    status: 409,
    message: 'what was asked for with this Idempotency-Key is being done',
    remedy: 'ask again in a moment',
  },
  lost: {
    status: 409,
    message:
      'the process that worked on what was asked for with this Idempotency-Key ended before it answered, and it may have been done',
    remedy: 'look whether it was; if not, ask again with another key',
  },
  unkept: {
    status: 409,
    message: 'what was asked for with this Idempotency-Key was done; its answer is not kept',
    remedy: 'a secret is shown once: make another one where it did not arrive, and look at what is there now',
  },
} as const;
