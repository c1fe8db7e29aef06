/** What `check` says of a database before and after the first run. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { testOnPostgres, withClient } from '../../../test/servers/postgres.ts';
import { emptyStore } from '../../../test/store.ts';
import { look } from './look.ts';
import { open } from './open.ts';

testOnPostgres('looking makes no store, and says who may not make one and which is older', async () => {
  const database = await emptyStore();
  const user = `looker_${randomBytes(4).toString('hex')}`;
  const as = new URL(database.url);
  as.username = user;
  try {
    await withClient(database.url, (client) => client.query(`create role ${user} login`));
    expect((await look({ url: database.url, schema: 'looked' })).state).toBe('none');
    await expect(look({ url: as.href, schema: 'looked' })).rejects.toMatchObject({ kind: 'permission' });
    const { rows } = await withClient(database.url, (client) => client.query(`select to_regnamespace('looked') as made`));
    expect(rows).toEqual([{ made: null }]);
    await (await open({ url: database.url, schema: 'looked', program: 'test', create: true })).close();
    expect((await look({ url: database.url, schema: 'looked' })).state).toBe('there');
    await withClient(database.url, (client) =>
      client.query(`update looked.setting set value = '1' where name = 'schemaVersion'`),
    );
    expect((await look({ url: database.url, schema: 'looked' })).state).toBe('older');
  } finally {
    await withClient(database.url, (client) => client.query(`drop schema if exists looked cascade; drop role if exists ${user}`));
    await database.remove();
  }
});
