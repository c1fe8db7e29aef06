/** A member that is told by itself: what a connection says of one membership is no change of the group (SEMANTICS 10). */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

let here: Firm;
afterEach(() => here.close());

it('that membership waits for the sync and not the group, whether or not the last read said when the group was changed', async () => {
  here = await firm(hrAndDirectory({ top: `gates: { ${unlimited('create', 'member')} }`, members: 'member' }));
  const hr = here.system('hr');
  const team = (...members: string[]) => ({ name: 'g', members });
  for (const id of ['E1', 'E2', 'E3']) hr.put('person', id, { id });
  hr.put('group', 'g', team('E1'), { changedAt: '2026-01-01T00:00:00Z' });
  await here.first();
  for (const [members, waiting] of [
    [['E1', 'E2'], ['edge']],
    [
      ['E2', 'E3'],
      ['edge', 'edge'],
    ],
  ] as const) {
    hr.edit('group', 'g', team(...members));
    await here.run({ profile: 'delta-import' });
    const { ranges } = await here.store.sync.dirty();
    expect(ranges.map((range) => range.subject)).toEqual(waiting);
    const [group] = await here.store.spaces.byAnchors('hr', 'group', ['g']);
    expect(group!.changedAt).toBe(Date.parse('2026-01-01T00:00:00Z'));
    await here.run();
    expect(here.system('dir').get('group', 'g')?.attributes['member']).toEqual(members);
  }
});
