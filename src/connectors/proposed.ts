import type { Fault } from '#core/errors';
import type { Asked } from './asked.ts';
import type { OpenContext } from './contract.ts';

/** How a first rollcall.yaml is made of a connector: `rollcall init`. */
export interface FirstConfiguration<Config> {
  /**
   * What a person is asked, in this order, by the settings there are so far. The first says where the system is: PLACE of TYPE:PLACE.
   * Where nothing is said it is `path`, a file.
   */
  asks?(settings: { readonly [setting: string]: unknown }): readonly [Asked, ...Asked[]];
  /** What fits the system as it is. @throws RollcallError where it cannot be reached */
  propose?(config: Config, context: OpenContext): Promise<Proposed>;
}

/** What a connector may propose for a first rollcall.yaml, which a person looks at before it is used. */
export interface Proposed {
  /** Settings that fit the system as it is, such as the encoding of a file. */
  readonly settings: { readonly [key: string]: unknown };
  /** What looks wrong about the settings that are given. */
  readonly warnings?: readonly Fault[];
  /** Where accounts have names that are paths: what most people's are, `rdn=…,parent`. */
  readonly naming?: { readonly rdn: string; readonly parent: string };
  /** What objects are known by, where no setting `anchor` says it. */
  readonly anchor?: string;
  /** Kind → what its objects really have, where a schema has far more; none of a kind where there is no object of it. */
  readonly columns?: { readonly [kind: string]: readonly SeenColumn[] };
  /** Expressions over `row`: who is one of the people, and who of them may sign in. */
  readonly people?: { readonly expression: string; readonly about: string };
  readonly enabled?: string;
  readonly target?: ProposedTarget;
}

export interface SeenColumn {
  readonly name: string;
  /** Of the objects that were looked at: how many have it, from 0 to 1. */
  readonly share: number;
  /** Some have several values in it. */
  readonly several?: true;
  /** Its values are the names of other objects, or what those have in that attribute. */
  readonly refersBy?: string;
}

/** What only counts where the system is written. */
export interface ProposedTarget {
  readonly settings?: { readonly [key: string]: unknown };
  /** For a system that nobody is in yet: attribute → what it is usually called there, and how its first people may be named. */
  readonly names?: { readonly [attribute: string]: string };
  readonly example?: { readonly rdn: string; readonly parent: string };
  /** What a new account is to have besides, made of the attribute `from`: the same, or an expression over `person`. */
  readonly besides?: readonly { readonly column: string; readonly from: string; readonly expression?: string }[];
}
