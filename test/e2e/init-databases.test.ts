/** What init writes of a table passes check as it is, and brings people: its table and its key are found out. */
import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { type Place, place } from '../integration/place.ts';
import { MARIADB, POSTGRES, SQLITE, type SqlDatabase } from '../servers/sql-databases.ts';
import { asked } from './asked.ts';

const TABLES = [
  'create table employees (first_name varchar(40), last_name varchar(40), staff_no varchar(20) not null primary key, e_mail varchar(80), manager_id varchar(20))',
  "insert into employees values ('Ada', 'Lovelace', 'E1', 'ada@example.org', null), ('Zoe', 'Celik', 'E2', null, 'E1')",
  'create table orders (id varchar(20) not null primary key)',
];

let here: Place;
let database: SqlDatabase | null = null;
beforeEach(async () => {
  here = await place('');
});
afterEach(async () => {
  await database?.remove();
  database = null;
  await here.remove();
});

/** The settings by which it is reached, with the password in a file. */
async function reached({ settings, folder }: SqlDatabase): Promise<{ readonly place: string; readonly sets: readonly string[] }> {
  if (settings.url.startsWith('sqlite:')) await copyFile(join(folder, 'test.db'), here.path('test.db'));
  if (settings.password !== undefined) await writeFile(here.path('password'), settings.password);
  const user = settings.user === undefined ? [] : ['--set', `user=${settings.user}`, '--set', 'password=${file:password}'];
  return { place: `sql:${settings.url}`, sets: user };
}

async function expectPeople(): Promise<void> {
  const checked = JSON.parse((await here.call('check', '--json')).out) as unknown;
  expect(checked).toMatchObject({ ok: true, faults: [], warnings: [] });
  expect(await here.run()).toMatchObject({ faults: [], status: 'done' });
  expect((await here.call('explain', 'E2', '--json')).out).toContain('Lovelace');
}

describe.each([SQLITE, POSTGRES, MARIADB])('$title', (system) => {
  system.test('without a question: the one table of people, by its primary key', async () => {
    database = await system.fresh();
    await database.execute('pragma journal_mode = delete', ...TABLES).catch(() => database!.execute(...TABLES));
    const { place: from, sets } = await reached(database);
    const made = await here.call('init', '--force', '--source', from, ...sets);
    expect([made.code, made.err]).toEqual([0, '']);
    expect(made.out).toContain("people known by 'staff_no'");
    const yaml = await here.read('rollcall.yaml');
    expect(yaml).toMatch(/person:\n +table: employees\n +key: staff_no\n/);
    expect(yaml).toContain('manager: { reference: manager_id }');
    if (database.settings.password !== undefined) expect(yaml).not.toContain(database.settings.password);
    await expectPeople();
  });
});

POSTGRES.test('asked: the tables and the columns there are, and again where there is no such table', async () => {
  database = await POSTGRES.fresh();
  await database.execute(...TABLES, 'alter table employees rename to roster');
  const { url, user, password } = database.settings;
  const answers: readonly (readonly [about: string, answer: string])[] = [
    ['Number or name', 'sql'],
    // What is asked next is as where it leads.
    ['Where is the database?', '${env:HR_URL}'],
    ['Which user', user!],
    ['which environment variable', 'HR_PASSWORD'],
    ['Which table', 'rooster'],
    ['Where is the database?', ''],
    ['Which user', ''],
    ['which environment variable', ''],
    // The tables have numbers.
    ['Which table', '2'],
    ['[staff_no]', ''],
    ['What shall it be called', ''],
    ['Add a target', 'no'],
  ];
  const { code, answered, shown } = await asked(here, ['init', '--force'], answers, { HR_URL: url, HR_PASSWORD: password! });
  expect([code, answered]).toEqual([0, answers.length]);
  expect(shown).toContain('taken letter by letter');
  expect(shown).not.toContain(url);
  expect(shown).toMatch(/1 {2}orders\n.* 2 {2}roster/);
  const yaml = await here.read('rollcall.yaml');
  for (const line of ['url: ${env:HR_URL}', 'password: ${env:HR_PASSWORD}']) expect(yaml).toContain(line);
});

SQLITE.test('where several tables may be meant, or one has no key, that is to be said, with what there is', async () => {
  database = await SQLITE.fresh();
  await database.execute('pragma journal_mode = delete', ...TABLES, 'create view staff as select * from employees');
  const { place: from } = await reached(database);
  const table = await here.call('init', '--force', '--source', from);
  expect([table.code, table.err]).toEqual([
    1,
    expect.stringContaining('--set kinds.person.table=…; there are employees, orders, staff'),
  ]);
  const view = await here.call('init', '--force', '--source', from, '--set', 'kinds.person.table=staff');
  expect([view.code, view.err]).toEqual([
    1,
    expect.stringContaining('--set kinds.person.key=…; there are first_name, last_name, staff_no'),
  ]);
  const sets = ['--set', 'kinds.person.table=staff', '--set', 'kinds.person.key=staff_no'];
  const made = await here.call(
    'init',
    '--force',
    '--source',
    from,
    ...sets,
    '--target',
    from,
    '--target-set',
    'kinds.person.table=employees',
  );
  expect([made.code, made.err]).toEqual([0, '']);
  expect(await here.read('rollcall.yaml')).toMatch(/^ {2}test:\n {4}type: sql$/m);
  const other = await here.call('init', '--force', '--source', from, ...sets, '--anchor', 'first_name');
  expect([other.code, other.err]).toEqual([1, expect.stringContaining('sql knows people by staff_no')]);
});
