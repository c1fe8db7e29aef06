/** What a person has already, of those about whom an item says that there is one too many. */
import { accountName } from '#core/label';
import type { ParkedRow, Store } from '#store/contract';

/** Item → the account that the person has, of those about one too many. */
export async function accountsHad(
  rows: readonly ParkedRow[],
  details: ReadonlyMap<number, unknown>,
  store: Store,
): Promise<ReadonlyMap<number, string>> {
  const second = rows.filter(({ kind }) => kind === 'duplicateAccount' || kind === 'second');
  const personOf = (row: ParkedRow): number | undefined => row.objectId ?? namedIn(details.get(row.id))[0];
  const ids = second.flatMap((row) => personOf(row) ?? []);
  const linked = ids.length === 0 ? [] : await store.sync.linked([...new Set(ids)]);
  const out = new Map<number, string>();
  for (const row of second) {
    const { anchor = null } = details.get(row.id) as { anchor?: string | null };
    const has = linked.find(
      (one) =>
        one.objectId === personOf(row) && one.connection === row.connection && one.presence !== 'gone' && one.anchor !== anchor,
    );
    if (has) out.set(row.id, accountName(has) ?? `#${has.id}`);
  }
  return out;
}

/** People whom a note names by their ids. */
export function namedIn(detail: unknown): number[] {
  const { candidates, object, holders } = (detail ?? {}) as { [name: string]: unknown };
  return [candidates, object, holders].flat().filter((one) => typeof one === 'number');
}
