/** MariaDB and MySQL, with the package `mysql2`. What has values is a prepared statement. */
import type { Connection, createConnection, ExecuteValues, FieldPacket, ResultSetHeader } from 'mysql2';
import type { RawValue } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { Column, Driver, Session, Slice, Values } from '../driver.ts';
import type { TlsOptions } from '../drivers.ts';
import { optional } from '../optional.ts';
import { type Pushed, slicesOf } from '../pushed.ts';
import { type Statement, sql } from '../statement.ts';
import { mariadbFault } from './faults.ts';
import { bindable, columnOf, readerOf } from './values.ts';

export interface MariadbOptions {
  readonly host: string;
  readonly port: number | undefined;
  readonly database: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Null = not encrypted. */
  readonly tls: () => TlsOptions | null;
  readonly timeoutMs: number;
}

export function mariadb(options: MariadbOptions): Driver {
  return {
    title: 'MariaDB',
    maxValues: 30_000,
    limits: true,
    holdsNul: true,
    hasClock: true,
    overlap: 1000,
    forUpdate: sql` for update`,
    returning: false,
    quote: (text) => `\`${text.replaceAll('`', '``')}\``,
    placeholder: () => '?',
    bindable,
    // By its collation first, which an index knows, then letter by letter.
    same: (column, value, { type }) =>
      type === 'string'
        ? sql`(${column} = ${value} and cast(convert(${column} using utf8mb4) as binary) = cast(${value} as binary))`
        : sql`${column} = ${value}`,
    fault: mariadbFault,
    connect: () => connect(options),
  };
}

type Mysql = { readonly createConnection: typeof createConnection };

async function connect({ host, port, database, user, password, tls, timeoutMs }: MariadbOptions): Promise<Session> {
  const mysql = await optional<Mysql>('mysql2', 'MariaDB', () => import('mysql2'));
  const ssl = tls();
  const client = mysql.createConnection({
    host,
    database,
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { password }),
    ...(ssl === null ? {} : { ssl: { ...ssl, verifyIdentity: true } as never }),
    charset: 'utf8mb4',
    connectTimeout: 10_000,
    enableKeepAlive: true,
    rowsAsArray: true,
    dateStrings: true,
    supportBigNumbers: true,
    jsonStrings: true,
    timezone: 'Z',
    maxPreparedStatements: 200,
    // A server that asks for a file is given none.
    flags: ['-LOCAL_FILES'],
  });
  let usable = true;
  client.on('error', () => {
    usable = false;
  });
  await new Promise<void>((resolve, reject) => client.connect((error) => (error === null ? resolve() : reject(error))));

  const noted = (error: unknown): unknown => {
    if (mariadbFault(error).lost === true) usable = false;
    return error;
  };
  const ask = ({ text, values }: Statement): Promise<readonly [unknown, readonly FieldPacket[]]> =>
    new Promise((resolve, reject) => {
      const answer = (error: Error | null, result: unknown, fields: readonly FieldPacket[]): void =>
        error === null ? resolve([result, fields ?? []]) : reject(noted(error));
      if (values.length === 0) client.query({ sql: text, timeout: timeoutMs }, answer as never);
      else client.execute({ sql: text, timeout: timeoutMs }, parameters(values), answer as never);
    });
  const say = async (text: string): Promise<void> => void (await ask({ text, values: [] }));
  await say(SETTINGS);

  const typed = (columns: readonly Column[]): ((row: readonly unknown[]) => Values) => {
    const read = columns.map(readerOf);
    return (row) => row.map((value, i): RawValue => (value === null || read[i] === null ? (value as RawValue) : read[i]!(value)));
  };

  return {
    get usable() {
      return usable;
    },
    async begin(mode) {
      await say(`set transaction isolation level ${mode === 'read' ? 'repeatable read' : 'read committed'}`);
      await say(mode === 'read' ? 'start transaction with consistent snapshot, read only' : 'start transaction');
    },
    commit: () => say('commit'),
    rollback: () => say('rollback'),
    async describe(from, table) {
      const [, fields] = await ask({ text: `select * from ${from.text} limit 0`, values: from.values });
      const worked = new Set<unknown>();
      if (table !== null) {
        const [schema, name] = table.length === 1 ? [null, table[0]!] : [table[0]!, table[1]!];
        const [rows] = await ask({ text: WORKED_OUT, values: [schema, name] });
        for (const [column] of rows as readonly (readonly unknown[])[]) worked.add(column);
      }
      return fields.map((field): Column => ({ ...columnOf(field), ...(worked.has(field.name) ? { readOnly: true } : {}) }));
    },
    async rows(statement, columns) {
      const [rows] = await ask(statement);
      return (rows as unknown as readonly (readonly unknown[])[]).map(typed(columns));
    },
    async *stream({ text, values }, columns, { signal }): AsyncGenerator<Slice> {
      const asked = values.length === 0 ? client.query({ sql: text }) : client.execute({ sql: text }, parameters(values));
      yield* slicesOf(pushed(client, asked as never, typed(columns)), { signal, timeoutMs });
    },
    async run(statement) {
      return ((await ask(statement))[0] as ResultSetHeader).affectedRows;
    },
    async version() {
      const [rows] = await ask({ text: 'select version()', values: [] });
      const version = String((rows as unknown[][])[0]![0]);
      return `${version.includes('MariaDB') ? 'MariaDB' : 'MySQL'} ${version.split('-')[0]}`;
    },
    async now() {
      const [rows] = await ask({ text: 'select floor(unix_timestamp(sysdate(3)) * 1000)', values: [] });
      return Number((rows as unknown[][])[0]![0]);
    },
    async close() {
      await new Promise<void>((resolve) => {
        if (usable) client.end(() => resolve());
        else resolve();
      });
      client.destroy();
    },
  };
}

/** A value that does not fit is refused and not cut, and who reads slowly is waited for. */
const SETTINGS = `set session time_zone = '+00:00', session net_write_timeout = 3600,
  session sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'`;
const WORKED_OUT = `select column_name from information_schema.columns
  where table_schema = coalesce(?, database()) and table_name = ? and generation_expression <> ''`;

function parameters(values: Statement['values']): ExecuteValues {
  return values.map((value) => (value instanceof Uint8Array ? Buffer.from(value) : value)) as ExecuteValues;
}

/** One that is not read to its end ends the connection. */
function pushed(
  client: Connection,
  asked: { on(event: string, listener: (value: never) => void): unknown },
  typed: (row: readonly unknown[]) => Values,
): Pushed {
  return {
    begin({ row, ended, failed }) {
      const closed = (): void =>
        failed(new RollcallError('unavailable', 'the database ended the connection', { remedy: 'see its log' }));
      asked.on('result', (values: readonly unknown[]) => row(typed(values)));
      asked.on('error', failed);
      asked.on('end', ended);
      // The connection goes on after the query, and its listeners with it.
      client.on('end', closed);
      return () => void client.off('end', closed);
    },
    pause: () => client.pause(),
    resume: () => client.resume(),
    giveUp: () => client.destroy(),
  };
}
