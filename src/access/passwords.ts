/** Passwords of people who sign in here: what one must be like, and its hash (scrypt, RFC 7914). */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { RollcallError } from '#core/errors';
import { foldCase } from '#core/fold';

export interface Cost {
  readonly n: number;
  readonly r: number;
  readonly p: number;
}

/** About a quarter of a second and 32 MB. */
const USUAL: Cost = { n: 2 ** 15, r: 8, p: 3 };
const KEY_BYTES = 32;
/** Each takes memory and a thread of the pool. */
const AT_ONCE = 2;
const MOST_WAITING = 50;
export const LONGEST_PASSWORD = 256;

export interface Passwords {
  /** `scrypt:n:r:p:salt:key`, the last two as base64url. Errors: rateLimited when too many wait. */
  hash(password: string): Promise<string>;
  /** Without a hash it takes as long and is false: how long it takes does not say which accounts there are. Errors: as `hash`. */
  matches(password: string, hash: string | null): Promise<boolean>;
}

export function openPasswords(cost: Cost = USUAL): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];

  const derive = async (password: string, salt: Buffer, { n, r, p }: Cost): Promise<Buffer> => {
    if (running >= AT_ONCE) {
      if (waiting.length >= MOST_WAITING)
        throw new RollcallError('rateLimited', 'too many people sign in at once', {
          remedy: 'try again in a moment',
          retryAfterMs: 5_000,
        });
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    running++;
    try {
      return await new Promise((resolve, reject) => {
        const options = { N: n, r, p, maxmem: 256 * n * r };
        scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
      });
    } finally {
      running--;
      waiting.shift()?.();
    }
  };

  return {
    async hash(password) {
      const salt = randomBytes(16);
      const key = await derive(password, salt, cost);
      return ['scrypt', cost.n, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join(':');
    },
    async matches(password, hash) {
      const [how, n, r, p, salt, key] = hash?.split(':') ?? [];
      const isHash = how === 'scrypt' && salt !== undefined && key !== undefined;
      // What is longer is nobody's password, and would take time to look at.
      const text = password.length > LONGEST_PASSWORD * 4 ? '' : password;
      const parameters = isHash ? { n: Number(n), r: Number(r), p: Number(p) } : cost;
      const derived = await derive(text, isHash ? Buffer.from(salt, 'base64url') : Buffer.alloc(16), parameters);
      const expected = isHash ? Buffer.from(key, 'base64url') : Buffer.alloc(KEY_BYTES);
      return timingSafeEqual(derived, expected) && isHash && text === password;
    },
  };
}

/** Errors: invalidValue, which says what is wrong and not what was given. */
export function checkPassword(password: string, name: string, shortest: number): void {
  const length = [...password].length;
  if (length < shortest || length > LONGEST_PASSWORD)
    throw new RollcallError('invalidValue', `A password has ${shortest} to ${LONGEST_PASSWORD} characters.`, {
      remedy: 'Choose a longer one, such as four or five words.',
    });
  const folded = foldCase(password);
  const names = [foldCase(name), foldCase(name).split('@')[0]!];
  const isOfOne = new Set(folded).size < 4;
  if (isOfOne || names.some((one) => one.length > 2 && folded.replaceAll(one, '').length < shortest / 2))
    throw new RollcallError('invalidValue', 'This password is too easy to guess.', {
      remedy: 'Choose one that is neither the name nor a few characters again and again.',
    });
}
