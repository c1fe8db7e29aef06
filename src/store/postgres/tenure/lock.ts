/**
 * The lock of the tenure, on a connection of its own: the server gives it in the order of asking, and frees it when the
 * connection ends, however the process did.
 */
import type { Client } from 'pg';
import { RollcallError } from '#core/errors';
import { connect, type PostgresPlace } from '../connect.ts';
import { isLost } from '../faults.ts';

const SPACE = `hashtext('rollcall writer'), hashtext(current_schema())`;
/** Whoever waits may wait for long. */
const OPENING = `select set_config('statement_timeout', '0', false), set_config('lock_timeout', '0', false),
  set_config('idle_session_timeout', '0', false), pg_backend_pid() as pid`;
/** Rows `l` of pg_locks that are about it. */
export const OF_LOCK: string = `l.locktype = 'advisory' and l.objsubid = 2
  and (l.classid::bigint, l.objid::bigint) = (hashtext('rollcall writer')::bigint & 4294967295, hashtext(current_schema())::bigint & 4294967295)
  and l.database = (select oid from pg_database where datname = current_database())`;

export interface Lock {
  /** Also where it is had already. `wanted`: asked before and after, since what it is for may be over by then. */
  try(wanted?: () => boolean): Promise<boolean>;
  /** Until it is had; not at all where it is not wanted any more when its turn comes. Errors: a connection that ended meanwhile. */
  wait(wanted: () => boolean): Promise<void>;
  /** Ends the connection that waits, if one does. Answers what the server knows it by: there it waits on until it is told. */
  abandon(): number | null;
  free(): Promise<void>;
  readonly held: boolean;
  close(): Promise<void>;
}

/** `lost`: the connection ended while it held the lock. What is asked for is done one after the other, on one connection. */
export function createLock(place: PostgresPlace, lost: () => void): Lock {
  let client: Client | null = null;
  let backend: number | null = null;
  let held = false;
  let waits = false;
  let closed = false;
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
    fresh.on('error', () => {});
    fresh.on('end', () => drop(fresh));
    try {
      const { rows } = await fresh.query<{ pid: number }>(OPENING);
      if (closed) throw new RollcallError('unavailable', 'the store is closed');
      client = fresh;
      backend = rows[0]!.pid;
    } catch (error) {
      void fresh.end().catch(() => {});
      throw error;
    }
    return fresh;
  };
  const send = async (text: string, on: Client): Promise<unknown> => {
    try {
      return (await on.query<{ had: unknown }>(text)).rows[0]!.had;
    } catch (error) {
      if (isLost(error)) drop(on);
      throw error;
    }
  };
  const unlock = async (): Promise<void> => {
    const on = held ? client : null;
    held = false;
    if (on !== null) await send(`select pg_advisory_unlock(${SPACE}) as had`, on).catch(() => drop(on));
  };
  return {
    get held() {
      return held;
    },
    try: (wanted = () => true) =>
      inTurn(async () => {
        if (held || !wanted()) return held;
        const on = await connected();
        const had = await send(`select pg_try_advisory_lock(${SPACE}) as had`, on);
        held = had === true && client === on;
        if (held && !wanted()) await unlock();
        return held;
      }),
    wait: (wanted) =>
      inTurn(async () => {
        const on = await connected();
        if (!wanted()) return;
        waits = true;
        try {
          await send(`select pg_advisory_lock(${SPACE}) as had`, on);
        } finally {
          waits = false;
        }
        held = client === on;
        if (!held) throw new RollcallError('unavailable', 'the connection to PostgreSQL was lost');
      }),
    abandon() {
      const waiting = waits ? backend : null;
      if (waits && client !== null) drop(client);
      return waiting;
    },
    free: () => inTurn(unlock),
    async close() {
      closed = true;
      held = false;
      const open = client;
      client = null;
      await open?.end().catch(() => {});
    },
  };
}
