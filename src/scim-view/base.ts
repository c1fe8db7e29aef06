/** What a base URL serves, from the configuration. */
import type { Configuration } from '#config/model';
import type { ServedConfig } from '#config/scim';
import type { Condition } from '#core/condition';
import { barrier } from '#edits/edit';
import { compileFilter } from '#protocols/scim/filter/compile';
import { parseFilter } from '#protocols/scim/filter/parse';
import { type MappedType, mappedType } from '#protocols/scim/mapped';
import type { Store } from '#store/contract';

export interface ServedBase {
  readonly types: readonly Served[];
  /** With whose rights applications write; null = they only read. */
  readonly write: ServedConfig['write'];
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

export function servedBases(config: Configuration): ReadonlyMap<string, ServedBase> {
  return new Map([...config.scim].map(([name, served]) => [name, baseOf(served, config)]));
}

function baseOf({ types, write }: ServedConfig, config: Configuration): ServedBase {
  const derived = types.some(({ members }) => members !== null) ? ['active', 'groups', 'members'] : ['active'];
  const writable = (kind: string, name: string): boolean =>
    write !== null &&
    barrier(config.kinds.get(kind)!.attributes.get(name)!, kind, { roles: [write], person: null }, null, { config }) === null;
  return {
    write,
    types: types.map(({ name, kind, mappings, extensions, members, filter }) => {
      const all = mappings.map((one) => ({ ...one, writable: writable(kind, one.from) }));
      const mapped = mappedType(name, all, extensions, derived);
      const condition = filter === null ? null : compileFilter(parseFilter(filter), mapped.type, { unknown: 'error' });
      return { ...mapped, kind, condition, members };
    }),
  };
}
