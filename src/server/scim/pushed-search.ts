/** What was pushed and a filter holds for: by keys where there are some, else by going through all of it. */
import { holds } from '#core/condition';
import type { OpenStore } from '#operations/operation';
import { compileFilter } from '#protocols/scim/filter/compile';
import { foldDocument } from '#protocols/scim/filter/document';
import { keysOf } from '#protocols/scim/filter/keys';
import { parseFilter } from '#protocols/scim/filter/parse';
import type { ScimResourceType } from '#protocols/scim/schema';
import { itemOf, type Pushed } from './pushed-item.ts';
import { withMembersKnown } from './pushed-members.ts';
import type { ScimServices } from './service.ts';
import { type Item, type Listed, MOST_MS } from './side.ts';

/** What is counted, at the most, where nothing is known of it. */
const MOST_COUNTED = 1_000_000;

type Query = Omit<Parameters<OpenStore['pushed']['count']>[0], 'most'>;

/** @throws ScimError `invalidFilter` */
export async function listedOf(
  filter: string | undefined,
  type: ScimResourceType,
  of: Pushed,
  services: ScimServices,
): Promise<Listed> {
  const query = await queryOf(filter, type, of, services);
  const { pushed, spaces } = services.store;
  const { connection, kind, condition } = query;
  const ids = condition === null ? null : keysOf(condition, new Set(['id']));
  if (ids === null)
    return {
      count: () => pushed.count({ ...query, most: MOST_COUNTED }),
      async page({ after, ...page }) {
        const behind = after === null ? null : { staged: after.row, value: after.value };
        const { rows, more, position } = await pushed.page({ ...query, ...page, after: behind });
        return {
          items: rows.flatMap((row) => itemOf(row, type) ?? []),
          more,
          position: position === null ? null : { row: position.staged, value: position.value },
        };
      },
    };
  // An id is the anchor itself.
  const anchors = [...new Set(ids.map(({ norm }) => norm))];
  const rows = anchors.length === 0 ? [] : await spaces.byAnchors(connection, kind!, anchors);
  const found = rows
    .flatMap((row): Item | [] => itemOf(row, type) ?? [])
    .filter(({ resource }) => holds(condition!, foldDocument(resource, type)));
  return {
    count: async () => found.length,
    async page({ after, offset, limit }) {
      const left = found.filter(({ row }) => row! > (after?.row ?? 0)).slice(offset);
      const items = left.slice(0, limit);
      const last = items.at(-1);
      return { items, more: left.length > limit, position: last === undefined ? null : { row: last.row!, value: null } };
    },
  };
}

/** What the store is asked. @throws ScimError `invalidFilter` */
async function queryOf(
  filter: string | undefined,
  type: ScimResourceType,
  { connection, base }: Pushed,
  services: ScimServices,
): Promise<Query> {
  const kind = base.kindOf[type.name]!;
  if (filter === undefined) return { connection, kind, condition: null, keys: null };
  const compiled = compileFilter(parseFilter(filter), type, { unknown: base.tolerant ? 'noMatch' : 'error' });
  const condition = await withMembersKnown(compiled, connection, services);
  return { connection, kind, condition, keys: keysOf(condition, new Set(base.keyed[type.name])), mostMs: MOST_MS };
}
