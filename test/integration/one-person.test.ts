/** A run about one person does for her what a run about everybody would, and nothing for others. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create')} }`,
  read: 'displayName: name, phone: phone',
  account: 'when: person.phone != null',
});
let here: Firm;
afterEach(() => here.close());

it('makes the account that she is to have from now on, and nobody else', async () => {
  here = await firm(YAML);
  const hr = (id: string, phone?: string) =>
    here.system('hr').put('person', id, { id, name: `Person ${id}`, phone: phone ?? null });
  const accounts = () =>
    here
      .system('dir')
      .objects()
      .map((one) => one.anchor)
      .sort();
  for (const id of ['p1', 'p2', 'p3']) hr(id, id === 'p1' ? '1' : undefined);
  here.system('dir').put('person', 'root', { number: 'root' });
  await here.first();
  expect(accounts()).toEqual(['p1', 'root']);
  here.now += 24 * HOUR;
  hr('p2', '2');
  hr('p3', '3');
  await here.run({ profile: 'delta-import' });
  await here.run({ object: (await here.account('hr', 'p2'))!.objectId! });
  expect(accounts()).toEqual(['p1', 'p2', 'root']);
  await here.run();
  expect(accounts()).toEqual(['p1', 'p2', 'p3', 'root']);
});
