/** A MariaDB server of our own, for tests: at a free port of 127.0.0.1, gone when the process that asked for it is (keep.ts). */
import { keep } from './keep.ts';

export interface MariadbOptions {
  /** More arguments of mariadbd. */
  readonly args?: readonly string[];
  /** Install MariaDB when it is not there, where root may. */
  readonly install?: boolean;
}

export interface MariadbTold {
  readonly host: string;
  readonly port: number;
  /** It may do everything. */
  readonly user: string;
  readonly password: string;
  readonly folder: string;
  readonly pid: number;
}

export interface MariadbServer extends MariadbTold {
  /** In good order (SIGTERM), or at once (SIGKILL). */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** At its address, with the databases that it had. */
  start(): Promise<void>;
  /** Nothing is left of it. */
  remove(): Promise<void>;
}

/** @throws when MariaDB is not installed or does not start: what it said. */
export async function startMariadb(options: MariadbOptions = {}): Promise<MariadbServer> {
  const server = await keep<MariadbTold>('mariadb', options);
  return Object.assign(server.told, {
    stop: () => server.tell('stop'),
    kill: () => server.tell('kill'),
    start: () => server.tell('start'),
    remove: () => server.remove(),
  });
}
