/** The base URL of a connection that receives: resources as they were pushed. */
import type { ScimBase } from '#connectors/contract';
import type { ScimResourceType } from '#protocols/scim/schema';
import { newResourceId } from './id.ts';
import { itemOf, type Pushed } from './pushed-item.ts';
import { groupsOf, membersOf } from './pushed-members.ts';
import { listedOf } from './pushed-search.ts';
import { write } from './pushed-write.ts';
import type { Base, ScimServices } from './service.ts';
import { type Item, type Side, settings } from './side.ts';

export function pushed(connection: string, base: ScimBase): Base {
  return (asked, services) => sideOf({ ...asked, connection, base }, services);
}

function sideOf(of: Pushed, services: ScimServices): Side {
  const { base, connection } = of;
  const find = async (type: ScimResourceType, id: string): Promise<Item | null> => {
    const [row] = await services.store.spaces.byAnchors(connection, base.kindOf[type.name]!, [id]);
    return row === undefined ? null : itemOf(row, type);
  };
  const written: Side['write'] = async (id, request, type) => {
    const resource = await write(id, request, type, of, services);
    return { item: resource === null ? null : { resource, row: null } };
  };
  return {
    types: base.types,
    tolerant: base.tolerant,
    settings: settings({ writes: true }),
    find,
    listed: (filter, type) => listedOf(filter, type, of, services),
    async *members({ resource, row }) {
      const group = row ?? (await find(base.types.find(({ name }) => name === 'Group')!, String(resource['id'])))?.row;
      if (group != null) yield* membersOf(group, of, services);
    },
    groups: (users) =>
      groupsOf(
        users.map(({ resource }) => String(resource['id'])),
        of,
        services,
      ),
    create: (body, type) => written(newResourceId(services.wall()), { do: 'create', body }, type),
    write: written,
  };
}
