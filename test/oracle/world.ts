/**
 * The oracle: a second, naive implementation of the rules of reconciliation (docs/SEMANTICS.md), for tests only.
 * Everything is in memory and looked at again each time: no staging, no delta, no batches, no generations. `settle` takes
 * what the systems hold, the memory and one instant, runs whole cycles until nothing changes any more, and answers what
 * the systems hold then, the new memory and what is parked. The property tests of test/simulation hold the engine to its
 * answers. Gates and plans are not modelled. It imports core and rules only, and stays under 900 lines in all.
 *   oracle.ts  the fixpoint          links.ts    joins, projections          unique.ts   values made once
 *   state.ts   questions all ask     agree.ts    precedence, echo, references     life.ts   states and dates
 *   targets.ts who should have which account, and its last steps     wishes.ts   what it should hold
 */
import type { Attributes, Kind, Value } from '#core/values';
import type { ExportRule, ImportRule, KindRules } from '#rules/model';

/** What of a configuration means something here. */
export interface Rules {
  readonly zone: string;
  readonly connections: readonly ConnectionRules[];
  readonly kinds: ReadonlyMap<Kind, KindRules>;
}

export interface ConnectionRules {
  readonly name: string;
  readonly rank: number;
  readonly owner: boolean;
  readonly imports: ReadonlyMap<Kind, ImportRule>;
  readonly exports: ReadonlyMap<Kind, ExportRule>;
}

/** One object as its system shows it, values canonical. */
export interface SystemObject {
  readonly kind: Kind;
  /** Empty text in a create whose system assigns anchors. */
  readonly anchor: string;
  readonly name: string | null;
  readonly attributes: Attributes;
}

/** How a target answers a write: what it then holds, or no. */
export type Behaviour = (
  operation: 'create' | 'update' | 'delete',
  wanted: SystemObject,
) => { readonly holds: SystemObject } | { readonly refused: string };

export interface System {
  /** By `kind:anchor`. */
  readonly objects: ReadonlyMap<string, SystemObject>;
  /** null where nothing may be written. */
  readonly behaviour: Behaviour | null;
}

/** Memory about one object of one system (SEMANTICS 1); one that is gone keeps it. */
export interface StagedMemory {
  readonly connection: string;
  readonly kind: Kind;
  readonly anchor: string;
  object: number | null;
  how: 'joined' | 'projected' | 'provisioned' | 'decided' | null;
  linked: number;
  origin: 'created' | 'adopted' | null;
  /** The last value confirmed as ours, per attribute. References in the target's own terms. */
  confirmed: Attributes;
  /** `latest` attributes: the value last seen and since when. */
  readonly times: { [attribute: string]: { readonly value: Value; readonly at: number } };
  /** Members that Rollcall added, in the target's terms, per attribute. */
  ours: { [attribute: string]: readonly string[] };
  /** How often in a row a value did not arrive, or was changed by somebody before the next look. */
  readonly undone: { [attribute: string]: { readonly ours: Value; readonly times: number } };
  disabledAt: number | null;
  disabledHere: boolean;
}

export interface ObjectMemory {
  readonly id: number;
  readonly kind: Kind;
  state: 'expected' | 'active' | 'away' | 'leaving' | 'gone';
  leavingSince: number | null;
  owned: boolean;
  frozen: boolean;
  /** Agreed values; only those of unique and set-once attributes are memory, the rest is made again. */
  attributes: Attributes;
}

export interface Memory {
  /** By `connection|kind:anchor`. */
  readonly staged: Map<string, StagedMemory>;
  readonly objects: Map<number, ObjectMemory>;
  nextObject: number;
  nextLink: number;
}

export interface World {
  readonly rules: Rules;
  readonly now: number;
  readonly systems: ReadonlyMap<string, System>;
  readonly memory: Memory;
  /** What others do between the first writes and the look at what came of them. */
  readonly meanwhile?: (systems: ReadonlyMap<string, { readonly objects: Map<string, SystemObject> }>) => void;
}

export interface Settled extends Pick<World, 'memory' | 'systems'> {
  readonly parked: readonly Parked[];
}

/** The subject is a staged object, or a person or group by its id. */
export interface Parked {
  readonly kind: string;
  readonly connection: string | null;
  readonly subject: { readonly kind: Kind; readonly anchor: string } | number;
}

export const emptyMemory = (): Memory => ({ staged: new Map(), objects: new Map(), nextObject: 1, nextLink: 1 });

/** `kind:anchor` within one connection. */
export const spot = ({ kind, anchor }: { readonly kind: Kind; readonly anchor: string }): string => `${kind}:${anchor}`;

export const placeOf = (staged: Pick<StagedMemory, 'connection' | 'kind' | 'anchor'>): string =>
  `${staged.connection}|${spot(staged)}`;
