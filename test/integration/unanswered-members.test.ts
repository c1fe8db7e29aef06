/** SEMANTICS 8 for memberships: what a target may have done without an answer counts as sent, once, like everything else. */
import { afterEach, expect, it } from 'vitest';
import { canonicalJson } from '#core/canonical';
import { type Firm, firm, HOUR } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const LIMIT = 30;
const yaml = (faults: string) =>
  hrAndDirectory({
    top: `gates: { ${unlimited('create')}, member: { percent: 100, count: ${LIMIT} } }`,
    read: '',
    dir: `mode: on\n${faults}`,
    written: '',
    members: 'member',
  });
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `p${from + i}`);

let here: Firm;
const team = (members: readonly string[]) => here.system('hr').put('group', 'g', { name: 'g', members: [...members] });
const members = () => {
  const [group] = here
    .system('dir')
    .objects()
    .filter((one) => one.kind === 'group');
  return [group?.attributes['member'] ?? []].flat().length;
};
/** Twenty members, whose adding was approved with the first plan; then the target goes wrong. */
async function begin(faults: string): Promise<void> {
  here = await firm(yaml(''));
  for (const id of ids(0, 100)) here.system('hr').put('person', id, { id });
  team(ids(0, 20));
  await here.first();
  await here.run();
  expect(members()).toBe(20);
  await here.restart(yaml(faults));
}
async function hourly(...teams: readonly (readonly string[])[]): Promise<void> {
  for (const one of teams) {
    team(one);
    here.now += HOUR / 4;
    await here.run();
  }
}
afterEach(() => here.close());

it.each(['unknown', 'throw'])('additions that it does and does not answer (%s) stop at the limit of a day', async (how) => {
  await begin(`faults: [{ on: update, do: { die: after, how: ${how} } }]`);
  await hourly(...[30, 40, 50, 60, 70].map((n) => ids(0, n)));
  expect(members()).toBe(50);
  const { notices } = await here.run();
  expect(notices).toMatchObject([{ kind: 'gate', connection: 'dir', message: expect.stringContaining('"member"') }]);
});

it('a group does not lose more than half of its members in losses that nobody answers', async () => {
  await begin('faults: [{ on: update, do: { die: after, how: unknown } }]');
  await hourly(...[16, 12, 8, 4].map((n) => ids(0, n)));
  expect(members()).toBe(12);
});

it('what is not done and is sent again and again counts once', async () => {
  await begin('faults: [{ on: update, times: 3, do: { die: before, how: unknown } }]');
  await hourly(...[40, 40, 40, 40, 40].map((n) => ids(0, n)));
  expect(members()).toBe(40);
  expect((await here.run()).notices).toEqual([]);
});

it('of an attempt that was lost with its process what was in it counts, and not what came to wait since', async () => {
  await begin('');
  const decided = async (members: readonly string[]) => {
    team(members);
    await here.run({ profile: 'full-import', connections: ['hr'] });
    await here.run({ profile: 'delta-sync' });
  };
  await decided(ids(0, 24));
  const { lines } = await here.plan({ profile: 'export', read: false });
  await decided(ids(0, 28));
  const { answerEdges } = here.store.exports;
  Object.assign(here.store.exports, { answerEdges: () => Promise.resolve() });
  await here.run({ profile: 'export', planLines: lines.map((line) => canonicalJson(line)) });
  Object.assign(here.store.exports, { answerEdges });
  expect(members()).toBe(24);
  await here.restart();
  const counts = await here.store.exports.gateCounts('dir', here.now - HOUR);
  expect(counts.find(({ part }) => part === 'member')?.sent).toBe(4);
  await here.run();
  expect(members()).toBe(28);
});
