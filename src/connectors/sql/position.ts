/**
 * Where the reading of changes stands: by kind the last value of the column that grows, or the last row of the table of changes.
 *
 * A number or a time is given when a row is written and seen when its transaction is committed: what comes late has an older one. PostgreSQL's
 * tables say who wrote a row, so the position keeps which transactions had not ended (`horizon`), and what they wrote is asked for too.
 * Elsewhere reading begins again a little before the last value (`overlap`); of changes, rows that were shown are remembered and not shown twice.
 */
import { RollcallError } from '#core/errors';
import { formatInstant, parseDuration, parseInstant } from '#core/time';
import type { Kind } from '#core/values';
import { listOf, pathOf } from './columns.ts';
import type { ChangesDelta, ColumnDelta } from './config.ts';
import type { Column, Session } from './driver.ts';
import { asked, ROW, type Shape, sourceOf } from './shape.ts';
import { type BoundValue, bound, type Fragment, NOTHING, name, sql, statementOf } from './statement.ts';
import type { SqlSystem } from './system.ts';

export interface Position {
  readonly horizon: string | null;
  readonly kinds: { readonly [kind: Kind]: Mark };
}

export interface Mark {
  /** Null where there was no row. */
  readonly last: string | number | null;
  /** Of changes: later numbers that were shown. */
  readonly seen?: readonly (string | number)[];
}

/** Further ones would come again, which does no harm; a cursor has at most 64 KB. */
const MOST_SEEN = 2000;
const CHANGE = 'c';

/** Of the transaction that is open. */
export async function positionOf(session: Session, system: SqlSystem, shapes: readonly Shape[]): Promise<Position> {
  const horizon = (await session.horizon?.take()) ?? null;
  const kinds: { [kind: Kind]: Mark } = Object.create(null);
  for (const shape of shapes) {
    const { delta } = shape.config;
    if (delta === undefined) continue;
    kinds[shape.kind] =
      'column' in delta
        ? { last: await grownTo(session, system, shape, shape.all.get(delta.column)!) }
        : await marked(session, system, delta, horizon);
  }
  return { horizon, kinds };
}

/** The last value; of times no later one than now: behind one in the future nothing new would be seen until then. */
async function grownTo(session: Session, system: SqlSystem, { config }: Shape, column: Column): Promise<string | number | null> {
  const last = await lastOf(session, system, column, sourceOf(config), ROW);
  if (typeof last !== 'string' || (column.type !== 'instant' && column.type !== 'date')) return last;
  // Who wrote a row says more there than its time.
  if (config.table !== undefined && (await session.horizon?.covers(pathOf(config.table))) === true) return last;
  const at = parseInstant(last);
  const now = system.driver.hasClock ? await session.now() : Date.now();
  if (at === null || at <= now) return last;
  return column.type === 'date' ? formatInstant(now).slice(0, 10) : asWritten(formatInstant(now), last);
}

async function marked(session: Session, system: SqlSystem, delta: ChangesDelta, horizon: string | null): Promise<Mark> {
  const { order, source } = await changesIn(session, system, delta);
  const last = await lastOf(session, system, order, source, CHANGE);
  if (last === null) return { last };
  const again = await late(session, system, delta, { horizon, last, order }, horizon);
  if (again === null) return { last };
  const statement = statementOf(
    sql`select ${name(CHANGE, order.name)} from ${source} where ${again} order by ${name(CHANGE, order.name)} desc`,
    system.driver,
  );
  const seen = (await session.rows(statement, [order])).slice(0, MOST_SEEN).map(([value]) => value as string | number);
  return { last, seen };
}

async function lastOf(
  session: Session,
  { driver }: SqlSystem,
  column: Column,
  source: Fragment,
  alias: string,
): Promise<string | number | null> {
  const max = sql`max(${name(alias, column.name)})`;
  const statement = statementOf(sql`select ${driver.shown?.(max, column) ?? max} from ${source}`, driver);
  const [row] = await session.rows(statement, [column]);
  return (row?.[0] ?? null) as string | number | null;
}

/** Rows of a kind that changed since; null where all did. */
export async function changedRows(
  session: Session,
  system: SqlSystem,
  shape: Shape,
  delta: ColumnDelta,
  then: Position,
  now: Position,
): Promise<Fragment | null> {
  const { last } = then.kinds[shape.kind]!;
  if (last === null) return null;
  const column = shape.all.get(delta.column)!;
  const place = name(ROW, column.name);
  const { table } = shape.config;
  const known = table === undefined ? null : await unended(session, pathOf(table), ROW, then.horizon, now.horizon);
  const from = known === null || delta.overlap !== undefined ? before(last, delta.overlap, column, system) : last;
  const given = sql`${bound(system.driver.bindable(from, column) as BoundValue)}`;
  return sql`(${place} ${known === null ? sql`>=` : sql`>`} ${given} or ${place} is null${known === null ? NOTHING : sql` or ${known}`})`;
}

/** A little before the last value. */
function before(
  last: string | number,
  overlap: string | number | undefined,
  column: Column,
  { driver }: SqlSystem,
): string | number {
  if (column.type === 'integer') {
    if (typeof overlap === 'string') throw wrongOverlap(column, 'a number');
    const number = BigInt(last) - BigInt(overlap ?? driver.overlap);
    return Number.isSafeInteger(Number(number)) ? Number(number) : String(number);
  }
  const at = column.type === 'instant' || column.type === 'date' ? parseInstant(String(last)) : null;
  if (at === null) throw wrongColumn(column);
  if (typeof overlap === 'number') throw wrongOverlap(column, 'a duration, such as 15m');
  const from = formatInstant(at - parseDuration(overlap ?? '15m'));
  return column.type === 'date' ? from.slice(0, 10) : asWritten(from, String(last));
}

/** As the other time is: where times are texts, they are compared as such. */
function asWritten(instant: string, other: string): string {
  const text = other[10] === ' ' ? instant.replace('T', ' ') : instant;
  return other.endsWith('Z') ? text : text.slice(0, -1);
}

export interface Changes {
  readonly order: Column;
  readonly keys: readonly Column[];
  readonly source: Fragment;
}

export async function changesIn(session: Session, { driver }: SqlSystem, delta: ChangesDelta): Promise<Changes> {
  const path = pathOf(delta.changes);
  const columns = await session.describe(statementOf(sql`${name(...path)}`, driver), path);
  const need = (wanted: string): Column => {
    const column = columns.find((one) => one.name === wanted);
    if (column !== undefined) return column;
    throw new RollcallError('configuration', `${path.join('.')} has no column "${wanted}"`, {
      remedy: 'names are taken letter by letter: check `delta`',
    });
  };
  const order = need(delta.order);
  if (order.type !== 'integer') throw wrongColumn(order);
  return { order, keys: listOf(delta.key).map(need), source: sql`${name(...path)} ${name(CHANGE)}` };
}

/** Rows of the table of changes, by number and key, that were added since. Null where it does not reach back so far. */
export async function changesSince(
  session: Session,
  system: SqlSystem,
  delta: ChangesDelta,
  { horizon, mark }: { readonly horizon: string | null; readonly mark: Mark },
  now: Position,
): Promise<{ readonly fragment: Fragment; readonly columns: readonly Column[] } | null> {
  const { order, keys, source } = await changesIn(session, system, delta);
  const columns = [order, ...keys];
  const select = sql`select ${asked(columns, CHANGE, system.driver)} from ${source}`;
  if (mark.last === null) return { fragment: select, columns };
  const place = name(CHANGE, order.name);
  // Where the last row that was read is gone, others behind it may be, too.
  const kept = statementOf(sql`select ${place} from ${source} where ${place} = ${bound(mark.last)}`, system.driver);
  if ((await session.rows(kept, [order])).length === 0) return null;
  const again = await late(session, system, delta, { horizon, last: mark.last, order }, now.horizon);
  const since = sql`${place} > ${bound(mark.last)}`;
  return { fragment: sql`${select} where ${again === null ? since : sql`(${since} or ${again})`}`, columns };
}

/** Changes with no later number that may have been committed after the last one was read; null for none. */
async function late(
  session: Session,
  { driver }: SqlSystem,
  { changes }: ChangesDelta,
  { horizon, last, order }: { readonly horizon: string | null; readonly last: string | number; readonly order: Column },
  now: string | null,
): Promise<Fragment | null> {
  const known = await unended(session, pathOf(changes), CHANGE, horizon, now);
  if (known !== null) return known;
  return driver.overlap === 0 ? null : sql`${name(CHANGE, order.name)} > ${bound(String(BigInt(last) - BigInt(driver.overlap)))}`;
}

/** Null where the database does not say it. @throws `conflict` where it does not any more. */
async function unended(
  session: Session,
  table: readonly string[],
  alias: string,
  then: string | null,
  now: string | null,
): Promise<Fragment | null> {
  if (session.horizon === undefined || !(await session.horizon.covers(table))) return null;
  const known = then === null || now === null ? null : session.horizon.since(alias, then, now);
  if (known === null) throw unknownCursor();
  return known;
}

export function unknownCursor(): RollcallError {
  return new RollcallError('conflict', 'the database does not reach back to what was read last', {
    remedy: 'it is read in full',
  });
}

function wrongColumn({ name: column }: Column): RollcallError {
  return new RollcallError('configuration', `the column "${column}" holds neither whole numbers nor times`, {
    remedy: 'name another one under `delta`',
  });
}

function wrongOverlap({ name: column }: Column, wanted: string): RollcallError {
  return new RollcallError('configuration', `the overlap of the column "${column}" must be ${wanted}`, { remedy: 'see `delta`' });
}
