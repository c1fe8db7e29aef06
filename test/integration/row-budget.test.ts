/** STORE 2: how many rows a new person costs, and that a quiet cycle writes none. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'attribute', 'update')} }`,
  read: `givenName: given, familyName: family, displayName: '\${row.given + " " + row.family}', manager: { reference: boss, by: employeeId }`,
  others: `badge:
  type: memory
  system: badge
  import: { person: { join: employeeId, attributes: { employeeId: employee, phone: phone } } }`,
  written: 'cn: displayName, sn: familyName, phone: phone, manager: { value: manager, by: anchor }',
});
const PEOPLE = 1_000;
/** The run's own record, and what it remembers of connections. */
const RECORD = new Set(['run', 'connection', 'counter', 'setting']);
const idOf = (i: number) => `E${String(i).padStart(5, '0')}`;

let here: Firm;
beforeEach(async () => {
  here = await firm(YAML, ['hr', 'badge', 'dir']);
  for (let i = 0; i < PEOPLE; i++) {
    const boss = i === 0 ? null : idOf(Math.floor((i - 1) / 7));
    here.system('hr').put('person', idOf(i), { id: idOf(i), given: `Given ${i}`, family: `Family ${i}`, boss });
    here.system('badge').put('person', `B${i}`, { employee: idOf(i), phone: `${1000 + i}` });
  }
  await here.store.spaces.saveState('dir', { mode: 'on' }, null);
});
afterEach(() => here.close());

/** Rows written by what is done, but for records. */
async function rowsOf(done: () => Promise<unknown>): Promise<{ readonly [table: string]: number }> {
  const before = await here.store.rowsWritten();
  await done();
  const after = await here.store.rowsWritten();
  const tables = Object.keys(after).filter((table) => !RECORD.has(table) && after[table] !== (before[table] ?? 0));
  return Object.fromEntries(tables.map((table) => [table, after[table]! - (before[table] ?? 0)]));
}

it('a new person costs at most ten rows, from first read to confirmed account', async () => {
  const rows = await rowsOf(() => here.run());
  expect(here.system('dir').objects()).toHaveLength(PEOPLE);
  expect(here.system('dir').get('person', idOf(8))?.attributes).toMatchObject({ manager: idOf(1), phone: '1008' });
  const total = Object.values(rows).reduce((sum, n) => sum + n, 0);
  expect(total / PEOPLE, JSON.stringify(rows)).toBeLessThanOrEqual(10);
});

it('a quiet cycle costs none, and neither does one after a restart', async () => {
  await here.run();
  await here.run();
  expect(await rowsOf(() => here.run())).toEqual({});
  await here.restart();
  expect(await rowsOf(() => here.run())).toEqual({});
  here.now += 3_600_000;
  expect(await rowsOf(() => here.run())).toEqual({});
});
