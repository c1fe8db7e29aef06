/** SEMANTICS 12: with `onRename: regenerate` a value is made again when what it is made of changes, in every target that has it. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

let here: Firm;
afterEach(() => here.close());

const CANDIDATES = `['\${person.displayName.lower()}', '\${person.displayName.lower() + string(n)}']`;
async function begun(candidates = CANDIDATES): Promise<void> {
  here = await firm(
    hrAndDirectory({
      top: `attributes: { person: { login: { unique: { candidates: ${candidates}, uniqueIn: [dir.uid], onRename: regenerate } } } }`,
      written: 'uid: login',
    }),
  );
  for (const [id, name] of [
    ['p1', 'Ann'],
    ['p2', 'Bo'],
    ['p3', 'Bo'],
  ] as const)
    here.system('hr').put('person', id, { id, name });
  await here.first();
}
const uid = (anchor: string) => here.system('dir').get('person', anchor)!.attributes.uid;

it('also where the account has the value that was made before', async () => {
  await begun();
  expect(['p1', 'p2', 'p3'].map(uid)).toEqual(['ann', 'bo', 'bo2']);
  here.system('hr').put('person', 'p1', { id: 'p1', name: 'Bo' });
  await here.run();
  expect(['p1', 'p2', 'p3'].map(uid)).toEqual(['bo3', 'bo', 'bo2']);
  expect(await here.run()).toMatchObject({ rowsWritten: 0 });
});

it('what was there stays while no candidate is free', async () => {
  await begun(`['\${person.displayName.lower()}']`);
  here.system('hr').put('person', 'p1', { id: 'p1', name: 'Bo' });
  await here.run();
  expect(uid('p1')).toBe('ann');
  expect(await here.parked('noCandidate')).toHaveLength(2);
});

it('what somebody had once is nobody else’s, though no account has it any more', async () => {
  await begun();
  here.system('hr').put('person', 'p1', { id: 'p1', name: 'Eve' });
  await here.run();
  here.system('hr').put('person', 'p4', { id: 'p4', name: 'Ann' });
  await here.run();
  expect(['p1', 'p4'].map(uid)).toEqual(['eve', 'ann2']);
});
