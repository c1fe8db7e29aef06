import type { ClientBase, Pool } from 'pg';
import { tookTooLong } from '../tables/pushed.ts';
import { query } from './connect.ts';

/** QUERY_CANCELED: also of statement_timeout. */
const CANCELED = '57014';

/** One statement that the server gives up after so long. @throws RollcallError unavailable, where it did */
export async function within<T>(pool: Pool, mostMs: number, read: (client: ClientBase) => Promise<T>): Promise<T> {
  try {
    return await inSnapshot(pool, async (client) => {
      await query(client, `select set_config('statement_timeout', $1, true)`, [String(Math.max(1, Math.ceil(mostMs)))]);
      return await read(client);
    });
  } catch (error) {
    throw (error as { code?: unknown }).code === CANCELED ? tookTooLong(mostMs) : error;
  }
}

/** Several statements that see the store at one moment, and write nothing. */
export async function inSnapshot<T>(pool: Pool, read: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const result = await read(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
