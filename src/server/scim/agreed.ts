/** A base URL at which applications read people and groups as they are agreed. */
import type { ServeOptions } from '#operations/operation';
import { ScimError } from '#protocols/scim/errors';
import type { Complex } from '#protocols/scim/resource';
import type { ScimResourceType } from '#protocols/scim/schema';
import type { Served, ServedBase } from '#scim-view/base';
import { objectId } from '#scim-view/found';
import { listOf } from '#scim-view/list';
import { groupsOf, membersOf, withVersion } from '#scim-view/members';
import { type Item as AgreedItem, itemsOf } from '#scim-view/resources';
import { writeAgreed } from './agreed-write.ts';
import type { Base, ScimServices } from './service.ts';
import { type Asked, type Item, MOST_MS, type Side, settings } from './side.ts';

export function agreed(base: ServedBase, config: ServeOptions['config']): Base {
  return (asked, services) => sideOf(base, config, asked, services);
}

function sideOf(base: ServedBase, config: ServeOptions['config'], asked: Asked, services: ScimServices): Side {
  const { url } = asked;
  const { store } = services;
  const surroundings = { store, config };
  /** What the items that were given out were made of. */
  const made = new WeakMap<Item, { readonly agreed: AgreedItem; readonly members: readonly Complex[] | null }>();
  const itemOf = (one: AgreedItem, members: readonly Complex[] | null): Item => {
    const item = { resource: one.resource, row: one.row.id };
    made.set(item, { agreed: one, members });
    return item;
  };
  const servedOf = (type: ScimResourceType): Served => base.types.find((one) => one.type === type)!;
  const membersIn = async (one: AgreedItem, served: Served): Promise<readonly Complex[]> => {
    const members: Complex[] = [];
    for await (const page of membersOf(one.row, served, base, url, surroundings)) members.push(...page);
    return members;
  };
  const side: Side = {
    types: base.types.map(({ type }) => type),
    tolerant: false,
    settings: settings({ writes: base.write !== null && !asked.onlyReads }),
    async find(type, id, members) {
      const served = servedOf(type);
      const number = objectId(id);
      const rows = number === null ? [] : await store.sync.objects([number]);
      const [one] = await itemsOf(rows, served, base, surroundings);
      if (one === undefined) return null;
      if (served.members === null || !members) return itemOf(one, null);
      const all = await membersIn(one, served);
      return itemOf(withVersion(one, all), all);
    },
    async listed(filter, type, whole) {
      const list = await listOf(filter, servedOf(type), { whole, mostMs: MOST_MS }, base, surroundings);
      return {
        count: () => list.count(),
        async page({ after, ...rest }) {
          const behind = after === null ? null : { id: after.row, value: after.value };
          const { items, more, position } = await list.page({ ...rest, after: behind });
          return {
            items: items.map((one) => itemOf(one, null)),
            more,
            position: position === null ? null : { row: position.id, value: position.value },
          };
        },
      };
    },
    async *members(item) {
      const { agreed: one, members } = made.get(item)!;
      if (members !== null) yield members;
      else
        yield* membersOf(one.row, servedOf(base.types.find(({ kind }) => kind === one.row.kind)!.type), base, url, surroundings);
    },
    async groups(users) {
      const out = new Map<string, readonly Complex[]>();
      for (const user of users) {
        const { agreed: one } = made.get(user)!;
        out.set(String(one.row.id), await groupsOf(one.row, base, url, surroundings));
      }
      return out;
    },
    create: () => Promise.reject(base.write === null ? readOnly() : nobodyMade()),
    async write(id, request, type) {
      if (base.write === null) throw readOnly();
      if (request.do === 'create' || request.do === 'delete') throw nobodyMade();
      const find = async (): Promise<AgreedItem | null> => {
        const item = await side.find(type, id, request.ifMatch !== undefined || request.ifNoneMatch !== undefined);
        return item === null ? null : { ...made.get(item)!.agreed, resource: item.resource };
      };
      await writeAgreed(request, servedOf(type), { ...asked, write: base.write }, find, services);
      return { item: await side.find(type, id, true) };
    },
  };
  return side;
}

/** Who is here follows from the sources alone. */
function nobodyMade(): ScimError {
  return new ScimError(501, undefined, 'people and groups come and go with their sources: nobody is made or deleted here');
}

function readOnly(): ScimError {
  return new ScimError(403, undefined, 'this base URL is for reading alone');
}
