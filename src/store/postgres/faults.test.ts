import { once } from 'node:events';
import { expect } from 'vitest';
import { StoreUnavailable } from '#core/errors';
import { testOnPostgres, withClient } from '../../../test/servers/postgres.ts';
import { emptyStore } from '../../../test/store.ts';
import { isLost, postgresError } from './faults.ts';

testOnPostgres(
  'a transaction that the server ended, since it stood still, is a lost connection and no fault of ours',
  async () => {
    const database = await emptyStore();
    try {
      await withClient(database.url, async (client) => {
        const ended = once(client, 'error');
        await client.query('set idle_in_transaction_session_timeout = 1; begin');
        const [error] = await ended;
        expect(isLost(error)).toBe(true);
        expect(postgresError(error)).toBeInstanceOf(StoreUnavailable);
        expect(postgresError(error)).toMatchObject({
          message: 'the connection to PostgreSQL was lost: terminating connection due to idle-in-transaction timeout',
          remedy: 'see that the server runs and can be reached',
        });
      });
    } finally {
      await database.remove();
    }
  },
);
