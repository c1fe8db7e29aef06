/** SEMANTICS 6: what a full read emptied goes at its end, however many changed in it and wherever among them it stands. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

const YAML = hrAndDirectory({ read: 'displayName: name, manager: { reference: boss, by: employeeId }' });
/** More than one slice of the writer. */
const PEOPLE = 900;
const LEFT = [5, 450, 895];
const idOf = (i: number): string => `E${1000 + i}`;

let here: Firm;
beforeEach(async () => {
  here = await firm(YAML, ['hr', 'dir']);
});
afterEach(() => here.close());

const put = (i: number, name: string, boss: string | null): void =>
  here.system('hr').put('person', idOf(i), { id: idOf(i), name, boss });

it('references that some of many changed objects lost are gone with the read that shows it', async () => {
  for (let i = 0; i < PEOPLE; i++) put(i, `Person ${i}`, idOf(0));
  await here.run({ profile: 'full-import', connections: ['hr'] });
  for (let i = 0; i < PEOPLE; i++) put(i, `Renamed ${i}`, LEFT.includes(i) ? null : idOf(0));
  await here.run({ profile: 'full-import', connections: ['hr'] });
  const rows = await here.store.spaces.byAnchors('hr', 'person', LEFT.map(idOf));
  const edges = await here.store.spaces.edgesAt(
    rows.map(({ id }) => ({ stagedId: id, attribute: 'boss', key: idOf(0).toLowerCase() })),
  );
  expect(rows).toHaveLength(LEFT.length);
  expect(edges).toEqual([]);
});
