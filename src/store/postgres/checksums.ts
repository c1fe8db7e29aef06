/** SHA-256 of each table, as the SQLite store makes them of its own. */
import { createHash } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import { query, type Row } from './connect.ts';
import { inSnapshot } from './snapshot.ts';

/** Rows of a page; of a table whose rows may be large, fewer. */
const PAGE = 1_000;
const PAGE_OF: { readonly [table: string]: number } = { blob: 10, attempt: 100 };

// Left out: the search index is derived, and grows when somebody searches; `turn`, `tenure` and `handed` are of processes.
const TABLES = `select c.relname, array_to_json(array(select a.attname from pg_index i cross join unnest(i.indkey) with ordinality k (column_number, n)
    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.column_number where i.indrelid = c.oid and i.indisprimary order by k.n))::text,
    array_to_json(array(select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum))::text
  from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and c.relname not like 'search%' and c.relname not in ('turn', 'tenure', 'handed') order by c.relname collate "C"`;

/** Hex, by table: all columns of all rows in key order, at one moment. */
export async function checksums(pool: Pool): Promise<{ [table: string]: string }> {
  return await inSnapshot(pool, async (client) => {
    const out: { [table: string]: string } = {};
    for (const [table, key, columns] of (await query(client, TABLES)) as [string, string, string][])
      out[table] = await checksum(client, table, JSON.parse(key) as string[], JSON.parse(columns) as string[]);
    return out;
  });
}

async function checksum(client: ClientBase, table: string, key: readonly string[], columns: readonly string[]): Promise<string> {
  const names = key.map((name) => `"${name}"`).join(', ');
  const places = key.map((name) => columns.indexOf(name));
  const size = PAGE_OF[table] ?? PAGE;
  const page = (where: string): string =>
    `select ${columns.map((name) => `"${name}"`).join(', ')} from "${table}" ${where} order by ${names} limit ${size}`;
  const first = page('');
  const next = page(`where (${names}) > (${key.map((_, i) => `$${i + 1}`).join(', ')})`);
  const hash = createHash('sha256');
  let rows = await query(client, first);
  while (rows.length > 0) {
    hash.update(rows.map((row) => `${JSON.stringify(row.map(bytesAsHex))}\n`).join(''));
    if (rows.length < size) break;
    const last: Row = rows[rows.length - 1]!;
    rows = await query(
      client,
      next,
      places.map((place) => last[place]),
    );
  }
  return hash.digest('hex');
}

function bytesAsHex(value: unknown): unknown {
  return value instanceof Uint8Array ? { hex: Buffer.from(value).toString('hex') } : value;
}
