/**
 * The oracle: a second, naive implementation of the rules of reconciliation (docs/SEMANTICS.md), for tests only.
 *
 * Everything is in memory and looked at again each time: no staging, no delta, no batches, no generations. `settle` takes
 * what the systems hold, the memory and one instant, runs whole cycles until nothing changes any more, and answers
 * the end state and the new memory. The property tests of test/simulation hold the engine to its answers. Gates and plans are
 * not modelled.
 *
 *   world.ts      shapes      links.ts     joins, projections, lookups by key
 *   agree.ts      precedence, echo, references, unique values     life.ts  states and dates
 *   targets.ts    what each target should hold, and what it then holds   oracle.ts   the fixpoint, the end state
 */
import type { Configuration } from '#config/model';
import type { Attributes, Kind, Value } from '#core/values';
import type { LifeState, LinkHow, Origin } from '#store/contract';

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
  before: SystemObject | null,
) => { readonly holds: SystemObject | null } | { readonly refused: string };

export interface System {
  readonly objects: ReadonlyMap<string, SystemObject>;
  readonly behaviour: Behaviour;
}

/** `kind:anchor` within one connection. */
export function spot(kind: Kind, anchor: string): string {
  return `${kind}:${anchor}`;
}

/** Memory about one object of one system (SEMANTICS 1). */
export interface StagedMemory {
  readonly connection: string;
  readonly kind: Kind;
  readonly anchor: string;
  object: number | null;
  how: LinkHow | null;
  origin: Origin | null;
  /** Barred objects: links that people undid. */
  readonly barred: readonly number[];
  /** The last value confirmed as ours, per attribute. References in the target's own terms. */
  confirmed: Attributes;
  /** `latest` attributes: the value last seen and since when. */
  times: { [attribute: string]: { value: Value; at: number } };
  /** Members that Rollcall added, in the target's terms, per attribute. */
  ours: { [attribute: string]: readonly string[] };
  disabledAt: number | null;
  /** Was there in the newest read; an object that is gone keeps its memory. */
  present: boolean;
}

export interface ObjectMemory {
  readonly id: number;
  readonly kind: Kind;
  state: LifeState;
  leavingSince: number | null;
  goneSince: number | null;
  frozen: Attributes | null;
  /** Agreed values; only those of unique and set-once attributes are memory, the rest is made again. */
  attributes: Attributes;
}

export interface Memory {
  /** `connection|kind:anchor` */
  readonly staged: Map<string, StagedMemory>;
  readonly objects: Map<number, ObjectMemory>;
  nextObject: number;
}

export interface World {
  readonly config: Configuration;
  readonly now: number;
  readonly systems: ReadonlyMap<string, System>;
  readonly memory: Memory;
  /** Targets that may be written; another one is only shown what would be done. */
  readonly on: ReadonlySet<string>;
}

export interface EndState {
  /** By name of the object (see oracle.ts `nameOf`). */
  readonly objects: ReadonlyMap<
    string,
    { readonly kind: Kind; readonly state: LifeState; readonly attributes: { readonly [name: string]: unknown } }
  >;
  /** `connection|kind:anchor` → name of the object, how it was linked. */
  readonly links: ReadonlyMap<string, string>;
  readonly systems: ReadonlyMap<string, ReadonlyMap<string, SystemObject>>;
  /** `kind connection subject` */
  readonly parked: readonly string[];
}

export interface Settled {
  readonly end: EndState;
  readonly memory: Memory;
  readonly systems: ReadonlyMap<string, System>;
  /** Cycles until quiet. */
  readonly cycles: number;
}

export function emptyMemory(): Memory {
  return { staged: new Map(), objects: new Map(), nextObject: 1 };
}
