/** What is tried again by itself waits for its time (SEMANTICS 9), unless somebody names its target. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

let here: Firm;
afterEach(() => here.close());
const attempts = async () =>
  (await here.store.exports.list('dir', ['failed'], { after: 0, limit: 9 })).map((row) => row.export!.attempts);

it('a process that listens names targets for other reasons: what they refused waits all the same', async () => {
  here = await firm(hrAndDirectory({ dir: 'mode: on\nfaults: [{ on: create, times: 9, do: { refuse: permission } }]' }));
  here.system('hr').put('person', 'p1', { id: 'p1', name: 'Person p1' });
  await here.first();
  await here.run({ connections: ['dir'] });
  expect(await attempts()).toEqual([1]);
  await here.run({ connections: ['dir'], atOnce: true });
  expect(await attempts()).toEqual([2]);
  here.now += 4_000;
  await here.run({ connections: ['dir'] });
  expect(await attempts()).toEqual([3]);
});
