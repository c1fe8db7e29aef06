/**
 * A PostgreSQL server of our own, for tests and measurements: on loopback, at a free port, with a password of its own, in a
 * temporary folder, gone when the process that asked for it is (postgres-keeper.ts).
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

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

const KEEPER = fileURLToPath(new URL('postgres-keeper.ts', import.meta.url));

/** @throws when there is no PostgreSQL, or it does not start: what it said. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  // A group of its own: Ctrl-C in the terminal is for those who use the server, not for the server.
  const keeper = spawn(process.execPath, [KEEPER, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const answers = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<{ url?: string }> => {
    const { value, done } = await answers.next();
    if (done) throw new Error('the process that keeps PostgreSQL ended');
    const answer = JSON.parse(value) as { url?: string; failed?: string };
    if (answer.failed !== undefined) throw new Error(answer.failed);
    return answer;
  };
  const tell = async (what: string): Promise<void> => {
    hold(keeper, true);
    keeper.stdin.write(`${what}\n`);
    await next();
    hold(keeper, false);
  };
  const { url } = await next();
  hold(keeper, false);
  return {
    url: url!,
    crash: () => tell('crash'),
    kill: () => tell('kill'),
    start: () => tell('start'),
    async stop() {
      if (keeper.exitCode !== null || keeper.signalCode !== null) return;
      hold(keeper, true);
      keeper.stdin.end();
      await once(keeper, 'exit');
    },
  };
}

/** A process that has nothing to do but hold it ends, and the server with it. */
function hold(keeper: ChildProcessByStdio<Writable, Readable, null>, on: boolean): void {
  for (const one of [keeper, keeper.stdin as Socket, keeper.stdout as Socket]) {
    if (on) one.ref();
    else one.unref();
  }
}
