/** Parked items that a person said to leave as they are: they are kept, and not listed again (SEMANTICS 13). */
import type { ParkedRow, Store } from '#store/contract';

const PAGE = 1_000;

/** Of these items, in pages, those nobody said to ignore. */
export async function* unignoredIn(
  filter: { readonly kind: string; readonly connection?: string },
  store: Store,
): AsyncGenerator<readonly ParkedRow[]> {
  for (let after = 0; ; ) {
    const page = await store.decisions.parked(filter, { after, limit: PAGE });
    yield await unignored(page, store);
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

/** The items nobody said to ignore. */
export async function unignored(rows: readonly ParkedRow[], store: Store): Promise<readonly ParkedRow[]> {
  const ignored = new Set<string>();
  const stagedIds = rows.flatMap((row) => (row.stagedId === null ? [] : [row.stagedId]));
  const objectIds = rows.flatMap((row) => (row.objectId === null ? [] : [row.objectId]));
  for (const filter of [{ stagedIds }, { objectIds }]) {
    if (Object.values(filter)[0]!.length === 0) continue;
    for (let after = 0; ; ) {
      const page = await store.decisions.list({ ...filter, active: true }, { after, limit: PAGE });
      for (const one of page) {
        if (one.kind === 'ignore')
          ignored.add(
            subject(one.stagedId, one.objectId, (JSON.parse(one.detail) as { parked?: string }).parked ?? '', one.connection),
          );
      }
      if (page.length < PAGE) break;
      after = page.at(-1)!.id;
    }
  }
  return rows.filter((row) => !ignored.has(subject(row.stagedId, row.objectId, row.kind, row.connection)));
}

function subject(stagedId: number | null, objectId: number | null, kind: string, connection: string | null): string {
  return [stagedId, objectId, kind, connection].join('\u001f');
}
