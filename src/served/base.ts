/** What a base URL serves, from the configuration. */
import type { Configuration } from '#config/model';
import type { ServedConfig } from '#config/scim';
import type { Condition } from '#core/condition';
import { compileFilter } from '#protocols/scim/filter/compile';
import { parseFilter } from '#protocols/scim/filter/parse';
import { type MappedType, mappedType } from '#protocols/scim/mapped';
import type { Store } from '#store/contract';

export interface ServedBase {
  readonly types: readonly Served[];
}

/** People as User, or groups as Group. */
export interface Served extends MappedType {
  readonly kind: string;
  /** Who is served at all; null = everybody. Of references as they are, whether who they mean is served or not. */
  readonly condition: Condition | null;
  /** The attribute that holds members; null = none are shown. */
  readonly members: string | null;
}

export interface Surroundings {
  readonly store: Store;
  readonly config: Configuration;
}

type LifeState = Parameters<Store['agreed']['count']>[0]['states'][number];

/** Who is gone is not there any more. */
export const STATES: readonly LifeState[] = ['expected', 'active', 'away', 'leaving'];

export function servedBases({ scim }: Pick<Configuration, 'scim'>): ReadonlyMap<string, ServedBase> {
  return new Map([...scim].map(([name, config]) => [name, baseOf(config)]));
}

function baseOf({ types }: ServedConfig): ServedBase {
  const derived = types.some(({ members }) => members !== null) ? ['active', 'groups', 'members'] : ['active'];
  return {
    types: types.map(({ name, kind, mappings, extensions, members, filter }) => {
      const mapped = mappedType(name, mappings, extensions, derived);
      const condition = filter === null ? null : compileFilter(parseFilter(filter), mapped.type, { unknown: 'error' });
      return { ...mapped, kind, condition, members };
    }),
  };
}
