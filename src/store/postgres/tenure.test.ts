import { expect } from 'vitest';
import { onDatabase, opened, processes, queued, take, waiting } from '../../../test/processes.ts';
import { command, testOnPostgres } from '../../../test/servers/postgres.ts';
import { emptyStore } from '../../../test/store.ts';
import { beginRun, item, NOW, stage } from '../conformance/sample.ts';
import type { Store } from '../contract.ts';
import { nameOfProcess } from './connect.ts';
import { open } from './open.ts';
import { openDesk } from './tenure/desk.ts';
import { createLock } from './tenure/lock.ts';

processes('the tenure goes round in the order of asking, and each has the next epoch', async ({ a, b, c }, database) => {
  const wanted = new Promise<void>((resolve) => a!.several!.onNews((news) => news === 'wanted' && resolve()));
  await take(a!.several!);
  const first = await beginRun(a!);
  expect(await b!.several!.tryTake({ at: NOW })).toBe(false);
  const second = waiting(b!.several!);
  expect(await second.for).toMatchObject({ program: 'a', pid: process.pid });
  await queued(database, 1);
  const third = waiting(c!.several!);
  await queued(database, 2);
  await wanted;
  expect(a!.several!.wanted).toBe(true);
  await a!.several!.leave();
  await second.had;
  expect(b!.several!.wanted).toBe(true);
  expect((await beginRun(b!)).epoch).toBe(first.epoch + 1);
  await b!.several!.leave();
  await third.had;
  expect(c!.several!.wanted).toBe(false);
  expect((await beginRun(c!)).epoch).toBe(first.epoch + 2);
  // What one that had it before still tries is refused, a new run too; a person's word is taken.
  const refused = { name: 'Superseded', message: expect.stringContaining(`(epoch ${first.epoch + 2} after ${first.epoch})`) };
  await expect(stage({ store: a!, ...first }, [item('x')])).rejects.toMatchObject(refused);
  await expect(beginRun(a!)).rejects.toMatchObject(refused);
  await a!.sync.markDirty([], null);
  expect((await a!.runs.get(first.run))!.status).toBe('interrupted');
});

processes(
  'ids that one reserved ahead are its own until another one had the tenure, which may give them again',
  async ({ a, b }) => {
    const end = { status: 'done', endedAt: NOW, counts: '{}', rowsWritten: 0, believed: false } as const;
    const brief = async (store: Store): Promise<number> => {
      await take(store.several!);
      const how = { profile: 'push', now: NOW, startedAt: NOW, by: 'test', rulesHash: 'rules', brief: true };
      const { id, epoch } = await store.runs.begin(how);
      const given = await store.sync.reserve('object', 1);
      await store.runs.finish(id, epoch, end);
      await store.several!.leave();
      return given;
    };
    expect([await brief(a!), await brief(a!)]).toEqual([1, 2]);
    await take(b!.several!);
    const { run, epoch } = await beginRun(b!);
    const theirs = await b!.sync.reserve('object', 10);
    await b!.runs.finish(run, epoch, end);
    await b!.several!.leave();
    expect(await brief(a!)).toBeGreaterThanOrEqual(theirs + 10);
  },
);

processes('the connection of one that has it ends: whoever waits has it at once', async ({ a, b }) => {
  await take(a!.several!);
  const next = waiting(b!.several!);
  await next.for;
  await a!.close();
  await next.had;
});

processes('whose connection was lost to one that waits is told that its turn is over', async ({ a, b }, database) => {
  const out = new Promise<void>((resolve) => a!.several!.onNews((news) => news === 'out' && resolve()));
  await take(a!.several!);
  const next = waiting(b!.several!);
  await queued(database, 1);
  const lost = `select pg_terminate_backend(pid, 10000) from pg_locks
    where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`;
  expect(await onDatabase(database, lost)).toHaveLength(1);
  await next.had;
  await out;
  expect(await a!.several!.tryTake({ at: NOW })).toBe(false);
});

processes('who is to end while it waits ends, and is not in the way of those behind it', async ({ a, b, c }) => {
  await take(a!.several!);
  const stop = new AbortController();
  const second = waiting(b!.several!, stop.signal);
  await second.for;
  const third = waiting(c!.several!);
  await third.for;
  stop.abort();
  await expect(second.had).rejects.toMatchObject({
    name: 'Interrupted',
    message: expect.stringMatching(/ended while it waited for Rollcall a/),
  });
  await a!.several!.leave();
  await third.had;
  await c!.several!.leave();
  await take(b!.several!);
});

processes('whoever cannot go on waiting is not in the queue any more', async ({ a, b, c }, database) => {
  await take(a!.several!);
  const broken = b!.several!.take({
    at: NOW,
    signal: undefined,
    waits: () => {
      throw new Error('nobody can be told');
    },
  });
  await expect(broken).rejects.toThrow('nobody can be told');
  await queued(database, 0);
  const next = waiting(c!.several!);
  await next.for;
  // Nor does it keep itself from asking again.
  expect(await b!.several!.tryTake({ at: NOW })).toBe(false);
  await a!.several!.leave();
  await next.had;
  await c!.several!.leave();
  await take(b!.several!);
});

processes('a name in the address does not hide whose connections they are', async (_, database) => {
  const store = await opened(`${database.url}?application_name=mine`, 'named');
  await take(store.several!);
  expect(await onDatabase(database, `select from pg_stat_activity where application_name = 'mine'`)).toEqual([]);
  await store.close();
});

processes('who is closed while it connects leaves no connection behind', async (_, database) => {
  const lock = createLock({ url: database.url, schema: 'rollcall', process: 'closed' }, () => {});
  const trying = lock.try();
  await Promise.all([expect(trying).rejects.toThrow('the store is closed'), lock.close()]);
  const left = `select from pg_stat_activity where application_name = '${nameOfProcess('closed')}'`;
  while ((await onDatabase(database, left)).length > 0);
});

processes(
  'a process that said nothing for its lease is put out: what it tries then is refused, and it may take the tenure anew',
  async ({ a, b }, database) => {
    const out = new Promise<void>((resolve) => a!.several!.onNews((news) => news === 'out' && resolve()));
    await take(a!.several!);
    const run = await beginRun(a!);
    await onDatabase(database, 'update rollcall.tenure set lease_until = 1');
    expect(await b!.several!.tryTake({ at: NOW })).toBe(true);
    const { epoch } = await beginRun(b!);
    expect(epoch).toBe(run.epoch + 1);
    const refused = { kind: 'conflict', name: 'Superseded' };
    await expect(stage({ store: a!, ...run }, [item('a')])).rejects.toMatchObject(refused);
    await expect(beginRun(a!)).rejects.toMatchObject(refused);
    expect(await b!.spaces.scan('hr', { after: 0, limit: 9 })).toEqual([]);
    await out;
    await a!.several!.leave();
    const again = waiting(a!.several!);
    expect(await again.for).toMatchObject({ program: 'b' });
    await b!.several!.leave();
    await again.had;
    expect((await beginRun(a!)).epoch).toBe(epoch + 1);
    await a!.several!.leave();
    // Taken again before it has renewed.
    await onDatabase(database, 'delete from rollcall.tenure');
    await take(a!.several!);
    expect(await b!.several!.tryTake({ at: NOW })).toBe(false);
    expect((await beginRun(a!)).epoch).toBe(epoch + 2);
  },
);

processes(
  'connections that were lost while nobody wrote are made anew, and the tenure is had again',
  async ({ a, b }, database) => {
    await take(a!.several!);
    const run = await beginRun(a!);
    await database.disconnect();
    await stage({ store: a!, ...run }, [item('a')]);
    expect(await a!.spaces.scan('hr', { after: 0, limit: 9 })).toHaveLength(1);
    const id = await b!.several!.hand('something');
    expect(await a!.several!.handed()).toMatchObject([{ id, request: 'something' }]);
    const next = waiting(b!.several!);
    expect(await next.for).toMatchObject({ program: 'a' });
    await a!.several!.leave();
    await next.had;
  },
);

processes('whatever a connection could not be made for, the next that is asked makes it', async ({ a }, database) => {
  const accepts = (yes: boolean): Promise<unknown> =>
    command(`alter database ${new URL(database.url).pathname.slice(1)} allow_connections ${yes}`);
  await accepts(false);
  await expect(a!.several!.tryTake({ at: NOW })).rejects.toThrow(/not currently accepting connections/);
  await accepts(true);
  expect(await a!.several!.tryTake({ at: NOW })).toBe(true);
});

processes('who waits is known again after the news of it were missed', async ({ a, b }, database) => {
  await take(a!.several!);
  // What a hears news by.
  const lost = `select pg_terminate_backend(pid, 10000) from pg_stat_activity
    where query like 'insert into tenure%' and datname = current_database() and pid <> pg_backend_pid()`;
  expect(await onDatabase(database, lost)).toHaveLength(1);
  const next = waiting(b!.several!);
  await next.for;
  await queued(database, 1);
  await b!.several!.handed();
  expect(a!.several!.wanted).toBe(false);
  for (let asked = 0; asked < 2; asked++) await a!.several!.handed();
  expect(a!.several!.wanted).toBe(true);
  await a!.several!.leave();
  await next.had;
});

processes('one that stands still and works as another user is named to whoever waits', async ({ a }, database) => {
  await take(a!.several!);
  await onDatabase(database, 'update rollcall.tenure set lease_until = 1');
  const url = new URL(database.url);
  url.username = `other_of_${url.pathname.slice(1)}`;
  url.password = 'test';
  const others = `grant usage on schema rollcall to ${url.username}; grant all on all tables in schema rollcall to ${url.username}`;
  await onDatabase(database, `create role ${url.username} login password '${url.password}'; ${others}`);
  const desk = openDesk({ url: url.href, schema: 'rollcall', process: 'other' }, 'b');
  for (let asked = 0; asked < 2; asked++)
    await expect(desk.holder()).rejects.toMatchObject({
      kind: 'permission',
      message: expect.stringContaining(`Rollcall a (process ${process.pid} on `),
      remedy: expect.stringContaining('end that process'),
    });
  await desk.close();
  await onDatabase(database, `drop owned by ${url.username}; drop role ${url.username}`);
});

processes('what is handed over is kept in order until it is known to be settled', async ({ a, b }, database) => {
  const news: string[] = [];
  const heard = new Promise<void>((resolve) => {
    b!.several!.onNews((one) => {
      news.push(one);
      if (one === 'noted') resolve();
    });
  });
  const ids = await Promise.all(['1', '2', '3'].map((text) => b!.several!.hand(text)));
  const rest = { taken: null, settled: null };
  expect(await a!.several!.handed()).toEqual(ids.map((id, i) => ({ id, request: String(i + 1), ...rest })));
  await a!.several!.note(ids[0]!, { taken: 'as run 7' });
  await a!.several!.note(ids[1]!, { taken: 'no', settled: 'null' });
  await heard;
  expect(news.filter((one) => one === 'handed').length).toBeGreaterThan(0);
  expect((await a!.several!.handed()).map(({ id }) => id)).toEqual([ids[0], ids[2]]);
  expect(await b!.several!.handed([ids[1]!, ids[0]!])).toMatchObject([
    { request: '1', taken: 'as run 7', settled: null },
    { request: '2', taken: 'no', settled: 'null' },
  ]);
  await b!.several!.forget([ids[1]!]);
  expect(await b!.several!.handed([ids[1]!])).toEqual([]);
  // One that waited for days is there until its asker has looked, or a day after.
  const days = (count: number): string => `update rollcall.handed set at = at - ${count * 86_400_000}`;
  await onDatabase(database, days(3));
  await a!.several!.note(ids[0]!, { settled: 'done' });
  await b!.several!.forget([]);
  expect(await b!.several!.handed([ids[0]!])).toMatchObject([{ settled: 'done' }]);
  await onDatabase(database, days(2));
  await b!.several!.forget([]);
  expect(await b!.several!.handed(ids)).toMatchObject([{ id: ids[2], settled: null }]);
});

testOnPostgres('who only reads, and a private copy, has nobody beside it', async () => {
  const database = await emptyStore();
  const store = await opened(database.url, 'a');
  const reader = await open({ url: database.url, program: 'reader', readOnly: true });
  const copy = await store.sandbox();
  expect([reader.several, copy.several]).toEqual([null, null]);
  for (const one of [reader, copy, store]) await one.close();
  await database.remove();
});
