/** What a database says of its tables: which there are, and by what their rows are known. */
import { placeOf, type System } from './address.ts';
import { pathOf } from './columns.ts';
import type { KindConfig, SqlConfig } from './config.ts';
import type { Column, Driver, Session } from './driver.ts';
import { sourceOf } from './shape.ts';
import { bound, type Fragment, sql, statementOf } from './statement.ts';

/** More are none that anybody looks through. */
const MOST = 500;

const NAME: Column = { name: 'name', type: 'string', multi: false, native: 'text' };

/** Those that the account may read; one of the usual schema without its name. */
const TABLES: { readonly [system in System]: Fragment } = {
  postgres: sql`select case when pg_catalog.pg_table_is_visible(c.oid) then c.relname else n.nspname || '.' || c.relname end
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
    and pg_catalog.has_table_privilege(c.oid, 'select') order by 1`,
  mariadb: sql`select table_name from information_schema.tables where table_schema = database() order by table_name`,
  sqlite: sql`select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by name`,
  sqlserver: sql`select case when schema_id = schema_id(schema_name()) then name else schema_name(schema_id) + '.' + name end
    from sys.objects where type in ('U', 'V') and is_ms_shipped = 0 order by 1`,
};

/** Columns of the primary key, in its order. */
const KEYS: { readonly [system in System]: (path: readonly string[], quoted: string) => Fragment } = {
  postgres: (_, quoted) => sql`select a.attname from pg_catalog.pg_index i
    join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
    where i.indrelid = pg_catalog.to_regclass(${bound(quoted)}) and i.indisprimary order by array_position(i.indkey, a.attnum)`,
  mariadb: (path) => sql`select column_name from information_schema.key_column_usage where constraint_name = 'PRIMARY'
    and table_schema = coalesce(${bound(path.length > 1 ? path[0]! : null)}, database()) and table_name = ${bound(path.at(-1)!)} order by ordinal_position`,
  sqlite: (path) => sql`select name from pragma_table_info(${bound(path.at(-1)!)}) where pk > 0 order by pk`,
  sqlserver: (
    _,
    quoted,
  ) => sql`select c.name from sys.indexes i join sys.index_columns x on x.object_id = i.object_id and x.index_id = i.index_id
    join sys.columns c on c.object_id = x.object_id and c.column_id = x.column_id
    where i.is_primary_key = 1 and i.object_id = object_id(${bound(quoted)}) order by x.key_ordinal`,
};

/** As they are written in the settings; one that has a dot in its name cannot be written so, and is left out. */
export async function tablesOf(session: Session, driver: Driver, { url }: SqlConfig): Promise<readonly string[]> {
  const { system } = placeOf(url);
  const names = await ask(session, driver, TABLES[system]);
  const depth = system === 'postgres' || system === 'sqlserver' ? 2 : 1;
  return names.filter((name) => name.split('.').length <= depth).slice(0, MOST);
}

/** Of the table of people; none where it has no key, or is a view or a query. */
export async function keyOf(session: Session, driver: Driver, { url, kinds }: SqlConfig): Promise<readonly string[]> {
  const table = kinds['person']?.table;
  if (table === undefined) return [];
  const path = pathOf(table);
  return ask(session, driver, KEYS[placeOf(url).system](path, path.map((part) => driver.quote(part)).join('.')));
}

export async function columnsOf(session: Session, driver: Driver, kind: KindConfig): Promise<readonly string[]> {
  const path = kind.table === undefined ? null : pathOf(kind.table);
  return (await session.describe(statementOf(sourceOf(kind), driver), path)).map(({ name }) => name);
}

async function ask(session: Session, driver: Driver, fragment: Fragment): Promise<readonly string[]> {
  return (await session.rows(statementOf(fragment, driver), [NAME])).map(([name]) => String(name));
}
