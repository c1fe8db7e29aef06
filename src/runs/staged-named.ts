/** The object of a system that somebody means: by its anchor, or by what its system calls it, such as a DN. */
import { nameKeys } from '#engine/import/staging';
import type { StagedRow, Store } from '#store/contract';

/** `kinds`: asked for besides those that the system has. Of several the one that is there. */
export async function stagedNamed(
  connection: string,
  text: string,
  store: Store,
  kinds: readonly string[] = [],
): Promise<StagedRow | null> {
  const found: StagedRow[] = [];
  for (const kind of new Set([...Object.keys(await store.spaces.count(connection)), ...kinds]))
    found.push(...(await store.spaces.byAnchors(connection, kind, [text])));
  if (found.length === 0) {
    const named = await store.spaces.resolve(connection, 'nameKey', null, [nameKeys(text).nameKey!]);
    found.push(...(await store.spaces.byIds(named.map(({ stagedId }) => stagedId))));
  }
  return found.find(({ presence }) => presence !== 'gone') ?? found[0] ?? null;
}
