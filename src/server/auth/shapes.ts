/** What signing in takes and answers: by it requests are checked, and the description of the API is made. */
import { z } from 'zod';

const text = z.string().min(1).max(2_000);

export interface Named {
  readonly name: string;
  readonly password: string;
}
export interface Linked {
  /** What stands behind the `#` of the link. */
  readonly link: string;
  readonly password: string;
}

export const NAMED: z.ZodType<Named> = z.object({ name: text, password: text });
export const LINKED: z.ZodType<Linked> = z.object({ link: text, password: text });
export const SET_UP: z.ZodType<Linked & Named> = z.object({ link: text, name: text, password: text });

export interface SessionOutput {
  readonly name: string;
  readonly roles: readonly string[];
  /** Whose profile is theirs; null: nobody's here. */
  readonly person: number | null;
  /** To be sent as `X-CSRF-Token` with each request that changes something. */
  readonly csrf: string;
}
export const SESSION: z.ZodType<SessionOutput> = z.object({
  name: z.string(),
  roles: z.array(z.string()),
  person: z.number().nullable(),
  csrf: z.string().meta({ description: 'to be sent as X-CSRF-Token with each request that changes something' }),
});

export interface SignedOut {
  /** Where the browser signs out at the provider, too; null: nowhere. */
  readonly next: string | null;
}
export const SIGNED_OUT: z.ZodType<SignedOut> = z.object({ next: z.string().nullable() });
