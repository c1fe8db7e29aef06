/** One decided change of one account, as a decision covers it. */
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { changeDigest } from '#runs/reasons';
import type { ExportState, StagedRow, Store } from '#store/contract';

/** Identifies exactly this change: another wish for the same account has another digest. Null when nothing is wanted. */
export function digestOf(row: Pick<StagedRow, 'id' | 'export'>): string | null {
  return row.export === null ? null : changeDigest(row.id, row.export);
}

/** Identifies a set of changes whatever their order. */
export function setDigest(rows: readonly Pick<StagedRow, 'id' | 'export'>[]): string {
  return sha256Hex(canonicalJson(rows.map((row) => digestOf(row)).sort()));
}

const PAGE = 2_000;

/** Every account of the connection whose change is in one of these states, by id. */
export async function changesIn(store: Store, connection: string, states: readonly ExportState[]): Promise<StagedRow[]> {
  const rows: StagedRow[] = [];
  for (let after = 0; ; ) {
    const page = await store.exports.list(connection, states, { after, limit: PAGE });
    for (const row of page) rows.push(row);
    if (page.length < PAGE) return rows;
    after = page.at(-1)!.id;
  }
}
