/** SEMANTICS 3: the second row of a source, which waited without `many`, has the place in the run in which the first one loses it. */
import { afterEach, expect, it } from 'vitest';
import { unlink } from '#decisions/links';
import { type Firm, firm, HOUR } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

const yaml = hrAndDirectory({
  top: 'zone: Europe/Berlin',
  person: 'filter: row.status != "out" && (row.until == null || row.until >= today())',
  others: `badge:
  type: memory
  system: badge
  import: { person: { join: employeeId, attributes: { employeeId: id, office: room } } }`,
  dir: 'mode: on\ndeprovision: { action: delete }',
  written: 'cn: displayName, room: office',
});

let here: Firm;
afterEach(() => here.close());
const account = () => here.system('dir').get('person', 'p1')?.attributes;
const seconds = async () => (await here.parked('second')).map((one) => JSON.parse(one.detail).anchor as string);
const next = async (days = 1) => {
  here.now += days * 24 * HOUR;
  return here.run();
};

async function begin(): Promise<void> {
  here = await firm(yaml, ['hr', 'badge', 'dir']);
  here.system('hr').put('person', 'a', { id: 'p1', name: 'First', until: '2026-01-16' });
  here.system('hr').put('person', 'b', { id: 'p1', name: 'Second' });
  here.system('badge').put('person', 'x', { id: 'p1', room: 'A1' });
  here.system('badge').put('person', 'y', { id: 'p1', room: 'B2' });
  here.system('dir').put('person', 'root', { number: 'root' });
  await here.first();
  expect([await seconds(), account()?.['cn'], account()?.['room']]).toEqual([['b', 'y'], 'First', 'A1']);
}

it('the filter does not take the first any more: nobody leaves', async () => {
  await begin();
  here.system('hr').edit('person', 'a', { status: 'out' });
  // What an account made anew would not have.
  here.system('dir').edit('person', 'p1', { pet: 'cat' });
  await next();
  expect([await seconds(), account()?.['cn'], account()?.['pet']]).toEqual([['y'], 'Second', 'cat']);
});

it('a day comes on which the filter does not take the first any more', async () => {
  await begin();
  await next(5);
  expect([await seconds(), account()?.['cn']]).toEqual([['y'], 'Second']);
});

it('somebody unlinks the first', async () => {
  await begin();
  const decider = { by: 'Ada', reason: 'not hers', at: here.now };
  await unlink({ connection: 'badge', anchor: 'x' }, decider, { config: here.config, store: here.store });
  await next();
  expect([await seconds(), account()?.['room']]).toEqual([['b'], 'B2']);
  await here.run({ profile: 'full-sync' });
  expect([await seconds(), account()?.['room']]).toEqual([['b'], 'B2']);
});
