/** SEMANTICS 1 and 3: what a target said itself, and Rollcall holds there from now on, is no longer its own; a full sync later finds nothing new. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

let here: Firm;
afterEach(() => here.close());

it.each([
  ['as it is wanted', 'p1'],
  ['and it is replaced', 'zz'],
])('an attribute that is read for one thing and written from another: it is there %s', async (_, uid) => {
  here = await firm(
    hrAndDirectory({
      top: `gates: { ${unlimited('create', 'update', 'attribute', 'empty')} }`,
      dir: 'mode: on',
      known: 'login: uid',
      written: 'cn: displayName, uid: employeeId',
    }),
  );
  here.system('hr').put('person', 'p1', { id: 'p1', name: 'One' });
  here.system('dir').put('person', 'p1', { number: 'p1', uid, cn: 'One' });
  await here.run();
  if (uid === 'zz') await here.approve('dir');
  await here.run();
  const person = async (): Promise<unknown> => JSON.parse((await here.store.sync.objects([1]))[0]!.attributes);
  expect(await person()).toEqual({ displayName: 'One', employeeId: 'p1' });
  expect(here.system('dir').get('person', 'p1')?.attributes).toMatchObject({ uid: 'p1' });
  await here.run();
  expect(await here.run({ profile: 'full-sync' })).toMatchObject({ status: 'done', objects: { person: { changed: 0 } } });
});
