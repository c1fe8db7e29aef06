/** How those outside name somebody: an account of theirs, `hr:E1042`, of the first connection in the file that has one. Commands find them by it. */
import { accountName } from '#core/label';
import type { ObjectId, Store } from '#store/contract';

const AT_ONCE = 1_000;

/** `connections`: names in the order of the file. Who has no account that is there is left out. */
export async function knownAs(
  ids: readonly ObjectId[],
  connections: readonly string[],
  store: Store,
): Promise<ReadonlyMap<ObjectId, string>> {
  const rank = (name: string): number => (connections.includes(name) ? connections.indexOf(name) : connections.length);
  const out = new Map<ObjectId, string>();
  const wanted = [...new Set(ids)];
  for (let from = 0; from < wanted.length; from += AT_ONCE) {
    const rows = await store.sync.linked(wanted.slice(from, from + AT_ONCE));
    for (const { objectId, connection, anchor, name } of rows
      .filter((row) => row.presence !== 'gone')
      .toSorted((a, b) => rank(a.connection) - rank(b.connection))) {
      const account = accountName({ name, anchor });
      if (objectId !== null && account !== null && !out.has(objectId)) out.set(objectId, `${connection}:${account}`);
    }
  }
  return out;
}
