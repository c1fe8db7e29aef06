/**
 * Signatures of webhooks as Standard Webhooks has them: HMAC-SHA256 over `ID.SECONDS.BODY`, with the key of a secret that both sides know.
 * The headers are `webhook-id`, `webhook-timestamp` (whole seconds since 1970) and `webhook-signature` (`v1,BASE64`, several with spaces).
 */
import { createHmac } from 'node:crypto';

/** `whsec_` and base64, or any text, which stands for its UTF-8 bytes. */
export function keyOf(secret: string): Buffer {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  return base64 === undefined ? Buffer.from(secret, 'utf8') : Buffer.from(base64, 'base64');
}

/** `v1,BASE64`. */
export function standardSignature(secret: string, id: string, seconds: number, body: string | Uint8Array): string {
  return `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.`).update(body).digest('base64')}`;
}
