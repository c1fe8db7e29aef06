/** Staged rows and what lies beside them: keys, memberships, what they are parked over. */
import type { Row } from '../../tables/database.ts';
import { EXPORT_COLUMNS } from '../../writes/export-columns.ts';
import { isUnique, strongTwin } from '../../writes/keys.ts';
import type { Loader } from '../working-copy.ts';

/** Columns of a row that is only to be moved, marked or looked at by whose it is; images stay behind. */
export const NARROW: readonly string[] = [
  'id',
  'connection',
  'kind',
  'presence',
  'revision',
  'touched_seq',
  'incarnation',
  'object_id',
  'link_how',
  'link_run',
  'origin',
  'protected',
  'anchor',
  ...EXPORT_COLUMNS,
  'overtaken',
];

export async function stagedByIds(loader: Loader, ids: Iterable<number>, columns?: readonly string[]): Promise<Row[]> {
  const list = [...new Set(ids)];
  if (list.length === 0) return [];
  return await loader.rows('staged', 'from staged t where t.id = any($1::bigint[])', [list], columns);
}

/** Each with its connection and kind by id. */
export async function stagedByAnchors(
  loader: Loader,
  anchors: readonly (readonly [connection: number, kind: number, anchor: string])[],
): Promise<Row[]> {
  if (anchors.length === 0) return [];
  return await loader.rows(
    'staged',
    `from unnest($1::bigint[], $2::bigint[], $3::text[]) as n(connection, kind, anchor)
       join staged t on t.connection = n.connection and t.kind = n.kind and t.anchor = n.anchor`,
    [anchors.map(([connection]) => connection), anchors.map(([, kind]) => kind), anchors.map(([, , anchor]) => anchor)],
  );
}

/** Keys by scope and normal form, with the unique twins of join keys. */
export async function keysAt(loader: Loader, wanted: Iterable<readonly [scope: string, norm: string]>): Promise<void> {
  const plain: [number, string][] = [];
  const unique: [number, string][] = [];
  for (const [scope, norm] of wanted) {
    for (const one of [scope, strongTwin(scope)]) {
      const term = one === null ? 0 : loader.termId(one);
      if (term !== 0) (isUnique(one!) ? unique : plain).push([term, norm]);
    }
  }
  const tables = [
    ['object_key', plain],
    ['unique_key', unique],
  ] as const;
  await Promise.all(
    tables.map(([table, pairs]) =>
      pairs.length === 0
        ? []
        : loader.rows(
            table,
            `from unnest($1::bigint[], $2::text[]) as n(scope, norm) join ${table} t on t.scope = n.scope and t.norm = n.norm`,
            [pairs.map(([scope]) => scope), pairs.map(([, norm]) => norm)],
          ),
    ),
  );
}

/** The list that a staged row keeps of its own keys. */
export function listedKeys(keys: unknown): [string, string][] {
  return keys === null || keys === undefined ? [] : (JSON.parse(String(keys)) as [string, string][]);
}

export async function edgesAt(
  loader: Loader,
  positions: readonly { readonly stagedId: number; readonly attribute: string; readonly key: string }[],
): Promise<void> {
  if (positions.length === 0) return;
  await loader.rows(
    'reference',
    `from unnest($1::bigint[], $2::bigint[], $3::text[]) as n(staged_id, attribute, key)
       join reference t on t.staged_id = n.staged_id and t.attribute = n.attribute and t.key = n.key`,
    [positions.map((one) => one.stagedId), positions.map((one) => loader.termId(one.attribute)), positions.map((one) => one.key)],
  );
}

export async function refusedOf(loader: Loader, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) await loader.rows('parked', 'from parked t where t.staged_id = any($1::bigint[])', [ids]);
}

/** A column of what `rows` answered with all columns, by name. */
export function columnOf(loader: Loader, table: string): (row: Row, column: string) => unknown {
  const places = new Map(
    loader.session.db.all('select name, cid from pragma_table_info(?)', table).map(([name, cid]) => [String(name), Number(cid)]),
  );
  return (row, column) => row[places.get(column)!];
}
