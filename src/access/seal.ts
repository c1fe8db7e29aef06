/** What a browser keeps for us and can neither read nor change. */
import { lock, unlock } from '#core/locked';

export interface Seal {
  /** Of plain data, good until then (ms). */
  close(value: unknown, until: number): string;
  /** Null: not ours, changed, or too late. */
  open(text: string, now: number): unknown;
}

const LONGEST = 4_096;

/** Opens what was closed with the same secret, by whatever process. */
export function createSeal(secret: string): Seal {
  return {
    close: (value, until) => lock(JSON.stringify({ value, until }), secret),
    open(text, now) {
      const plain = text.length > LONGEST ? null : unlock(text, secret);
      if (plain === null) return null;
      const { value, until } = JSON.parse(plain) as { readonly value: unknown; readonly until: number };
      return until > now ? value : null;
    },
  };
}
