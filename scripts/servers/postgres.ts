/** A PostgreSQL server of our own, for tests and measurements: at a free port of 127.0.0.1, gone when the process that asked for it is (keep.ts). */
import { keep } from './keep.ts';

export interface PostgresOptions {
  /** What was committed outlives a power cut, as in earnest; without it the server is quicker. */
  readonly durable?: boolean;
  /** Install PostgreSQL when it is not there, where root may. */
  readonly install?: boolean;
  /** More lines of postgresql.conf. */
  readonly settings?: { readonly [name: string]: string };
}

export interface PostgresServer {
  /** Of a superuser, in the database `postgres`. Holds the password. */
  readonly url: string;
  /** It ends at once, with every connection and every open transaction, and does not come back by itself. */
  crash(): Promise<void>;
  /** Its first process is killed (SIGKILL): the others end as they notice. */
  kill(): Promise<void>;
  /** After a crash, at the same address. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws when there is no PostgreSQL, or it does not start: what it said. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const server = await keep<{ readonly url: string }>('postgres', options);
  return {
    url: server.told.url,
    crash: () => server.tell('crash'),
    kill: () => server.tell('kill'),
    start: () => server.tell('start'),
    stop: () => server.remove(),
  };
}
