/** A full read that was not believed is told by every run, with its numbers, until a later one is believed or somebody says that it is right. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { hrAndDirectory } from './hr-and-directory.ts';
import { DAY, type Place, place } from './place.ts';

const ME = ['--as', 'Ada', '--reason', 'looked at it'];
const idOf = (n: number) => `p${String(n).padStart(2, '0')}`;
let here: Place;
const show = (from: number, to: number) => {
  for (let n = from; n < to; n++) memorySystem('hr').put('person', idOf(n), { id: idOf(n), name: `Person ${n}` });
};
/** So many are there, and no change feed tells of the others. */
const left = (to: number) => {
  forgetMemorySystem('hr');
  show(0, to);
  // As long a feed as it had.
  for (let n = 0; n < 60; n++) show(0, 1);
};
const full = () => here.run('--profile', 'full-import');

beforeEach(async () => {
  here = await place(hrAndDirectory({ dir: 'mode: on', members: 'member' }));
  show(0, 20);
  memorySystem('hr').put('group', 'g', { name: 'all', members: ['p00'] });
  await here.run();
  await here.call('approve', 'dir', ...ME);
  await here.run();
  left(8);
  here.now += 1_000;
});
afterEach(async () => {
  await here.remove();
  for (const name of ['hr', 'dir']) forgetMemorySystem(name);
});

const SICK = 'it shows no group at all where the last complete read showed 1, and 8 of kind person where it showed 20';

it('by runs that read only changes, too', async () => {
  expect((await full()).notices).toMatchObject([{ kind: 'incompleteRead', message: `hr: ${SICK}. Nobody is taken as gone` }]);
  for (const profile of ['delta-import', 'delta-sync', 'export']) {
    here.now += 1_000;
    expect(await here.call('run', '--profile', profile)).toMatchObject({
      code: 3,
      out: expect.stringContaining(`! hr: the last read was not believed: ${SICK}. Nobody is taken as gone`),
    });
  }
  show(8, 20);
  memorySystem('hr').put('group', 'g', { name: 'all', members: ['p00'] });
  here.now += DAY;
  expect(await full()).toMatchObject({ status: 'done', notices: [] });
  expect(await here.call('run', '--profile', 'delta-import')).toMatchObject({ code: 0 });
});

it('what is approved is named, and a smaller one is not believed', async () => {
  await full();
  const approved = await here.call('approve', 'hr', '--read', ...ME);
  expect(approved.out).toContain('0 of kind group (1 before) and 8 of kind person (20 before)');
  left(7);
  expect((await full()).notices).toMatchObject([
    { message: expect.stringContaining('7 of kind person where the approved read showed 8') },
  ]);
  await here.call('approve', 'hr', '--read', ...ME);
  expect((await full()).notices).toEqual([]);
});
