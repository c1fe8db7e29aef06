/** Resources as their answer's text, with what is kept apart from them: the members of a group, the groups of a user. */

import { refusal } from '#protocols/scim/errors';
import { type Selection, showResource, wants } from '#protocols/scim/project';
import type { Complex, Resource } from '#protocols/scim/resource';
import type { ScimResourceType } from '#protocols/scim/schema';
import type { Item, Side } from './side.ts';

/** Members that one list may show; who wants more asks for the groups one by one. */
const MOST_LISTED = 200_000;

export interface Shown {
  readonly item: Item;
  readonly type: ScimResourceType;
}

/** One JSON text each. `url`: of the base. @throws ScimError `tooMany` */
export async function textsOf(
  all: readonly Shown[],
  selections: ReadonlyMap<ScimResourceType, Selection>,
  url: string,
  side: Side,
): Promise<readonly string[]> {
  const users = all.filter(({ type }) => wants(selections.get(type)!, type, 'groups') !== 'no').map(({ item }) => item);
  const groups = users.length === 0 ? null : await side.groups(users);
  const out: string[] = [];
  let members = 0;
  for (const { item, type } of all) {
    const { resource } = item;
    const selection = selections.get(type)!;
    const of = groups?.get(String(resource['id']));
    const lists = of === undefined ? {} : { lists: { groups: of } };
    const text = JSON.stringify(showResource(resource, type, { baseUrl: url, selection, ...lists }));
    if (wants(selection, type, 'members') === 'no') {
      out.push(text);
      continue;
    }
    const parts: string[] = [];
    for await (const page of side.members(item)) {
      members += page.length;
      if (all.length > 1 && members > MOST_LISTED)
        throw refusal('tooMany', 'these groups have too many members for one list: exclude members, or ask for fewer groups');
      const part = membersText(page, resource, type, selection, url);
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
  url: string,
): string {
  if (page.length === 0) return '';
  const { members } = showResource({ id: id!, meta: {} }, type, { baseUrl: url, selection, lists: { members: page } });
  return members === undefined ? '' : JSON.stringify(members).slice(1, -1);
}
