/** PostgreSQL. Everything is read as text, and whole tables by COPY. */
import { Client, escapeIdentifier, type QueryArrayResult } from 'pg';
import type { RawValue } from '#connectors/contract';
import type { Column, Driver, Horizon, Session, Slice, Values } from '../driver.ts';
import type { TlsOptions } from '../drivers.ts';
import { type BoundValue, bound, name, type Statement, sql } from '../statement.ts';
import { copyOut } from './copy-out.ts';
import { rowsOf } from './copy-text.ts';
import { postgresFault } from './faults.ts';
import { readerOf, typeOf } from './values.ts';

export interface PostgresOptions {
  readonly host: string;
  readonly port: number | undefined;
  readonly database: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Null = not encrypted. */
  readonly tls: () => TlsOptions | null;
  readonly timeoutMs: number;
}

/** Rows fetched at a time where COPY cannot be used. */
const FETCHED = 2000;
/** In this order, so that the same rows come in the same order; compiling takes longer than most statements do. */
const SETTINGS = `set client_encoding = 'UTF8'; set datestyle = 'ISO, YMD'; set timezone = 'UTC'; set bytea_output = 'hex';
  set extra_float_digits = 1; set intervalstyle = 'iso_8601'; set synchronize_seqscans = off; set max_parallel_workers_per_gather = 0;
  set jit = off; set standard_conforming_strings = on; set client_min_messages = warning`;

const asText = { getTypeParser: () => (text: unknown) => text };

export function postgres(options: PostgresOptions): Driver {
  return {
    title: 'PostgreSQL',
    maxValues: 60_000,
    limits: true,
    holdsNul: false,
    forUpdate: sql` for update`,
    hasClock: true,
    overlap: 1000,
    returning: true,
    quote: (text) => escapeIdentifier(text),
    placeholder: (number) => `$${number}`,
    bindable: (value) => value,
    same: (column, value) => sql`${column} = ${value}`,
    fault: postgresFault,
    // Any text is a text; of a list the server would have to be told the type by another name.
    tried: (value, { native, multi }) =>
      multi || /^(?:text|varchar|bpchar)$/.test(native)
        ? null
        : sql`select cast(${bound(value as BoundValue)} as ${name(native)})`,
    connect: () => connect(options),
  };
}

async function connect({ host, port, database, user, password, tls, timeoutMs }: PostgresOptions): Promise<Session> {
  const client = new Client({
    host,
    port,
    database,
    user,
    password,
    ssl: tls() ?? false,
    application_name: 'rollcall',
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    connectionTimeoutMillis: 10_000,
    types: asText as never,
  });
  let usable = true;
  const gone = (): void => {
    usable = false;
  };
  client.on('error', gone);
  client.on('end', gone);
  await client.connect();
  await client.query(`${SETTINGS}; set statement_timeout = ${timeoutMs}`);

  const ask = async (text: string, values: readonly BoundValue[] = []): Promise<QueryArrayResult<(string | null)[]>> => {
    try {
      return await client.query({ text, values: values.map(parameter), rowMode: 'array' });
    } catch (error) {
      // It says so before it closes.
      if (postgresFault(error).lost === true) usable = false;
      throw error;
    }
  };

  async function rows(statement: Statement, columns: readonly Column[]): Promise<Values[]> {
    const read = columns.map(readerOf);
    return (await ask(statement.text, statement.values)).rows.map((row) =>
      row.map((text, i): RawValue => (text === null || read[i] === null ? text : read[i]!(text))),
    );
  }

  const session: Session = {
    get usable() {
      return usable;
    },
    async begin(mode) {
      await ask(mode === 'read' ? 'begin isolation level repeatable read read only' : 'begin');
    },
    async commit() {
      await ask('commit');
    },
    async rollback() {
      await ask('rollback');
    },
    async describe(from, table) {
      const { fields } = await ask(`select * from ${from.text} limit 0`, from.values);
      const types = await ask(NATIVES, [[...new Set(fields.map(({ dataTypeID }) => dataTypeID))]]);
      const natives = new Map(types.rows.map(([oid, own, element]) => [Number(oid), { own: own!, element }]));
      const worked = table === null ? [] : (await ask(WORKED_OUT, [fields[0]?.tableID ?? 0])).rows.map(([column]) => column);
      return fields.map(({ name: column, dataTypeID, dataTypeModifier }) => {
        const { own, element } = natives.get(dataTypeID) ?? { own: 'text', element: null };
        const native = element ?? own;
        return {
          name: column,
          native,
          type: typeOf(native),
          multi: element !== null,
          ...(/^(varchar|bpchar)$/.test(native) && dataTypeModifier > 4 ? { maxLength: dataTypeModifier - 4 } : {}),
          ...(worked.includes(column) ? { readOnly: true } : {}),
        };
      });
    },
    rows,
    async *stream(statement, columns, { signal, maxRowBytes }): AsyncGenerator<Slice> {
      if (statement.values.length > 0) {
        // COPY takes no values.
        yield* fetched(statement, columns, signal);
        return;
      }
      const read = columns.map(readerOf);
      // Whoever reads may be slow; silence is noticed here.
      await ask('set local statement_timeout = 0');
      const limits = { signal, maxRowBytes, timeoutMs };
      for await (const { text, tooLong } of copyOut(client, `copy (${statement.text}\n) to stdout`, limits)) {
        yield { rows: rowsOf(text, read), ...(tooLong.length > 0 ? { tooLong } : {}) };
      }
    },
    async run({ text, values }) {
      return (await ask(text, values)).rowCount ?? 0;
    },
    async version() {
      return `PostgreSQL ${(await ask('show server_version')).rows[0]![0]!.split(' ')[0]}`;
    },
    async now() {
      return Number((await ask('select floor(extract(epoch from clock_timestamp()) * 1000)')).rows[0]![0]);
    },
    horizon: horizonOf(ask),
    async close() {
      await client.end().catch(() => undefined);
    },
  };
  return session;

  async function* fetched(statement: Statement, columns: readonly Column[], signal: AbortSignal): AsyncGenerator<Slice> {
    await ask(`declare rollcall no scroll cursor for ${statement.text}`, statement.values);
    for (;;) {
      signal.throwIfAborted();
      const page = await rows({ text: `fetch ${FETCHED} from rollcall`, values: [] }, columns);
      if (page.length > 0) yield { rows: page };
      if (page.length < FETCHED) break;
    }
    await ask('close rollcall');
  }
}

/** A domain is shown as what it is made of. */
const NATIVES = `select t.oid, t.typname, case when t.typcategory = 'A' then e.typname end
  from pg_type t left join pg_type e on e.oid = t.typelem where t.oid = any($1::oid[])`;
const WORKED_OUT = `select attname from pg_attribute where attrelid = $1 and attnum > 0 and (attgenerated <> '' or attidentity = 'a')`;

function parameter(value: BoundValue): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

/**
 * The oldest transaction that had not ended: every row that was not visible was written by that one or a later. A row says in 32 bits who
 * wrote it (xmin), which are enough to say how long ago.
 */
function horizonOf(ask: (text: string, values?: readonly BoundValue[]) => Promise<QueryArrayResult<(string | null)[]>>): Horizon {
  return {
    async take() {
      const { rows } = await ask('select pg_snapshot_xmin(s)::text, pg_snapshot_xmax(s)::text from pg_current_snapshot() s');
      return `${rows[0]![0]}-${rows[0]![1]}`;
    },
    async covers(table) {
      const quoted = table.map((one) => escapeIdentifier(one)).join('.');
      const { rows } = await ask('select relkind from pg_class where oid = to_regclass($1)', [quoted]);
      return rows[0]?.[0] === 'r' || rows[0]?.[0] === 'p';
    },
    since(alias, then, now) {
      const oldest = /^(\d{1,19})-\d{1,19}$/.exec(then)?.[1];
      const newest = /^\d{1,19}-(\d{1,19})$/.exec(now)?.[1];
      if (oldest === undefined || newest === undefined) return null;
      const passed = BigInt(newest) - BigInt(oldest);
      // Another server, or too long ago to tell.
      if (passed < 0n || passed >= 2n ** 31n) return null;
      return sql`((${bound(newest)}::bigint - ${name(alias, 'xmin')}::text::bigint) & 4294967295) <= ${bound(String(passed))}::bigint`;
    },
  };
}
