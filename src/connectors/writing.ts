/** Part of the connector contract: what a writer is told, and what it answers. */
import type { Fault } from '#core/errors';
import type { Kind } from '#core/values';
import type { RawAttributes, ReadObject, SetEdits } from './objects.ts';

/** What the definition of a connector says of accounts that should no longer be there. */
export interface Leaving<Config> {
  /** What cannot become of those of a kind: each such step of `deprovision` with the remedy. */
  cannot?(config: Config, kind: Kind): { readonly disable?: string; readonly delete?: string };
}

export type Creates =
  /** The key comes from `WriteItem.name` or the mapped attributes: a second create of the same is refused with `conflict`, not doubled. */
  | { readonly by: 'callerKey' }
  /** An `attempt` that is sent again is not done again, and has its first answer. */
  | { readonly by: 'idempotencyKey'; readonly visibleWithinSeconds: number }
  | {
      readonly by: 'lookup';
      /** What is written with a new object and looked for; by kind where it differs. */
      readonly attribute: string | { readonly [kind: Kind]: string };
      readonly visibleWithinSeconds: number;
    };

export interface WriteItem extends SetEdits {
  /** The same on a repeated send: systems with idempotency keys pass it on. */
  readonly attempt: string;
  readonly operation: 'create' | 'update' | 'delete';
  readonly kind: Kind;
  /** Null on create where the system assigns it. */
  readonly anchor: string | null;
  /** On create the name to use; on update only when the object is to be renamed or moved. */
  readonly name?: string;
  /** On create all attributes, on update those to replace; `null` clears. */
  readonly set: RawAttributes;
  /**
   * On update, of attributes in `set`, what was last seen there, where that is known: `null` where there was no value, lists as sets,
   * never bytes. A writer that can compare does so in one step with the write, by its system's own rules of equality, and refuses an
   * item as `stale` of which one is another by now. It has a `lookup`. Attributes that its reads never show are for it to pass over.
   */
  readonly seen?: RawAttributes;
}

/**
 * `edited`: of an update of nothing but `add` and `remove`, without an `object`: the system was looked at, and has all of `add` and
 * nothing of `remove`. A list may be long, and what else is in it was not asked for.
 * `object`: what is held now, if it is said (always but of deletes: `answers`), as a read shows it but without a `line`. `holds`: what
 * is held otherwise. `unknown`: may be done. `stale`: nothing is done, since somebody changed what `seen` names; a fault of `conflict`.
 */
export type WriteResult =
  | (Pick<ReadObject, 'anchor' | 'name'> & {
      readonly ok: true;
      readonly object?: ReadObject;
      readonly holds?: RawAttributes;
      readonly edited?: true;
    })
  | {
      readonly ok: false;
      readonly fault: Fault;
      readonly retryAfterMs?: number;
      readonly unknown?: boolean;
      readonly stale?: boolean;
    };
