/**
 * Docs/decisions/0012, where something goes wrong: whoever stands still is put out whole, and nobody else is; what fails half way
 * leaves the tenure free; an answer that is lost doubles nothing.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Client } from 'pg';
import { expect } from 'vitest';
import { onDatabase, opened, processes, take, waiting } from '../../../../test/processes.ts';
import type { TestDatabase } from '../../../../test/servers/postgres.ts';
import { emptyStore } from '../../../../test/store.ts';
import { NOW } from '../../conformance/sample.ts';
import type { Store } from '../../contract.ts';
import { openDesk } from './desk.ts';
import { createLock } from './lock.ts';

const tries = (store: Store): Promise<boolean> => store.several!.tryTake({ at: NOW });
const rowOf = (program: string): string => `rollcall.tenure where program = '${program}'`;

processes('a process that has the tenure, and whose row is gone, is put out', async ({ a, b }, database) => {
  await take(a!.several!);
  await onDatabase(database, `delete from ${rowOf('a')}`);
  expect(await tries(b!)).toBe(true);
});

processes('whoever takes the tenure has the whole lease from then on', async ({ a, b }, database) => {
  await take(a!.several!);
  await a!.several!.leave();
  await onDatabase(database, `update rollcall.tenure set lease_until = 1`);
  await take(a!.several!);
  expect(await tries(b!)).toBe(false);
});

processes(
  'who is put out loses every connection: a transaction it stands still in keeps nobody waiting',
  async ({ a, b }, database) => {
    await take(a!.several!);
    const ours = `select pid from pg_stat_activity where application_name in (select 'rollcall ' || id from ${rowOf('a')})`;
    const before = (await onDatabase<{ pid: number }>(database, ours)).map(({ pid }) => pid);
    // What writes, what reads, the lock, and what is heard by.
    expect(before.length).toBeGreaterThanOrEqual(4);
    await onDatabase(database, `update rollcall.tenure set lease_until = 1 where program = 'a'`);
    expect(await tries(b!)).toBe(true);
    expect(await onDatabase(database, `select pid from pg_stat_activity where pid = any('{${before.join(',')}}')`)).toEqual([]);
  },
);

processes('whoever waits is told that the process it waits for was put out', async ({ a, b }, database) => {
  await take(a!.several!);
  await onDatabase(database, `update rollcall.tenure set lease_until = 1 where program = 'a'`);
  const waits = waiting(b!.several!);
  expect(await waits.for).toMatchObject({ program: 'a', pid: process.pid, putOut: true });
  await waits.had;
});

processes('processes of another database on the server are not seen, and not put out', async ({ a, b }) => {
  await take(a!.several!);
  const other = await emptyStore();
  const desk = openDesk({ url: other.url, schema: 'rollcall', process: 'other' }, 'other');
  expect(await desk.holder()).toBeNull();
  expect(await desk.waited()).toBe(false);
  expect(await tries(b!)).toBe(false);
  await desk.close();
  await other.remove();
});

processes(
  'whoever was given it while it stood still does not wait for itself, and does not put itself out',
  async (_, database) => {
    const place = { url: database.url, schema: 'rollcall', process: 'own' };
    const [desk, lock] = [openDesk(place, 'own'), createLock(place, () => {})];
    await desk.register();
    expect(await lock.try()).toBe(true);
    await onDatabase(database, 'update rollcall.tenure set lease_until = 1');
    expect(await desk.holder()).toBeNull();
    expect(lock.held).toBe(true);
    expect(await onDatabase(database, `select from ${rowOf('own')}`)).toHaveLength(1);
    await lock.close();
    await desk.close();
  },
);

const REFUSING = `create schema refusing;
  create function refusing.refuse() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
  create trigger refuse before update on rollcall.counter for each row execute function refusing.refuse()`;

processes('who cannot take the next epoch does not have the tenure, and keeps it from nobody', async ({ a, b }, database) => {
  await onDatabase(database, REFUSING);
  await expect(tries(a!)).rejects.toThrow('refused');
  await onDatabase(database, 'drop schema refusing cascade');
  expect(await tries(b!)).toBe(true);
});

processes('who asks for it while it is being taken is known to wait', async ({ a, b }, database) => {
  await take(a!.several!);
  await a!.several!.leave();
  await onDatabase(database, `update rollcall.tenure set since = 0`);
  const lock = new Client({ connectionString: database.url });
  await lock.connect();
  await lock.query('begin; select from rollcall.turn for update');
  const taken = tries(a!);
  while ((await onDatabase(database, `select from ${rowOf('a')} and since > 0`)).length === 0);
  const told = new Promise<void>((resolve) => a!.several!.onNews((news) => news === 'wanted' && resolve()));
  const next = waiting(b!.several!);
  await told;
  await lock.query('rollback');
  expect(await taken).toBe(true);
  expect(a!.several!.wanted).toBe(true);
  await lock.end();
  await a!.several!.leave();
  await next.had;
});

/** A way to the server that is cut when the server has answered what holds this text, before the answer comes. */
async function cutAfter(
  { url }: TestDatabase,
  text: string,
): Promise<{ readonly url: string; readonly server: Server; readonly cuts: number }> {
  const { port, hostname } = new URL(url);
  const out = { url: '', server: createServer(), cuts: 0 };
  out.server.on('connection', (near: Socket) => {
    const far = connect(Number(port), hostname);
    let sent = false;
    for (const [from, onto] of [
      [near, far],
      [far, near],
    ] as const)
      from.on('error', () => {}).on('close', () => onto.destroy());
    near.on('data', (bytes) => {
      sent ||= out.cuts === 0 && bytes.includes(text);
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (!sent) return void near.write(bytes);
      out.cuts++;
      near.destroy();
    });
  });
  await new Promise<void>((resolve) => out.server.listen(0, '127.0.0.1', resolve));
  const here = new URL(url);
  here.host = `127.0.0.1:${(out.server.address() as { port: number }).port}`;
  out.url = here.href;
  return out;
}

processes('what was handed over and whose answer was lost is kept once', async ({ a }, database) => {
  const way = await cutAfter(database, 'insert into handed');
  const store = await opened(way.url, 'far');
  await expect(store.several!.hand('something')).resolves.toEqual(expect.any(String));
  expect(way.cuts).toBe(1);
  expect(await a!.several!.handed()).toMatchObject([{ request: 'something' }]);
  await store.close();
  way.server.close();
});
