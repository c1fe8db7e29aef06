/** What a person has already, of those about whom an item says that there is one too many. */
import { accountName } from '#core/label';
import type { ObjectId, ParkedRow, StagedRow, Store } from '#store/contract';

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

type Standing = Pick<StagedRow, 'id' | 'objectId' | 'presence'>;

/** Item → what stands where its account was to be, or has its unique value: `{by, anchor}` of the item; accounts yet to be made, too. */
export async function standingFor(rows: readonly ParkedRow[], store: Store): Promise<ReadonlyMap<number, readonly Standing[]>> {
  const out = new Map<number, Standing[]>();
  const asked = rows.flatMap((row) => {
    const { by = 'anchor', anchor } = JSON.parse(row.detail) as { by?: string; anchor?: string };
    const { connection } = row;
    return row.kind !== 'accountExists' || connection === null || typeof anchor !== 'string'
      ? []
      : [{ id: row.id, connection, by, anchor }];
  });
  const note = (id: number, found: readonly Standing[]): void => {
    out.set(id, [...(out.get(id) ?? []), ...found.filter((one) => one.presence !== 'gone')]);
  };
  for (const some of Map.groupBy(asked, ({ connection, by }) => `${connection}\u001f${by}`).values()) {
    const { connection, by } = some[0]!;
    if (by === 'anchor' || by === 'nameKey') {
      const found = await store.spaces.resolve(connection, by, null, [...new Set(some.map(({ anchor }) => anchor))]);
      for (const { id, anchor } of some)
        note(
          id,
          found.flatMap((one) => (one.key === anchor ? [{ ...one, id: one.stagedId }] : [])),
        );
      continue;
    }
    const keys = await store.sync.keys(some.map(({ anchor }) => ({ scope: `staged:${by}`, norm: anchor })));
    const accounts = new Map((await store.spaces.byIds(keys.map((key) => key.owner))).map((one) => [one.id, one]));
    for (const { id, anchor } of some)
      note(
        id,
        keys.flatMap((key) => (key.norm === anchor ? (accounts.get(key.owner) ?? []) : [])),
      );
  }
  return out;
}

/** Whose that is, where all of it is others': an account of nobody may be this person's. */
export function holdersOf(item: Pick<ParkedRow, 'objectId'>, standing: readonly Standing[] = []): ObjectId[] {
  if (standing.some((one) => one.objectId === null)) return [];
  const ids = standing.flatMap(({ objectId }) => (objectId === null || objectId === item.objectId ? [] : [objectId]));
  return [...new Set(ids)].sort((a, b) => a - b);
}

/** People whom a note names by their ids. */
export function namedIn(detail: unknown): number[] {
  const { candidates, object, holders } = (detail ?? {}) as { [name: string]: unknown };
  return [candidates, object, holders].flat().filter((one) => typeof one === 'number');
}
