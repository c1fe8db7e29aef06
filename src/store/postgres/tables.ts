/** What both sides say of the tables: columns in the working copy's order, keys, and PostgreSQL's types of them. */
import type { ClientBase } from 'pg';
import type { Database } from '../tables/database.ts';
import { query } from './connect.ts';

export interface Table {
  readonly name: string;
  readonly columns: readonly string[];
  /** By column: `bigint`, `text`, …, as unnest is told. */
  readonly types: readonly string[];
  /** Places of the columns that are the key. */
  readonly key: readonly number[];
}

export async function readTables(client: ClientBase, db: Database): Promise<ReadonlyMap<string, Table>> {
  const types = new Map<string, string>();
  for (const [table, column, type] of await query(
    client,
    `select c.relname, a.attname, format_type(a.atttypid, null) from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`,
  ))
    types.set(`${String(table)}.${String(column)}`, String(type));
  const out = new Map<string, Table>();
  const names = db.all(
    `select name from sqlite_schema where type = 'table' and name not like 'search' and name not like 'search\\_%' escape '\\' and name not like 'sqlite_%'`,
  );
  for (const name of [...names.map(([table]) => String(table)), 'search_pending']) {
    const info = db.all('select name, pk from pragma_table_info(?) order by cid', name);
    const columns = info.map(([column]) => String(column));
    out.set(name, {
      name,
      columns,
      types: columns.map((column) => types.get(`${name}.${column}`) ?? missing(name, column)),
      key: info
        .map(([, pk], place) => ({ pk: Number(pk), place }))
        .filter(({ pk }) => pk > 0)
        .sort((a, b) => a.pk - b.pk)
        .map(({ place }) => place),
    });
  }
  return out;
}

function missing(table: string, column: string): never {
  throw new TypeError(`PostgreSQL's schema has no column ${table}.${column}`);
}
