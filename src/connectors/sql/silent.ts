import { RollcallError } from '#core/errors';

/** Of a server that is waited for no longer. */
export function silent(timeoutMs: number): RollcallError {
  return new RollcallError('unavailable', `the database said nothing for ${timeoutMs / 1000} s`, {
    remedy: 'look for locks that it waits for, or give it more time with `timeout`',
  });
}
