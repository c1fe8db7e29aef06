/** Resources as their answer's text, with what is kept apart from them: the members of a group, the groups of a user. */

import { refusal } from '#protocols/scim/errors';
import { type Selection, showResource, wants } from '#protocols/scim/project';
import type { Complex, Resource } from '#protocols/scim/resource';
import type { ScimResourceType } from '#protocols/scim/schema';
import { groupsOf, membersOf } from './membership.ts';
import type { Asked, Row, ScimServices } from './service.ts';

/** Members that one list may show; who wants more asks for the groups one by one. */
const MOST_LISTED = 200_000;

export interface Shown {
  readonly resource: Resource;
  readonly type: ScimResourceType;
  /** Its row, where it is at hand: who asks for members needs it. */
  readonly row: Pick<Row, 'id'> | null;
}

/** One JSON text each. @throws ScimError `tooMany` */
export async function textsOf(
  all: readonly Shown[],
  selections: ReadonlyMap<ScimResourceType, Selection>,
  asked: Asked,
  services: ScimServices,
): Promise<readonly string[]> {
  const users = all
    .filter(({ type }) => wants(selections.get(type)!, type, 'groups') !== 'no')
    .map(({ resource }) => String(resource['id']));
  const groups = users.length === 0 ? null : await groupsOf(users, asked, services);
  const out: string[] = [];
  let members = 0;
  for (const one of all) {
    const { resource, type, row } = one;
    const selection = selections.get(type)!;
    const of = groups?.get(String(resource['id']));
    const lists = of === undefined ? {} : { lists: { groups: of } };
    const text = JSON.stringify(showResource(resource, type, { baseUrl: asked.url, selection, ...lists }));
    if (row === null || wants(selection, type, 'members') === 'no') {
      out.push(text);
      continue;
    }
    const parts: string[] = [];
    for await (const page of membersOf(row, asked, services)) {
      members += page.length;
      if (all.length > 1 && members > MOST_LISTED)
        throw refusal('tooMany', 'these groups have too many members for one list: exclude members, or ask for fewer groups');
      const part = membersText(page, resource, type, selection, asked);
      if (part !== '') parts.push(part);
    }
    out.push(parts.length === 0 ? text : `${text.slice(0, -1)},"members":[${parts.join(',')}]}`);
  }
  return out;
}

/** As the selection shows them, without brackets. */
function membersText(
  page: readonly Complex[],
  { id }: Resource,
  type: ScimResourceType,
  selection: Selection,
  { url }: Asked,
): string {
  if (page.length === 0) return '';
  const { members } = showResource({ id: id!, meta: {} }, type, { baseUrl: url, selection, lists: { members: page } });
  return members === undefined ? '' : JSON.stringify(members).slice(1, -1);
}
