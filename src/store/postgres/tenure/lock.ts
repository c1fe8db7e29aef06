/**
 * The lock of the tenure, on a connection of its own: the server gives it in the order of asking, and frees it when the
 * connection ends, however the process did.
 */
import type { Client } from 'pg';
import { connect, nameOfProcess, type PostgresPlace } from '../connect.ts';

const SPACE = `hashtext('rollcall writer'), hashtext(current_schema())`;
/** Rows `l` of pg_locks that are about it. */
export const OF_LOCK: string = `l.locktype = 'advisory' and l.objsubid = 2
  and (l.classid::bigint, l.objid::bigint) = (hashtext('rollcall writer')::bigint & 4294967295, hashtext(current_schema())::bigint & 4294967295)
  and l.database = (select oid from pg_database where datname = current_database())`;

export interface Lock {
  try(): Promise<boolean>;
  /** Until it is had. Errors: a connection that ended meanwhile. */
  wait(): Promise<void>;
  free(): Promise<void>;
  /** Of the connection, on the server; null where there is none. */
  readonly backend: number | null;
  close(): Promise<void>;
}

/** `lost`: the connection ended while it held the lock. */
export function createLock(place: PostgresPlace, lost: () => void): Lock {
  let client: Client | null = null;
  let backend: number | null = null;
  let held = false;
  const connected = async (): Promise<Client> => {
    if (client !== null) return client;
    const fresh = await connect(place);
    fresh.on('error', () => {});
    fresh.on('end', () => {
      if (client !== fresh) return;
      client = backend = null;
      const was = held;
      held = false;
      if (was) lost();
    });
    // Whoever waits may wait for long; a name in the address would hide whose it is.
    const { rows } = await fresh.query<{ pid: number }>({
      text: `select set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false), set_config('idle_session_timeout', '0', false),
        set_config('application_name', $1, false), pg_backend_pid() as pid`,
      values: [nameOfProcess(place.process)],
    });
    client = fresh;
    backend = rows[0]!.pid;
    return fresh;
  };
  return {
    get backend() {
      return backend;
    },
    async try() {
      const { rows } = await (await connected()).query<{ had: boolean }>(`select pg_try_advisory_lock(${SPACE}) as had`);
      held = rows[0]!.had;
      return held;
    },
    async wait() {
      await (await connected()).query(`select pg_advisory_lock(${SPACE})`);
      held = true;
    },
    async free() {
      if (!held) return;
      held = false;
      await client?.query(`select pg_advisory_unlock(${SPACE})`).catch(() => {});
    },
    async close() {
      held = false;
      const last = client;
      client = null;
      await last?.end().catch(() => {});
    },
  };
}
