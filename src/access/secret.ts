/** Random secrets and their hashes. 256 bits cannot be guessed, so that a plain hash is enough; passwords have their own (passwords). */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 bits as base64url: 43 characters. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** 60 bits in small letters and digits that are not taken for one another: it may be read aloud and stand in a log. */
export function newId(): string {
  return [...randomBytes(12)].map((byte) => LETTERS[byte % 32]).join('');
}

const LETTERS = 'abcdefghijkmnopqrstuvwxyz23456789'.slice(0, 32);

/** Hex SHA-256. */
export function hashOf(secret: string): string {
  return hash('sha256', secret);
}

/** In a time that says nothing of where they differ; how long a hash or a secret is, everybody knows. */
export function isSameHash(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
