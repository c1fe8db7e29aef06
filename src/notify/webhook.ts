/** A message by HTTP: a POST of JSON, signed. The address is an administrator's: it may lie anywhere, and leads nowhere else. */
import type { WebhookConfig } from '#config/notify';
import { RollcallError } from '#core/errors';
import { standardSignature } from '#core/webhook-signature';
import type { Message } from './message.ts';

/** Errors: unavailable, authentication, configuration. */
export async function sendWebhook({ url, secret }: WebhookConfig, message: Message, signal: AbortSignal): Promise<void> {
  const seconds = Math.floor(message.at / 1_000);
  const signed = secret === null ? {} : { 'webhook-signature': standardSignature(secret, message.id, seconds, message.body) };
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'rollcall',
        'webhook-id': message.id,
        'webhook-timestamp': String(seconds),
        ...signed,
      },
      body: message.body,
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    throw new RollcallError('unavailable', 'it cannot be reached', { cause: error, remedy: 'see whether it runs' });
  }
  // Nothing of what it says is read.
  await answer.body?.cancel();
  const { status } = answer;
  if (answer.ok) return;
  if (status === 401 || status === 403)
    throw new RollcallError('authentication', `it answered ${status}`, { remedy: 'see whether both sides know the same secret' });
  if (status >= 300 && status < 400)
    throw new RollcallError('configuration', `it answered ${status}: it is somewhere else`, {
      remedy: 'write the address to which it leads; redirects are not followed',
    });
  throw new RollcallError('unavailable', `it answered ${status}`, { remedy: 'its own log says why' });
}
