/**
 * Signatures of webhooks, with a secret that both sides know. As Standard Webhooks has them: HMAC-SHA256 over `ID.SECONDS.BODY`, in the
 * headers `webhook-id`, `webhook-timestamp` (whole seconds since 1970) and `webhook-signature` (`v1,BASE64`, several with spaces). As GitHub
 * has them: HMAC-SHA256 over the body, in `x-hub-signature-256` (`sha256=HEX`).
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far the sender's clock and the way of a message may be off. */
const TOLERANCE_MS = 5 * 60_000;

/** `whsec_` and base64, or any text, which stands for its UTF-8 bytes. */
export function keyOf(secret: string): Buffer {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  return base64 === undefined ? Buffer.from(secret, 'utf8') : Buffer.from(base64, 'base64');
}

/** `v1,BASE64`. */
export function standardSignature(secret: string, id: string, seconds: number, body: string | Uint8Array): string {
  return `v1,${createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.`).update(body).digest('base64')}`;
}

/** `sha256=HEX`. */
export function hubSignature(secret: string, body: string | Uint8Array): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

export interface SignatureHeaders {
  readonly 'webhook-id'?: string | undefined;
  readonly 'webhook-timestamp'?: string | undefined;
  readonly 'webhook-signature'?: string | undefined;
  readonly 'x-hub-signature-256'?: string | undefined;
}

export function isSigned(headers: SignatureHeaders): boolean {
  return headers['webhook-signature'] !== undefined || headers['x-hub-signature-256'] !== undefined;
}

/** Whether it was made with the secret, and not long ago where it says when. Of several sorts one is enough. `now`: ms. */
export function isSignedBy(secret: string, headers: SignatureHeaders, body: Uint8Array, now: number): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': standard, 'x-hub-signature-256': hub } = headers;
  if (standard === undefined) return hub !== undefined && isSame(hub, hubSignature(secret, body));
  if (id === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  const seconds = Number(timestamp);
  if (Math.abs(now - seconds * 1_000) > TOLERANCE_MS) return false;
  const right = standardSignature(secret, id, seconds, body);
  return standard.split(' ').some((one) => isSame(one, right));
}

function isSame(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
