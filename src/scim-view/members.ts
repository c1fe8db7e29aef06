/** Whom a group has, and in which groups somebody is: found in the sources that decide about it, each member by its id here. */
import { RollcallError } from '#core/errors';
import { membersPage, referring } from '#people/referring';
import type { Complex, Resource } from '#protocols/scim/resource';
import type { ObjectId, ObjectRow } from '#store/contract';
import type { Served, ServedBase, Surroundings } from './base.ts';
import { type Item, servedOf, versionOf } from './resources.ts';

/** Read at a time. */
const PAGE = 5_000;
/** Groups of one member that are told. */
const MOST_GROUPS = 1_000;

/** Page by page, each once: those who are served at this base URL. */
export async function* membersOf(
  group: ObjectRow,
  { members: attribute }: Pick<Served, 'members'>,
  base: ServedBase,
  url: string,
  surroundings: Surroundings,
): AsyncGenerator<readonly Complex[]> {
  if (attribute === null) return;
  const told = new Set<ObjectId>();
  for (let after: string | null = null; ; ) {
    const page: Awaited<ReturnType<typeof membersPage>> = await membersPage(
      group,
      { attribute, after, limit: PAGE },
      surroundings,
    );
    const ids = page.members.flatMap(({ object }) => (object === null || told.has(object) ? [] : object));
    const known = await servedOf(ids, base, surroundings);
    const here = [...new Set(ids)].filter((id) => known.has(id));
    for (const id of here) told.add(id);
    if (here.length > 0) yield here.map((id) => referenceTo(id, known.get(id)!, url));
    if (page.next === null) return;
    after = page.next;
  }
}

function referenceTo(id: ObjectId, { type }: Served, url: string): Complex {
  return { value: String(id), type: type.name, $ref: `${url}${type.endpoint}/${id}` };
}

/** With the version that a group has by its members. */
export function withVersion({ resource, row }: Item, members: readonly Complex[]): Item {
  const { meta, ...rest } = resource;
  return { row, resource: { ...rest, meta: { ...(meta as Complex), version: versionOf([rest, members]) } } as Resource };
}

/** The groups that somebody is in directly and that are served. @throws RollcallError `unavailable` where they are too many */
export async function groupsWith(member: ObjectRow, base: ServedBase, surroundings: Surroundings): Promise<readonly ObjectId[]> {
  const out: ObjectId[] = [];
  for (const { kind, members: attribute } of base.types) {
    if (attribute === null) continue;
    const rows = await referring(member, { kind, attribute, after: 0, limit: MOST_GROUPS + 1 }, surroundings);
    if (rows.length > MOST_GROUPS) throw new RollcallError('unavailable', 'somebody is in too many groups to tell them');
    const known = await servedOf(
      rows.map(({ id }) => id),
      base,
      surroundings,
    );
    out.push(...known.keys());
  }
  return out.sort((a, b) => a - b);
}

/** As a user shows them (RFC 7643 4.1.2). */
export async function groupsOf(
  member: ObjectRow,
  base: ServedBase,
  url: string,
  surroundings: Surroundings,
): Promise<readonly Complex[]> {
  const ids = await groupsWith(member, base, surroundings);
  const type = base.types.find(({ members }) => members !== null)?.type;
  return ids.map((id) => ({ value: String(id), $ref: `${url}${type!.endpoint}/${id}`, type: 'direct' }));
}
