/** Agreed people and groups as applications read them: in the order of their ids, without those that became another one or were erased. */
import type { Probe } from '#core/probe';
import type { Kind } from '#core/values';
import type { ObjectId } from './ids.ts';
import type { LifeState, ObjectRow } from './metaverse.ts';

export interface AgreedQuery {
  readonly kind: Kind;
  readonly states: readonly LifeState[];
}

export interface AgreedWindow {
  /** Those looked at for which the probe may hold. */
  readonly rows: readonly ObjectRow[];
  /** Of the last one looked at; null: there was none. */
  readonly last: ObjectId | null;
  /** Whether there may be more behind it. */
  readonly more: boolean;
}

export interface AgreedOperations {
  /** From behind `after` and `offset` further, `look` of them are looked at. */
  window(
    query: AgreedQuery & {
      readonly probe: Probe | null;
      readonly after: ObjectId;
      readonly offset: number;
      readonly look: number;
    },
  ): Promise<AgreedWindow>;
  count(query: AgreedQuery): Promise<number>;
  /** What these are, without their values; who is not there is left out. */
  standing(
    ids: readonly ObjectId[],
  ): Promise<readonly { readonly id: ObjectId; readonly kind: Kind; readonly state: LifeState }[]>;
}
