/**
 * Loads the import index of one connector space, in pages by id. Rows as they come: packed into one value per page by the
 * server (packed.ts) they cost the client a third less, and the server more than that.
 */
import type { Pool } from 'pg';
import type { ImportIndexRows } from '../../contract.ts';
import { collectIndexRows } from '../../tables/index-rows.ts';
import { query, type Value } from '../connect.ts';
import { inSnapshot } from '../snapshot.ts';

const PAGE = 20_000;

const ROWS = `select id, presence, anchor_high, anchor_low, content_0, content_1, content_2, content_3 from staged
  where connection = $1 and id > $2 and anchor_high is not null order by id limit ${PAGE}`;

export async function readIndexRows(pool: Pool, connection: string): Promise<ImportIndexRows> {
  return await inSnapshot(pool, async (client) => {
    const [space] = await query(client, 'select id from connection where name = $1', [connection]);
    const collected = collectIndexRows();
    let after: Value | undefined = 0;
    while (after !== undefined) {
      const page = await query(client, ROWS, [space?.[0] ?? 0, after]);
      for (const row of page) collected.add(row[0] as number, row[1] as number, row, 2);
      after = page.length < PAGE ? undefined : page[page.length - 1]![0];
    }
    return collected.rows();
  });
}
