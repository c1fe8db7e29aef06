/**
 * One process writes a store at a time (docs/decisions, 10). It holds a lock that the database frees when its connection ends,
 * and a lease by the database's clock: a process that is frozen with its connection open is put out once that is over. Whoever
 * was put out finds its row gone at its next transaction, and writes no more (STORE 3, 6).
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Client, ClientBase } from 'pg';
import { RollcallError, Superseded } from '#core/errors';
import { connect, type PostgresPlace, query } from './connect.ts';

export interface Tenure {
  /** At the beginning of a transaction. @throws Superseded where this process was put out: it writes nothing any more. */
  check(client: ClientBase): Promise<void>;
  end(): Promise<void>;
}

export const LEASE_MS: number = 30_000;
const RENEW_MS = 10_000;
const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint';
const SPACE = `hashtext('rollcall writer'), hashtext(current_schema())`;
const RENEW = `update tenure set lease_until = ${NOW} + ${LEASE_MS} where id = $1`;

/** @throws conflict that says who holds the store. */
export async function takeTenure(place: PostgresPlace, program: string): Promise<Tenure> {
  const id = randomUUID();
  let own = await connection(place);
  try {
    await hold(own);
    await query(own, 'delete from tenure');
    await query(
      own,
      `insert into tenure (id, program, host, pid, since, lease_until) values ($1, $2, $3, $4, ${NOW}, ${NOW} + ${LEASE_MS})`,
      [id, program, hostname(), process.pid],
    );
  } catch (error) {
    await own.end().catch(() => {});
    throw error;
  }
  const renew = async (): Promise<void> => {
    try {
      await own.query(RENEW, [id]);
    } catch {
      // The server went away, and the lock with it: taken again, unless somebody else was quicker.
      await own.end().catch(() => {});
      own = await connection(place);
      await query(own, `select pg_try_advisory_lock(${SPACE})`);
      await own.query(RENEW, [id]);
    }
  };
  const renewing = setInterval(() => void renew().catch(() => {}), RENEW_MS);
  renewing.unref();
  return {
    async check(client) {
      const [row] = await query(client, 'select 1 from tenure where id = $1', [id]);
      if (!row)
        throw new Superseded(
          'this process was put out: it said nothing for longer than its lease, and another one writes the store now',
          {
            remedy: 'nothing of what it tries now is kept. Start it again',
          },
        );
    },
    async end() {
      clearInterval(renewing);
      await query(own, 'delete from tenure where id = $1', [id]).catch(() => {});
      await own.end().catch(() => {});
    },
  };
}

async function connection(place: PostgresPlace): Promise<Client> {
  const client = await connect(place);
  client.on('error', () => {});
  return client;
}

async function hold(client: Client): Promise<void> {
  if (await tried(client)) return;
  const [holder] = await query(client, `select program, host, pid, since, lease_until < ${NOW} from tenure`);
  if (holder?.[4] !== true) refuse(holder);
  await query(client, 'delete from tenure');
  await query(
    client,
    `select pg_terminate_backend(pid, 5000) from pg_locks where locktype = 'advisory' and granted and objsubid = 2
    and (classid::bigint, objid::bigint) = (hashtext('rollcall writer')::bigint & 4294967295, hashtext(current_schema())::bigint & 4294967295)
    and database = (select oid from pg_database where datname = current_database())`,
  );
  if (!(await tried(client))) refuse(holder);
}

async function tried(client: Client): Promise<boolean> {
  const [row] = await query(client, `select pg_try_advisory_lock(${SPACE})`);
  return row![0] === true;
}

function refuse(holder: readonly unknown[] | undefined): never {
  const who = holder
    ? ` by Rollcall ${String(holder[0])} (process ${String(holder[2])} on ${String(holder[1])}, since ${new Date(Number(holder[3])).toISOString()})`
    : '';
  throw new RollcallError('conflict', `the store is in use${who}`, {
    remedy: 'wait until it has ended, or end it; reading commands work beside it',
  });
}
