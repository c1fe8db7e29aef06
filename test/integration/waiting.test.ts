/** What waits, waits rightly: a target that cannot be written, a hold over nothing, an anchor that became free. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

const DAY = 86_400_000;
const dir = hrAndDirectory({ dir: 'deprovision: { action: delete }' });
const book = `store: sqlite:rollcall.db
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import: { person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } } }
  book:
    type: csv
    path: out/book.csv
    anchor: id
    export:
      person: { provision: true, anchor: employeeId, attributes: { name: displayName } }
`;
let here: Firm;
afterEach(() => here.close());
const people = (n: number) => {
  for (let i = 1; i <= n; i++) here.system('hr').put('person', `p${i}`, { id: `p${i}`, name: `Person ${i}` });
};

it('a file that cannot be written is a fault, nothing counts as written, and all of it waits for the next run', async () => {
  here = await firm(book, ['hr']);
  people(3);
  await mkdir(path.join(here.folder, 'out'));
  await here.run();
  await here.approve('book');
  await rm(path.join(here.folder, 'out'), { recursive: true });
  const failed = await here.run();
  expect(failed.status).toBe('warnings');
  expect(failed.connections.find((one) => one.connection === 'book')).toMatchObject({ written: 0, created: 0, waiting: 3 });
  await mkdir(path.join(here.folder, 'out'));
  here.now += DAY;
  await here.run();
  expect((await readFile(path.join(here.folder, 'out/book.csv'), 'utf8')).trim().split('\n')).toHaveLength(4);
});

it('a hold over changes that nobody wants any more is closed', async () => {
  here = await firm(dir);
  people(30);
  here.system('dir').put('person', 'root', { number: 'root' });
  await here.first();
  here.now += DAY;
  for (let i = 1; i <= 10; i++) here.system('hr').remove('person', `p${i}`);
  const tripped = await here.run();
  expect(tripped.notices.map((one) => one.kind)).toContain('gate');
  people(30);
  here.now += DAY;
  await here.run();
  expect(await here.store.exports.holds('dir')).toEqual([]);
  expect((await here.run()).notices).toEqual([]);
  expect(here.system('dir').objects()).toHaveLength(31);
});

it('an anchor that an account of nobody had is given again once that is gone', async () => {
  here = await firm(dir);
  people(2);
  // Stands where p1 is to be made, and is not hers by its key.
  here.system('dir').put('person', 'p1', { number: 'somebody' });
  await here.first();
  expect(await here.parked('accountExists')).toHaveLength(1);
  here.system('dir').remove('person', 'p1');
  here.now += DAY;
  await here.run();
  here.now += DAY;
  await here.run();
  expect(here.system('dir').get('person', 'p1')?.attributes['number']).toBe('p1');
  expect(await here.parked('accountExists')).toEqual([]);
  expect((await here.run()).rowsWritten).toBe(0);
});
