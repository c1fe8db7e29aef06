/** Few values added to a list, or taken out of it: how long the list is does not matter, for the server is asked about those alone. */
import type { SetEdits, WriteItem, WriteResult } from '#connectors/contract';
import { allOf, equals, type Filter } from '#protocols/ldap/filter';
import { modify } from '#protocols/ldap/requests';
import { isMember, NO_MEMBER } from './members.ts';
import { described, sent } from './modifications.ts';
import { one } from './session.ts';
import type { Writing } from './write.ts';

/** Of more than so many, comparing each with a long list costs the server more than showing the list. */
const FEW = 50;

export function isFewEdits({ set, name, add = {}, remove = {} }: WriteItem): boolean {
  const count = [...Object.values(add), ...Object.values(remove)].reduce((sum, list) => sum + list.length, 0);
  return name === undefined && Object.keys(set).length === 0 && count > 0 && count <= FEW;
}

/** Null where the server does not say that all of them were done: it lets us compare less than read, or has no rule of equality. */
export async function editedAnswer(item: WriteItem, dn: string, writing: Writing): Promise<WriteResult | null> {
  const { client, decoder, directory } = writing.live;
  const compared = (edits: SetEdits['add'] = {}): Filter[] =>
    Object.entries(edits).flatMap(([name, list]) => {
      const attribute = described(name);
      return sent(attribute, list, writing.live.schema).map((value) => equals(attribute, value));
    });
  const gone = compared(item.remove).map((not): Filter => ({ not }));
  const holds = (filter: Filter): Promise<boolean> =>
    one(client, decoder, { base: dn, scope: 'base', filter, attributes: ['1.1'] }).then((entry) => entry !== null);
  if (!(await holds(allOf([...compared(item.add), ...gone])))) return null;
  // Active Directory's groups may be without members.
  const lists =
    directory.vendor === 'activeDirectory'
      ? []
      : Object.keys(item.add ?? {})
          .map(described)
          .filter(isMember);
  for (const attribute of lists) {
    if (!(await holds(equals(attribute, NO_MEMBER)))) continue;
    // Where the other one went meanwhile, the server keeps this one, and is right.
    await client.request(modify(dn, [{ op: 'delete', attribute, values: [NO_MEMBER] }]));
  }
  return { ok: true, anchor: item.anchor!, name: dn, edited: true };
}
