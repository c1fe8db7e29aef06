/**
 * The lock of the tenure, on a connection of its own: the server gives it in the order of asking, and frees it when the
 * connection ends, however the process did.
 */
import type { Client } from 'pg';
import { connect, nameOfProcess, type PostgresPlace } from '../connect.ts';
import { isLost } from '../faults.ts';

const SPACE = `hashtext('rollcall writer'), hashtext(current_schema())`;
/** Rows `l` of pg_locks that are about it. */
export const OF_LOCK: string = `l.locktype = 'advisory' and l.objsubid = 2
  and (l.classid::bigint, l.objid::bigint) = (hashtext('rollcall writer')::bigint & 4294967295, hashtext(current_schema())::bigint & 4294967295)
  and l.database = (select oid from pg_database where datname = current_database())`;

export interface Lock {
  /** Also where it is had already. `wanted`: asked before and after, since what it is for may be over by then. */
  try(wanted?: () => boolean): Promise<boolean>;
  /** Until it is had. Errors: a connection that ended meanwhile. */
  wait(): Promise<void>;
  free(): Promise<void>;
  /** Of the connection, on the server; null where there is none. */
  readonly backend: number | null;
  close(): Promise<void>;
}

/** `lost`: the connection ended while it held the lock. What is asked for is done one after the other, on one connection. */
export function createLock(place: PostgresPlace, lost: () => void): Lock {
  let client: Client | null = null;
  let backend: number | null = null;
  let held = false;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
  const drop = (dead: Client): void => {
    if (client !== dead) return;
    client = backend = null;
    const was = held;
    held = false;
    void dead.end().catch(() => {});
    if (was) lost();
  };
  const connected = async (): Promise<Client> => {
    if (client !== null) return client;
    const fresh = await connect(place);
    client = fresh;
    fresh.on('error', () => {});
    fresh.on('end', () => drop(fresh));
    // Whoever waits may wait for long; a name in the address would hide whose it is.
    const { rows } = await fresh.query<{ pid: number }>({
      text: `select set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false), set_config('idle_session_timeout', '0', false),
        set_config('application_name', $1, false), pg_backend_pid() as pid`,
      values: [nameOfProcess(place.process)],
    });
    backend = rows[0]!.pid;
    return fresh;
  };
  const send = async (text: string): Promise<unknown> => {
    const on = await connected();
    try {
      return (await on.query<{ had: unknown }>(text)).rows[0]!.had;
    } catch (error) {
      if (isLost(error)) drop(on);
      throw error;
    }
  };
  const unlock = async (): Promise<void> => {
    if (!held) return;
    held = false;
    await send(`select pg_advisory_unlock(${SPACE}) as had`).catch(() => {});
  };
  return {
    get backend() {
      return backend;
    },
    try: (wanted = () => true) =>
      inTurn(async () => {
        if (held || !wanted()) return held;
        held = (await send(`select pg_try_advisory_lock(${SPACE}) as had`)) === true;
        if (held && !wanted()) await unlock();
        return held;
      }),
    wait: () =>
      inTurn(async () => {
        await send(`select pg_advisory_lock(${SPACE}) as had`);
        held = true;
      }),
    free: () => inTurn(unlock),
    async close() {
      held = false;
      const open = client;
      client = null;
      await open?.end().catch(() => {});
    },
  };
}
