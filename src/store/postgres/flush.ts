/**
 * The rows an operation changed, as statements over sets: per table one for what goes, one for each set of columns that
 * changes, one for what is new. Their number grows with the kinds of change, never with the rows.
 */
import type { ClientBase } from 'pg';
import { type Changeset, kindOf, NULL, type TableChanges, UNSAID } from './changeset.ts';
import { query, type Value } from './connect.ts';
import { copyIn } from './copy-in.ts';
import { arrayOf, copyRows } from './encode.ts';
import type { Table } from './tables.ts';

/** Its number is the database's own: nobody speaks of it. */
const NUMBERED_THERE = 'search_pending';

/** Sent in this order, and done in it. */
export function flushTable(client: ClientBase, table: Table, changes: Changeset, rows: TableChanges): Promise<unknown>[] {
  const sent: Promise<unknown>[] = [];
  // A key that moves from one row to another is free before it is taken.
  if (rows.deleted.length > 0) sent.push(remove(client, table, changes, rows.deleted));
  const moving = table.name === 'staged' ? movingAnchors(table, changes, rows.updated) : [];
  if (moving.length > 0) sent.push(freeAnchors(client, table, changes, moving));
  for (const same of byShape(changes, rows.updated, table.columns.length)) sent.push(update(client, table, changes, same));
  if (rows.inserted.length > 0) sent.push(insert(client, table, changes, rows.inserted));
  return sent;
}

/** Those that set the same columns. */
function byShape(changes: Changeset, updates: TableChanges['updated'], columns: number): Iterable<TableChanges['updated']> {
  const shapes = new Map<string, TableChanges['updated']>();
  for (const one of updates) {
    let shape = '';
    for (let from = 0; from < columns; from += SHAPE_BITS) {
      let bits = 0;
      for (let place = from; place < Math.min(columns, from + SHAPE_BITS); place++)
        bits = bits * 2 + (kindOf(changes, one.after, place) === UNSAID ? 0 : 1);
      shape += String.fromCharCode(bits);
    }
    const same = shapes.get(shape);
    if (same) same.push(one);
    else shapes.set(shape, [one]);
  }
  return shapes.values();
}

/** Of a character. */
const SHAPE_BITS = 16;

async function remove(client: ClientBase, table: Table, changes: Changeset, records: readonly number[]): Promise<void> {
  const keys = table.key.map((place, i) => ({ place, name: `k${i}` }));
  await query(
    client,
    `delete from ${quoted(table.name)} t using unnest(${keys.map(({ place }, i) => `$${i + 1}::${table.types[place]}[]`).join(', ')})
       as n(${keys.map(({ name }) => name).join(', ')}) where ${keys.map(({ place, name }) => `t.${column(table, place)} = n.${name}`).join(' and ')}`,
    keys.map(({ place }) => arrayOf(changes, records, place, table.types[place]!)),
  );
}

function movingAnchors(table: Table, changes: Changeset, updates: TableChanges['updated']): number[] {
  const anchor = table.columns.indexOf('anchor');
  return updates
    .filter(({ before, after }) => kindOf(changes, after, anchor) !== UNSAID && kindOf(changes, before, anchor) !== NULL)
    .map(({ before }) => before);
}

/** Anchors are unique, and a statement that gives several looks at them row by row. */
async function freeAnchors(client: ClientBase, table: Table, changes: Changeset, records: readonly number[]): Promise<void> {
  const ids = arrayOf(changes, records, table.columns.indexOf('id'), 'bigint');
  await query(client, 'update staged set anchor = null where id = any($1::bigint[])', [ids]);
}

/** All of them set the same columns. */
async function update(client: ClientBase, table: Table, changes: Changeset, rows: TableChanges['updated']): Promise<void> {
  const { after } = rows[0]!;
  const set = table.columns.map((_, place) => place).filter((place) => kindOf(changes, after, place) !== UNSAID);
  const keys = rows.map((row) => row.before);
  const values = rows.map((row) => row.after);
  const types = [...table.key, ...set].map((place, i) => `$${i + 1}::${table.types[place]}[]`);
  const names = [...table.key.map((_, i) => `k${i}`), ...set.map((_, i) => `v${i}`)];
  await query(
    client,
    `update ${quoted(table.name)} t set ${set.map((place, i) => `${column(table, place)} = n.v${i}`).join(', ')}
       from unnest(${types.join(', ')}) as n(${names.join(', ')})
       where ${table.key.map((place, i) => `t.${column(table, place)} = n.k${i}`).join(' and ')}`,
    [
      ...table.key.map((place) => arrayOf(changes, keys, place, table.types[place]!)),
      ...set.map((place) => arrayOf(changes, values, place, table.types[place]!)),
    ],
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

/** A column that is null in all of them is left out. */
async function insert(client: ClientBase, table: Table, changes: Changeset, records: readonly number[]): Promise<void> {
  const places = table.columns
    .map((_, place) => place)
    .filter((place) => !(table.name === NUMBERED_THERE && table.key.includes(place)))
    .filter((place) => records.some((record) => kindOf(changes, record, place) !== NULL));
  const columns = places.map((place) => column(table, place)).join(', ');
  await copyIn(
    client,
    `copy ${quoted(table.name)} (${columns}) from stdin (format binary)`,
    copyRows(changes, records, places, table.types),
  );
}

function column(table: Table, place: number): string {
  return quoted(table.columns[place]!);
}

function quoted(name: string): string {
  return `"${name}"`;
}
