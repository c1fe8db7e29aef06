/**
 * The rows an operation changed, as statements over sets: per table one for what goes, one for each set of columns that
 * changes, one for what is new. Their number grows with the kinds of change, never with the rows.
 */
import type { ClientBase } from 'pg';
import { type RowChange, type Said, UNSAID } from './changeset.ts';
import { query, type Value } from './connect.ts';
import type { Table } from './tables.ts';

/** Its number is the database's own: nobody speaks of it. */
const NUMBERED_THERE = 'search_pending';

export async function flushTable(client: ClientBase, table: Table, changes: readonly RowChange[]): Promise<void> {
  const gone: RowChange[] = [];
  const fresh: RowChange[] = [];
  const updates = new Map<string, RowChange[]>();
  for (const change of changes) {
    if (change.operation === 'delete') gone.push(change);
    else if (change.operation === 'insert') fresh.push(change);
    else {
      const shape = change.after.map((value) => (value === UNSAID ? '0' : '1')).join('');
      const same = updates.get(shape);
      if (same) same.push(change);
      else updates.set(shape, [change]);
    }
  }
  // A key that moves from one row to another is free before it is taken.
  if (gone.length > 0) await remove(client, table, gone);
  await freeAnchors(client, table, [...updates.values()].flat());
  for (const same of updates.values()) await update(client, table, same);
  if (fresh.length > 0) await insert(client, table, fresh);
}

async function remove(client: ClientBase, table: Table, rows: readonly RowChange[]): Promise<void> {
  const keys = table.key.map((place, i) => ({ place, name: `k${i}` }));
  await query(
    client,
    `delete from ${quoted(table.name)} t using unnest(${keys.map(({ place }, i) => `$${i + 1}::${table.types[place]}[]`).join(', ')})
       as n(${keys.map(({ name }) => name).join(', ')}) where ${keys.map(({ place, name }) => `t.${column(table, place)} = n.${name}`).join(' and ')}`,
    keys.map(({ place }) => rows.map((row) => row.before[place])),
  );
}

/** Anchors are unique, and a statement that gives several looks at them row by row. */
async function freeAnchors(client: ClientBase, table: Table, updates: readonly RowChange[]): Promise<void> {
  if (table.name !== 'staged') return;
  const [id, anchor] = [table.columns.indexOf('id'), table.columns.indexOf('anchor')];
  const moving = updates.filter(({ before, after }) => after[anchor] !== UNSAID && before[anchor] !== null);
  if (moving.length === 0) return;
  await query(client, 'update staged set anchor = null where id = any($1::bigint[])', [moving.map(({ before }) => before[id])]);
}

async function update(client: ClientBase, table: Table, rows: readonly RowChange[]): Promise<void> {
  const first = rows[0]!;
  const places = table.columns.map((_, place) => place);
  const set = places.filter((place) => first.after[place] !== UNSAID);
  const named = [
    ...table.key.map((place, i) => ({ place, name: `k${i}` })),
    ...set.map((place, i) => ({ place, name: `v${i}` })),
  ];
  await query(
    client,
    `update ${quoted(table.name)} t set ${set.map((place, i) => `${column(table, place)} = n.v${i}`).join(', ')}
       from unnest(${named.map(({ place }, i) => `$${i + 1}::${table.types[place]}[]`).join(', ')}) as n(${named.map(({ name }) => name).join(', ')})
       where ${table.key.map((place, i) => `t.${column(table, place)} = n.k${i}`).join(' and ')}`,
    named.map(({ place, name }) =>
      rows.map((row): Said | undefined => (name.startsWith('k') ? row.before[place] : row.after[place])),
    ),
  );
}

/** Whole rows, new or not: of sums it differs from batch to batch which there are. */
export async function putRows(client: ClientBase, table: Table, rows: readonly (readonly Value[])[]): Promise<void> {
  const names = table.columns.map(quoted);
  const key = table.key.map((place) => names[place]!);
  await query(
    client,
    `insert into ${quoted(table.name)} (${names.join(', ')}) select * from unnest(${table.types.map((type, i) => `$${i + 1}::${type}[]`).join(', ')})
       on conflict (${key.join(', ')}) do update set ${names
         .filter((name) => !key.includes(name))
         .map((name) => `${name} = excluded.${name}`)
         .join(', ')}`,
    names.map((_, place) => rows.map((row) => row[place])),
  );
}

async function insert(client: ClientBase, table: Table, rows: readonly RowChange[]): Promise<void> {
  const places = table.columns
    .map((_, place) => place)
    .filter((place) => !(table.name === NUMBERED_THERE && table.key.includes(place)))
    .filter((place) => rows.some((row) => row.after[place] !== null));
  await query(
    client,
    `insert into ${quoted(table.name)} (${places.map((place) => column(table, place)).join(', ')})
       select * from unnest(${places.map((place, i) => `$${i + 1}::${table.types[place]}[]`).join(', ')})`,
    places.map((place) => rows.map((row) => row.after[place] as Value)),
  );
}

function column(table: Table, place: number): string {
  return quoted(table.columns[place]!);
}

function quoted(name: string): string {
  return `"${name}"`;
}
