/** Part of the connector contract: objects, their changes and their values, as connectors show them and are told them. */
import type { Fault } from '#core/errors';
import type { Kind, Scalar } from '#core/values';
import type { Searchable } from './received.ts';

/**
 * Raw value: what the system holds, before the engine canonicalises it. `null` = the system says that it is empty; sent, it clears.
 * Any text comes back exactly as it was written, whatever characters, quotes and line breaks are in it, except one with U+0000: a
 * write of that is refused with `invalidValue`.
 */
export type RawValue = Scalar | Uint8Array | null | readonly (Scalar | Uint8Array)[];
export type WriteValue = RawValue;
/** Best without a prototype, `Object.create(null)`: names come from outside, and `__proto__` is a name like others. */
export type RawAttributes = { readonly [attribute: string]: RawValue };

export interface ReadObject {
  readonly op?: 'put';
  readonly kind: Kind;
  /** Never changes in the system, however often the object is renamed. */
  readonly anchor: string;
  /** How the system itself calls it where that may change: a DN, a path. */
  readonly name?: string;
  readonly attributes: RawAttributes;
  /** Attributes whose list of values may be cut short: members seen are added, none is taken as removed. */
  readonly partial?: readonly string[];
  /** Attributes left out because they cannot be used, each with why; `where.attribute` names it. What was read of them before stays. */
  readonly refused?: readonly Fault[];
  /** When the system says it was last changed: ISO 8601, or a generalizedTime of LDAP; anything else says nothing. */
  readonly changedAt?: string;
  /** 1-based line in a file, for error messages. */
  readonly line?: number;
  /** Of what is received: how it is found. */
  readonly searchable?: Searchable;
}

/** One entry of a change feed. What a change does not name stays as it was; a patch is of what is there. */
export type Change =
  | { readonly op: 'delete'; readonly kind: Kind; readonly anchor: string; readonly line?: number }
  | (Omit<ReadObject, 'op' | 'attributes' | 'partial'> & SetEdits & { readonly op: 'patch'; readonly set?: RawAttributes });

/** Set operations on multi-values of any size; their attributes are not in `set`. What is there, or gone, already is no fault. */
export type SetEdits = { readonly [edit in 'add' | 'remove']?: { readonly [attribute: string]: readonly Scalar[] } };
