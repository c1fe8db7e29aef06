/** What was agreed about people and groups, and the keys they are found by. */
import type { Kind } from '#core/values';
import type { ObjectId, RunId } from './ids.ts';

export type LifeState = 'expected' | 'active' | 'away' | 'leaving' | 'gone';

export interface ObjectRow {
  readonly id: ObjectId;
  readonly kind: Kind;
  /** Agreed attributes, canonical text; references as object ids. */
  readonly attributes: string;
  /** Attributes at the moment the last owner went; null while not frozen. */
  readonly frozen: string | null;
  /** An owner held it when it was last worked out: only then has it values to freeze. */
  readonly owned: boolean;
  readonly state: LifeState;
  /** `{"leavingSince":ms,"goneSince":ms,"returned":ms}` */
  readonly dates: string;
  readonly revision: number;
  readonly dueAt: number | null;
  readonly aliasOf: ObjectId | null;
  /** `{attribute: [run, ms]}` of its last change. */
  readonly notes: string;
  readonly createdRun: RunId;
}

/**
 * `join` and `unique` are published by objects; `staged:<connection>.<attribute>` by staged objects; `former`/`reserved` stay.
 * Scopes that begin with `unique:` or `join!:` have one owner per key: who adds a taken one is left out of the commit.
 * `join!:x` is a `join:x` given to an object that was made because nobody had it: found and removed as `join:x`.
 */
export interface KeyRow {
  readonly scope: string;
  readonly norm: string;
  readonly owner: number;
}
