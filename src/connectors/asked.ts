import type { OpenContext } from './contract.ts';

/** A setting that a person is asked for who has no rollcall.yaml yet. */
export interface Asked {
  /** Dots go into maps: `bind.dn`. Of one that is secret it is asked where it is kept; it is never typed in. */
  readonly key: string;
  readonly question: string;
  /** It may be left out. */
  readonly optional?: true;
  /** Answers that mean other settings than this one: `anonymous` → `{ bind: 'anonymous' }`. */
  readonly words?: { readonly [answer: string]: { readonly [setting: string]: unknown } };
  /**
   * What the system has to offer for it, reached by the settings that were asked for before; `settings` are these alone, not checked yet,
   * with their secrets. @throws RollcallError where it cannot be reached by them, ZodError as the connector's `config` throws it
   */
  offer?(settings: { readonly [setting: string]: unknown }, context: OpenContext): Promise<Offer>;
}

export interface Offer {
  /** Taken where nobody is asked; null where a person has to say. */
  readonly likely: string | null;
  readonly all: readonly string[];
}
