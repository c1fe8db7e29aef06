/**
 * A text that only whoever brings its secret reads again, and nobody changes unseen (AES-256-GCM, by a key that HKDF makes of the secret and
 * a salt), in base64url.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const SALT = 16;
const NONCE = 12;
const TAG = 16;

export function lock(text: string, secret: string): string {
  const [salt, nonce] = [randomBytes(SALT), randomBytes(NONCE)];
  const cipher = createCipheriv('aes-256-gcm', keyOf(secret, salt), nonce);
  const locked = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([salt, nonce, cipher.getAuthTag(), locked]).toString('base64url');
}

/** Null: locked with another secret, or not as it was written. */
export function unlock(locked: string, secret: string): string | null {
  const bytes = Buffer.from(locked, 'base64url');
  if (bytes.length < SALT + NONCE + TAG) return null;
  const salt = bytes.subarray(0, SALT);
  const decipher = createDecipheriv('aes-256-gcm', keyOf(secret, salt), bytes.subarray(SALT, SALT + NONCE), {
    authTagLength: TAG,
  });
  decipher.setAuthTag(bytes.subarray(SALT + NONCE, SALT + NONCE + TAG));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(SALT + NONCE + TAG)), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}

function keyOf(secret: string, salt: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, salt, 'rollcall locked text', 32));
}
