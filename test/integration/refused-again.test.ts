/** What a target refuses for a reason that is mended there goes out again by itself; what it refuses for its value does not. */
import { afterEach, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { asksSomebody } from '#runs/model';
import { hrAndDirectory } from './hr-and-directory.ts';
import { type Place, place } from './place.ts';

const ME = ['--as', 'Ada', '--reason', 'looked at it'];
let here: Place;
afterEach(async () => {
  await here.remove();
  for (const name of ['hr', 'dir']) forgetMemorySystem(name);
});

/** Three creates are refused, then it is mended there. */
const yaml = (kind: string) =>
  hrAndDirectory({ dir: `mode: on\nfaults: [{ on: create, times: 3, do: { refuse: ${kind}, message: no such place } }]` });
async function refused(kind: string): Promise<void> {
  here = await place(yaml(kind));
  for (const id of ['p1', 'p2', 'p3']) memorySystem('hr').put('person', id, { id, name: `Person ${id}` });
  await here.run();
  await here.call('approve', 'dir', ...ME);
  await here.run();
}
/** A run, and what it asks of somebody; that other settings were read is none of it. */
async function asking(...args: string[]): Promise<object> {
  const report = await here.run(...args);
  return { ...report, notices: report.notices.filter(asksSomebody) };
}
const made = () => memorySystem('dir').counts.created;

it.each(['notFound', 'permission'])('%s: by the next run after its wait, and at once where the target is named', async (kind) => {
  await refused(kind);
  const again = await here.call('run', '--quiet');
  expect([again.code, again.out]).toEqual([
    3,
    expect.stringContaining('! dir: 3 changes were refused (no such place); tried again after 08:00:01'),
  ]);
  expect(again.out).toContain(
    'rollcall parked --kind refused --connection dir; once its cause is mended, at once: rollcall run dir',
  );
  expect(await asking()).toMatchObject({ status: 'warnings', faultCount: 0, notices: [{ kind: 'refused' }] });
  here.now += 2_000;
  expect(await asking()).toMatchObject({ status: 'done', notices: [], faults: [] });
  expect(made()).toBe(3);
  expect((await here.call('parked')).out).toContain('Nothing is parked');
});

it('a target that is named is written to at once', async () => {
  await refused('permission');
  expect(await asking('dir')).toMatchObject({ status: 'done', notices: [] });
  expect(made()).toBe(3);
});

it('what was refused for its value waits for another one, and every run says so', async () => {
  await refused('invalidValue');
  here.now += 7_200_000;
  const { code, out } = await here.call('run', 'dir', '--quiet');
  expect([code, out]).toEqual([
    3,
    expect.stringContaining('3 changes were refused (no such place); not tried again until it is another change'),
  ]);
  expect(made()).toBe(0);
  memorySystem('hr').put('person', 'p1', { id: 'p1', name: 'Another name' });
  await here.run();
  expect(made()).toBe(1);
});

it('all that was refused is decided at one go', async () => {
  await refused('invalidValue');
  const all = ['parked', 'decide-all', 'retry', '--kind', 'refused', '--connection', 'dir'];
  expect(await here.call(...all)).toMatchObject({ code: 64, err: expect.stringContaining('needs a name and a reason') });
  expect(await here.call('parked', 'decide-all', 'link', '--kind', 'unjoined', ...ME)).toMatchObject({
    code: 1,
    err: expect.stringContaining("Nothing of kind 'unjoined' is parked"),
  });
  expect(await here.call(...all, ...ME)).toMatchObject({
    code: 0,
    out: expect.stringContaining('3 items (refused) of dir decided: retry'),
  });
  expect(await asking()).toMatchObject({ status: 'done', notices: [] });
  expect(made()).toBe(3);
});
