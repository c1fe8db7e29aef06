/** Loads the import index of one connector space: one scan. */
import type { ImportIndexRows } from '../../contract.ts';
import type { Database } from '../../tables/database.ts';
import { collectIndexRows } from '../../tables/index-rows.ts';

const ROWS = `select id, presence, anchor_high, anchor_low, content_0, content_1, content_2, content_3 from staged where connection = ? and anchor_high is not null`;

export function readIndexRows(db: Database, connection: string): ImportIndexRows {
  const space = db.get('select id from connection where name = ?', connection)?.[0] ?? 0;
  const collected = collectIndexRows();
  for (const row of db.each(ROWS, space)) collected.add(row[0] as number, row[1] as number, row, 2);
  return collected.rows();
}
