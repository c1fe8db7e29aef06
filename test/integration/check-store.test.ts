/** `check` tries the store as a run would find it, and makes none; and what a connection is asked for that it cannot do. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { testOnPostgres, withClient } from '../servers/postgres.ts';
import { emptyStore, STORE } from '../store.ts';
import { BOOK, HR, type Place, place } from './place.ts';

let here: Place;
beforeEach(async () => {
  here = await place(HR);
  await here.write('hr.csv', 'id,name,phone\n1001,Zoë,1\n');
});
afterEach(() => here.remove());

it('a server that nobody runs is told, and check fails as the run would', async () => {
  await here.write('rollcall.yaml', `${HR}store: postgres://rollcall:hunter22@127.0.0.1:1/rollcall\n`);
  const { code, out } = await here.call('check');
  expect(code).toBe(1);
  expect(out).toContain('✗ store postgres://127.0.0.1:1/rollcall  cannot be used\n  ✗ PostgreSQL cannot be reached: ');
  expect(out).toContain('✓ hr csv');
  expect(out).not.toContain('hunter22');
  expect((await here.call('check', '--offline')).code).toBe(0);
});

it('of a file that is to be made nothing is counted', async () => {
  await here.write('rollcall.yaml', `${HR}${BOOK}`);
  const { out } = await here.call('check');
  expect(out).toMatch(/hr csv .* person with 3 attributes$/m);
  expect(out).toMatch(/book csv .*book\.csv does not exist yet; it is made with the first export {2}writes are proven/);
});

testOnPostgres('a server that may lose what it committed is warned of, and used', async () => {
  const database = await emptyStore();
  try {
    await here.write('rollcall.yaml', `${HR}store: ${database.url}\n`);
    const { rows } = await withClient(database.url, (client) => client.query<{ fsync: string }>('show fsync'));
    const { code, out } = await here.call('check');
    const warned =
      /✓ store postgres:.*\n {2}! the PostgreSQL server runs with fsync = off: .*\n {4}→ as its administrator: alter system/;
    expect({ code, warned: warned.test(out) }).toEqual({ code: 0, warned: rows[0]!.fsync === 'off' });
  } finally {
    await database.remove();
  }
});

it('a connection that is to be live and cannot be listened to is told', async () => {
  // One that is told of changes has nothing to be listened to.
  await here.write(
    'rollcall.yaml',
    'connections: { hr: { type: scim-push, live: true, import: { person: { attributes: { login: userName } } } } }\n',
  );
  const { code, out } = await here.call('check');
  expect(code).toBe(1);
  expect(out).toMatch(/hr cannot be listened to\n.*\n.*take 'live: true' away/);
});

it('a folder that is not there is told, and no store is made where there is one', async () => {
  await here.write('rollcall.yaml', `${HR}store: sqlite:nowhere/rollcall.db\n`);
  expect(await here.call('check')).toMatchObject({ code: 1, out: expect.stringContaining('for the store does not exist') });
  mkdirSync(here.path('nowhere'));
  const { code, out } = await here.call('check');
  expect([code, out]).toEqual([0, expect.stringContaining('rollcall.db  not there yet; the first run makes it\n')]);
  expect(existsSync(here.path('nowhere/rollcall.db'))).toBe(false);
});

it('the store is there after the first run, and check changes nothing in it', async () => {
  await here.write('rollcall.yaml', `${HR}store: sqlite:rollcall.db\n`);
  const looked = async () => JSON.parse((await here.call('check', '--json')).out).store.state;
  // A database of the tests' server has its tables already.
  expect(await looked()).toBe(STORE === 'sqlite' ? 'none' : 'there');
  await here.run();
  const before = await here.contents();
  expect(await looked()).toBe('there');
  expect(await here.contents()).toBe(before);
});

it.skipIf(STORE !== 'sqlite')('a folder that cannot be written is told before the first run', () => {
  const folder = here.path('locked');
  mkdirSync(folder);
  chmodSync(folder, 0o555);
  chmodSync(here.path('.'), 0o755);
  const look = new URL('../../src/store/sqlite/look.ts', import.meta.url).href;
  const program = `try { (await import(${JSON.stringify(look)})).look(${JSON.stringify(`${folder}/rollcall.db`)}) } catch (error) { console.log(error.kind, error.message) }`;
  // Whoever may do everything may write there, too.
  const as = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const { stdout } = spawnSync(process.execPath, ['--conditions=source', '--input-type=module', '-e', program], {
    ...as,
    encoding: 'utf8',
  });
  expect(stdout).toMatch(/^permission the folder of the store .*rollcall\.db cannot be written: EACCES/);
});
