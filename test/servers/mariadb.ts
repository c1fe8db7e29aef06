/** A MariaDB database of its own for each test, on the one server that all tests of a run share, or a server of its own. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import {
  type MariadbOptions,
  type MariadbServer,
  type MariadbTold,
  startMariadb as start,
} from '../../scripts/servers/mariadb.ts';
import { testOn, told } from './ask.ts';

export const testOnMariadb = (name: string, run: () => Promise<void>): void => testOn('mariadb', name, run);

export interface MariadbDatabase extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** May do everything in this database, and see no other. */
  readonly user: string;
  readonly password: string;
  readonly database: string;
  remove(): Promise<void>;
}

/** An empty one, with a user of its own. */
export async function freshMariadbDatabase(): Promise<MariadbDatabase> {
  const server = (await told('mariadb')) as MariadbTold;
  const [name, password] = [`t${randomBytes(8).toString('hex')}`, randomBytes(18).toString('hex')];
  const user = `${name}@'${server.host}'`;
  await mariadb(
    server,
    `create database ${name}; create user ${user} identified by '${password}'; grant all on ${name}.* to ${user}`,
  );
  const remove = async (): Promise<void> =>
    void (await mariadb(server, `drop database if exists ${name}; drop user if exists ${user}`));
  const { host, port } = server;
  return { host, port, user: name, password, database: name, remove, [Symbol.asyncDispose]: remove };
}

/** Whoever starts it removes it: `await using`, or `remove()`. */
export async function startMariadb(options: MariadbOptions = {}): Promise<MariadbServer & AsyncDisposable> {
  await told('mariadb');
  const server = await start(options);
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.remove() });
}

/** By MariaDB's own client: rows as lines, fields between tabs, without a heading. @throws what it said. */
export async function mariadb(
  at: Pick<MariadbDatabase, 'host' | 'port' | 'user' | 'password'> & { readonly database?: string },
  sql: string,
): Promise<string> {
  const args = ['--no-defaults', '--batch', '--skip-column-names', `--host=${at.host}`, `--port=${at.port}`, `--user=${at.user}`];
  const env = { ...process.env, MYSQL_PWD: at.password };
  const database = at.database === undefined ? [] : [`--database=${at.database}`];
  const run = promisify(execFile)('mariadb', [...args, ...database], { env });
  // A client that is refused may be gone already.
  run.child.stdin!.on('error', () => undefined).end(sql);
  return (await run).stdout;
}
