/** What a browser keeps for us and can neither read nor change (AES-256-GCM). The key is of this process: after a restart nothing opens. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface Seal {
  /** Of plain data, good until then (ms). */
  close(value: unknown, until: number): string;
  /** Null: not ours, changed, or too late. */
  open(text: string, now: number): unknown;
}

const IV = 12;
const TAG = 16;
const LONGEST = 4_096;

export function createSeal(): Seal {
  const key = randomBytes(32);
  return {
    close(value, until) {
      const iv = randomBytes(IV);
      const cipher = createCipheriv('aes-256-gcm', key, iv);
      const text = Buffer.concat([cipher.update(JSON.stringify({ value, until })), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
    },
    open(text, now) {
      const bytes = text.length > LONGEST ? Buffer.alloc(0) : Buffer.from(text, 'base64url');
      if (bytes.length <= IV + TAG) return null;
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV), { authTagLength: TAG });
      decipher.setAuthTag(bytes.subarray(IV, IV + TAG));
      try {
        const plain = Buffer.concat([decipher.update(bytes.subarray(IV + TAG)), decipher.final()]);
        const { value, until } = JSON.parse(plain.toString()) as { readonly value: unknown; readonly until: number };
        return until > now ? value : null;
      } catch {
        return null;
      }
    },
  };
}
