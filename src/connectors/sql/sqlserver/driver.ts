/** SQL Server, with the package `mssql`. */
import { isIP } from 'node:net';
import type { Column, Driver, Session, Slice, Values } from '../driver.ts';
import type { TlsOptions } from '../drivers.ts';
import { optional } from '../optional.ts';
import { type Pushed, slicesOf } from '../pushed.ts';
import { type BoundValue, NOTHING, type Statement, sql } from '../statement.ts';
import { sqlServerFault } from './faults.ts';
import type { Mssql, Pool, Request, Transaction } from './mssql.ts';
import { columnOf, rawValue, shown } from './values.ts';

export interface SqlServerOptions {
  readonly host: string;
  readonly port: number | undefined;
  readonly database: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Null = not encrypted. */
  readonly tls: () => TlsOptions | null;
  readonly serverName: string | undefined;
  readonly timeoutMs: number;
}

export function sqlServer(options: SqlServerOptions): Driver {
  return {
    title: 'SQL Server',
    // It takes 2,100, and 1,000 rows.
    maxValues: 1000,
    limits: true,
    holdsNul: true,
    hasClock: true,
    overlap: 1000,
    // Repeatable reads keep what they saw.
    forUpdate: NOTHING,
    returning: false,
    quote: (text) => `[${text.replaceAll(']', ']]')}]`,
    placeholder: (number) => `@p${number}`,
    bindable: (value) => (typeof value === 'boolean' ? Number(value) : value),
    // By its collation first, which an index knows, then letter by letter.
    same: (column, value, { type }) =>
      type === 'string'
        ? sql`(${column} = ${value} and cast(cast(${column} as nvarchar(4000)) as varbinary(8000)) = cast(cast(${value} as nvarchar(4000)) as varbinary(8000)))`
        : sql`${column} = ${value}`,
    shown,
    fault: sqlServerFault,
    connect: () => connect(options),
  };
}

async function connect({ host, port, database, user, password, tls, serverName, timeoutMs }: SqlServerOptions): Promise<Session> {
  const mssql = await optional<Mssql>('mssql', 'SQL Server', () => import('mssql' as string));
  const secure = tls();
  const pool: Pool = new mssql.ConnectionPool({
    server: host,
    database,
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    connectionTimeout: 10_000,
    requestTimeout: timeoutMs,
    // A session is one connection.
    pool: { min: 0, max: 1 },
    arrayRowMode: true,
    options: {
      appName: 'rollcall',
      useUTC: true,
      encrypt: secure !== null,
      trustServerCertificate: false,
      ...(serverName === undefined || isIP(serverName) !== 0 ? {} : { serverName }),
      ...(secure?.ca === undefined ? {} : { cryptoCredentialsDetails: { ca: secure.ca } }),
    },
  });
  let usable = true;
  pool.on('error', () => {
    usable = false;
  });
  await pool.connect();
  let transaction: Transaction | null = null;

  const requestFor = ({ values }: Statement): Request => {
    const request = transaction === null ? pool.request() : transaction.request();
    for (const [i, value] of values.entries()) request.input(`p${i + 1}`, parameter(value));
    return request;
  };
  const noted = (error: unknown): unknown => {
    if (sqlServerFault(error).lost === true) usable = false;
    return error;
  };
  const ask = async (
    statement: Statement,
  ): Promise<{ readonly rows: readonly (readonly unknown[])[]; readonly count: number }> => {
    try {
      const { recordset, rowsAffected } = await requestFor(statement).query(statement.text);
      return { rows: recordset ?? [], count: rowsAffected.at(-1) ?? 0 };
    } catch (error) {
      throw noted(error);
    }
  };
  const typed =
    (columns: readonly Column[]) =>
    (row: readonly unknown[]): Values =>
      row.map((value, i) => rawValue(value, columns[i]!));

  return {
    get usable() {
      return usable;
    },
    async begin(mode) {
      transaction = pool.transaction();
      const { SNAPSHOT, REPEATABLE_READ } = mssql.ISOLATION_LEVEL;
      await transaction.begin(mode === 'read' ? SNAPSHOT : REPEATABLE_READ);
    },
    async commit() {
      const own = transaction;
      transaction = null;
      await own?.commit();
    },
    async rollback() {
      const own = transaction;
      transaction = null;
      // After some errors the server has done so already.
      await own?.rollback().catch(() => undefined);
    },
    async describe(from) {
      const { rows } = await ask({ text: DESCRIBE, values: [`select * from ${from.text}`] });
      return rows.map(([name, type, bytes, worked]): Column => {
        return { ...columnOf(String(name), String(type), Number(bytes)), ...(worked === true ? { readOnly: true } : {}) };
      });
    },
    async rows(statement, columns) {
      return (await ask(statement)).rows.map(typed(columns));
    },
    async *stream(statement, columns, { signal }): AsyncGenerator<Slice> {
      const request = requestFor(statement);
      request.stream = true;
      yield* slicesOf(pushed(request, statement.text, typed(columns)), { signal, timeoutMs });
    },
    run: async (statement) => (await ask(statement)).count,
    async version() {
      const { rows } = await ask({ text: "select cast(serverproperty('ProductVersion') as varchar(40))", values: [] });
      return `SQL Server ${rows[0]?.[0]}`;
    },
    async now() {
      const { rows } = await ask({ text: "select datediff_big(millisecond, '1970-01-01', sysutcdatetime())", values: [] });
      return Number(rows[0]?.[0]);
    },
    async close() {
      await transaction?.rollback().catch(() => undefined);
      await pool.close();
    },
  };
}

const DESCRIBE = `select name, system_type_name, max_length, cast(case when is_computed_column = 1 or is_identity_column = 1 then 1 else 0 end as bit)
  from sys.dm_exec_describe_first_result_set(@p1, null, 0) where is_hidden = 0 order by column_ordinal`;

function parameter(value: BoundValue): unknown {
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}

/** One that is not read to its end is cancelled. */
function pushed(request: Request, text: string, typed: (row: readonly unknown[]) => Values): Pushed {
  return {
    begin({ row, ended, failed }) {
      request.on('row', (values) => row(typed(values as readonly unknown[])));
      // It ends after an error as well.
      request.on('error', failed);
      request.on('done', ended);
      request.query(text).catch(failed);
      // A request is of this query alone.
      return () => undefined;
    },
    pause: () => void request.pause(),
    resume: () => void request.resume(),
    giveUp: () => void request.cancel(),
  };
}
