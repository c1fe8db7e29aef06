import type { Fault } from '#core/errors';

/** What a connector may propose for a first rollcall.yaml, which a person looks at before it is used. */
export interface Proposed {
  /** Settings that fit the system as it is, such as the encoding of a file. */
  readonly settings: { readonly [key: string]: unknown };
  /** What looks wrong about the settings that are given. */
  readonly warnings?: readonly Fault[];
  /** Where accounts have names that are paths: what most people's are, `rdn=…,parent`. */
  readonly naming?: { readonly rdn: string; readonly parent: string };
}
