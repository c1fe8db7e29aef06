import { Client } from 'pg';
import { expect } from 'vitest';
import { type TestDatabase, testOnPostgres } from '../../../test/servers/postgres.ts';
import { emptyStore } from '../../../test/store.ts';
import { beginRun, item, stage } from '../conformance/sample.ts';
import type { Store } from '../contract.ts';
import { open } from './open.ts';

const opened = (url: string, program: string): Promise<Store> => open({ url, program, create: true });

async function onDatabase({ url }: TestDatabase, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

testOnPostgres('one process writes at a time; the next is told which, readers are not kept out', async () => {
  const database = await emptyStore();
  const first = await opened(database.url, 'first');
  await expect(opened(database.url, 'second')).rejects.toMatchObject({
    kind: 'conflict',
    message: expect.stringContaining(`in use by Rollcall first (process ${process.pid} on `),
  });
  const reader = await open({ url: database.url, program: 'reader', readOnly: true });
  await reader.close();
  await first.close();
  await (await opened(database.url, 'second')).close();
  await database.remove();
});

testOnPostgres(
  'a process that said nothing for its lease is put out: all that it tries then is refused, a new run too',
  async () => {
    const database = await emptyStore();
    const frozen = await opened(database.url, 'frozen');
    const run = await beginRun(frozen);
    await onDatabase(database, 'update rollcall.tenure set lease_until = 1');
    const next = await opened(database.url, 'next');
    const { epoch } = await beginRun(next);
    expect(epoch).toBe(run.epoch + 1);
    const refused = { kind: 'conflict', message: expect.stringContaining('put out') };
    await expect(stage({ store: frozen, ...run }, [item('a')])).rejects.toMatchObject(refused);
    await expect(beginRun(frozen)).rejects.toMatchObject(refused);
    await expect(frozen.sync.markDirty([], null)).rejects.toMatchObject(refused);
    expect(await next.spaces.scan('hr', { after: 0, limit: 9 })).toEqual([]);
    expect((await next.runs.get(run.run))!.status).toBe('interrupted');
    await frozen.close();
    await next.close();
    await database.remove();
  },
);

testOnPostgres('a connection that was lost while nobody wrote is made anew', async () => {
  const database = await emptyStore();
  const store = await opened(database.url, 'test');
  const run = await beginRun(store);
  await database.disconnect();
  await stage({ store, ...run }, [item('a')]);
  expect(await store.spaces.scan('hr', { after: 0, limit: 9 })).toHaveLength(1);
  await store.close();
  await database.remove();
});
