/** Hands a message to one receiver, in a bounded time. */
import { hostname } from 'node:os';
import type { Configuration } from '#config/model';
import type { Receiver } from '#config/notify';
import { RollcallError, toFault } from '#core/errors';
import { sendMail } from './mail.ts';
import type { Message, Source } from './message.ts';
import { sendWebhook } from './webhook.ts';

const LONGEST_MS = 15_000;

export type Deliver = (receiver: Receiver, message: Message, signal: AbortSignal) => Promise<void>;

/** Errors: RollcallError that names the receiver. */
export const deliver: Deliver = async ({ name, to }, message, signal) => {
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]);
    if ('webhook' in to) await sendWebhook(to.webhook, message, within);
    else await sendMail(to.mail, message, LONGEST_MS);
  } catch (error) {
    const { kind, message: why, remedy = '' } = toFault(error);
    throw new RollcallError(kind, `${name} could not be told: ${why}`, { remedy, cause: error });
  }
};

export function sourceOf({ access }: Pick<Configuration, 'access'>): Source {
  return { from: access.url ?? hostname(), url: access.url };
}
