/** A plan counts as written what a run would send, and names the rest: what is only watched, what is held, and what is kept. */
import { afterEach, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';
import { type Place, place } from './place.ts';

const ME = ['--as', 'Ada', '--reason', 'looked at it'];
const COUNT = 30;
const yaml = (dir: string) => hrAndDirectory({ top: `gates: { ${unlimited('create')} }`, dir, members: 'member' });
const idOf = (n: number) => `p${String(n).padStart(2, '0')}`;
const team = (size: number) =>
  memorySystem('hr').put('group', 'all', { name: 'all', members: Array.from({ length: size }, (_, n) => idOf(n)) });
let here: Place;
afterEach(async () => {
  await here.remove();
  for (const name of ['hr', 'dir']) forgetMemorySystem(name);
});
async function begin(): Promise<void> {
  here = await place(yaml('mode: on'));
  for (let n = 0; n < COUNT; n++) memorySystem('hr').put('person', idOf(n), { id: idOf(n), name: `Person ${n}` });
  team(COUNT);
  await here.run();
}
const said = async () => (await here.call('plan')).out.split('\n').filter((line) => line.includes("'rollcall run' would"));

it('memberships of a target that is only watched, and those that a gate holds', async () => {
  await begin();
  expect(await said()).toEqual([expect.stringMatching(/'rollcall run' would keep \d+ changes until you approve\.$/)]);
  await here.call('approve', 'dir', ...ME);
  expect(await said()).toEqual([expect.stringMatching(/'rollcall run' would write \d+ changes to the targets\.$/)]);
  await here.run();
  team(5);
  const { connections } = await here.run();
  expect(connections).toMatchObject([{ connection: 'hr' }, { connection: 'dir', held: COUNT - 5 }]);
  memorySystem('hr').put('person', 'p01', { id: 'p01', name: 'Another name' });
  await here.run('hr', '--profile', 'delta-import');
  const plan = await here.call('plan');
  expect(plan.out).toContain("; 25 of them held, not written until 'rollcall approve dir'");
  expect(plan.out).toContain('write 1 change to the targets and keep 25 changes until you approve.');
});

it('changes of a target that is sent nothing', async () => {
  await begin();
  await here.call('approve', 'dir', ...ME);
  await here.run();
  memorySystem('hr').put('person', 'p01', { id: 'p01', name: 'Another name' });
  await here.run('hr', '--profile', 'delta-import');
  await here.write('rollcall.yaml', yaml('mode: hold'));
  expect((await here.call('plan')).out).toContain(
    "would change 1 person and keep 1 change, as nothing is written to dir while rollcall.yaml says 'mode: hold'.",
  );
  await here.write('rollcall.yaml', yaml('mode: on'));
  await here.call('hold', 'dir', ...ME);
  expect((await here.call('plan')).out).toContain("keep 1 change, as nothing is written to dir until 'rollcall release dir'.");
});
