/**
 * SEMANTICS 16: a push waits for at most one slice of what is written in bulk (docs/decisions/0010). How long one takes is the benchmark's to say
 * (`push-beside-bulk`); here is counted what it writes at most, however much there is.
 */
import { afterEach, expect, it } from 'vitest';
import { STORE } from '../store.ts';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'update', 'delete', 'disable', 'member', 'attribute', 'empty')} }`,
  read: 'displayName: name, title: title, manager: { reference: boss, by: employeeId }',
  others: `badge:
  type: memory
  system: badge
  import: { person: { join: employeeId, attributes: { employeeId: employee } } }
book:
  type: csv
  path: book.csv
  anchor: number
  mode: on
  import: { person: { join: employeeId, attributes: { employeeId: number } } }
  export: { person: { provision: true, anchor: employeeId, attributes: { number: employeeId, title: title } } }`,
  written: `cn: displayName, boss: '\${person.manager.displayName}'`,
  members: 'member',
});
const PEOPLE = 3_000;
const GROUPS = 6;
/** A hundred people of ten rows; on PostgreSQL ten slices share their way to the server while nobody pushes. */
const MOST_ROWS = STORE === 'sqlite' ? 1_000 : 10_000;
const idOf = (i: number) => `p${String(i).padStart(5, '0')}`;

let here: Firm;
afterEach(() => here?.close());

function put(title: string, boss: string): void {
  const hr = here.system('hr');
  for (let i = 0; i < PEOPLE; i++) hr.put('person', idOf(i), { id: idOf(i), name: `Person ${i}`, title, boss: idOf(0) });
  hr.edit('person', idOf(0), { name: boss });
}

it('writes a bounded number of rows at one go, whatever it does', async () => {
  here = await firm(YAML, ['hr', 'badge', 'dir']);
  put('Clerk', 'Boss');
  for (let n = 0; n < GROUPS; n++) {
    const members = Array.from({ length: PEOPLE / GROUPS }, (_, i) => idOf(n + i * GROUPS));
    here.system('hr').put('group', `g${n}`, { name: `g${n}`, members });
  }
  // Nobody is known by these: they wait.
  for (let i = 0; i < PEOPLE; i++) here.system('badge').put('person', `b${i}`, { employee: `nobody ${i}` });
  await here.run();
  for (const target of ['dir', 'book']) await here.approve(target).catch(() => undefined);
  await here.run();
  expect(here.system('dir').objects('person')).toHaveLength(PEOPLE);
  // Everybody, and everybody through the one they refer to.
  put('Head', 'Other Boss');
  await here.run();
  expect(here.system('dir').get('person', idOf(7))?.attributes).toMatchObject({ boss: 'Other Boss' });
  // Every fifth goes: what waits is not side by side.
  for (let i = 0; i < PEOPLE; i += 5) here.system('hr').remove('person', idOf(i));
  await here.run({ profile: 'full-import' });
  await here.run();
  const { operations } = await here.store.slices();
  expect(Object.keys(operations)).toEqual(expect.arrayContaining(['stage', 'commit', 'answer', 'answerEdges', 'markAbsent']));
  for (const [operation, { rows }] of Object.entries(operations))
    expect.soft({ operation, rows }).toEqual({ operation, rows: Math.min(rows, MOST_ROWS) });
});
