/** Memberships and the gates: a group that is emptied, by accident or not. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetMemorySystem, type MemorySystem, memorySystem } from '#connectors/memory/index';
import { type Place, place } from './place.ts';

const YAML = `store: sqlite:rollcall.db
gates: { create: { percent: 100, count: 1000 } }
connections:
  hr:
    type: memory
    system: members hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } }
      group: { join: name, project: true, attributes: { name: name, member: { reference: members } } }
  dir:
    type: memory
    system: members dir
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
      group: { join: name, attributes: { name: name } }
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName } }
      group: { provision: true, anchor: name, attributes: { name: name, member: member } }
`;
const ME = ['--as', 'Ada', '--reason', 'looked at it'];
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `p${String(from + i).padStart(3, '0')}`);

let here: Place;
let hr: MemorySystem;
let dir: MemorySystem;

const team = (name: string, members: readonly string[]) => hr.put('group', name, { name, members: [...members] });
const inDirectory = (name: string): number => {
  const members = dir.objects().find((one) => one.anchor === name)?.attributes['member'];
  return Array.isArray(members) ? members.length : members === undefined || members === null ? 0 : 1;
};

beforeEach(async () => {
  here = await place(YAML);
  hr = memorySystem('members hr');
  dir = memorySystem('members dir');
  for (const id of ids(0, 200)) hr.put('person', id, { id, name: `Person ${id}` });
  team('sales', ids(0, 30));
  team('all', ids(0, 200));
  await here.run();
});
afterEach(async () => {
  await here.remove();
  for (const name of ['members hr', 'members dir']) forgetMemorySystem(name);
});

describe('memberships', () => {
  it('of a first plan are approved with it', async () => {
    expect(dir.objects()).toEqual([]);
    const { out } = await here.call('approve', 'dir', ...ME, '--json');
    expect(JSON.parse(out)).toMatchObject({ what: 'firstPlan', decided: 202 + 230 });
    expect((await here.run()).notices).toEqual([]);
    expect([inDirectory('sales'), inDirectory('all')]).toEqual([30, 200]);
  });

  it('of a first plan that were not chosen wait, while later ones go on', async () => {
    await here.call('approve', 'dir', ...ME, ...['sales', ...ids(0, 200)].flatMap((name) => ['--only', name]));
    for (let i = 0; i < 2; i++) await here.run();
    expect([inDirectory('sales'), inDirectory('all')]).toEqual([30, 0]);
    team('sales', ids(0, 31));
    expect((await here.run()).notices).toMatchObject([{ kind: 'gate' }]);
    expect([inDirectory('sales'), inDirectory('all')]).toEqual([31, 0]);
    expect(JSON.parse((await here.call('approve', 'dir', ...ME, '--json')).out)).toMatchObject({ what: 'gate', left: 0 });
    expect((await here.run()).notices).toEqual([]);
    expect(inDirectory('all')).toBe(200);
  });

  describe('afterwards', () => {
    beforeEach(async () => {
      await here.call('approve', 'dir', ...ME);
      await here.run();
      expect(inDirectory('sales')).toBe(30);
    });

    it('of a group that loses more than half are held, and go once they are approved', async () => {
      team('sales', ids(0, 10));
      hr.put('person', 'p000', { id: 'p000', name: 'Renamed' });
      for (let i = 0; i < 2; i++) {
        expect((await here.run()).notices).toMatchObject([
          { kind: 'gate', message: expect.stringContaining('20 changes of kind "member"') },
        ]);
        expect(inDirectory('sales')).toBe(30);
      }
      expect(dir.objects().find((one) => one.anchor === 'p000')?.attributes['cn']).toBe('Renamed');
      expect((await here.call('approve', 'dir', ...ME)).out).toContain('20 changes');
      expect((await here.run()).notices).toEqual([]);
      expect(inDirectory('sales')).toBe(10);
    });

    it('of a group that somebody deleted there are made again with it', async () => {
      dir.remove('group', 'sales');
      team('sales', ids(1, 31));
      expect((await here.run()).notices).toEqual([]);
      const { attributes } = dir.get('group', 'sales')!;
      expect(attributes['member']).toEqual(ids(1, 31));
    });

    it('are explained where they are, one system after the other, with those who are not known', async () => {
      team('sales', ['p000', 'p001', 'nobody']);
      await here.run();
      const { members } = JSON.parse((await here.call('explain', 'hr:sales', '--json')).out);
      expect(members).toMatchObject([
        { connection: 'hr', attribute: 'members', seen: 3, owed: 1, some: ['nobody', 'p000', 'p001'] },
        { connection: 'dir', seen: 30, add: 0, remove: 28, more: false },
      ]);
      const { out } = await here.call('explain', 'hr:sales', 'member');
      expect(out).not.toContain('(empty)');
      expect(out).toMatch(/^dir sales {2}member: 30, 28 to remove$/m);
      expect(out).toMatch(/^hr sales {2}members: 3, 1 not known yet\n {4}nobody\n/m);
      const { exports } = JSON.parse((await here.call('preview', 'hr', 'sales', '--json')).out);
      expect(exports.filter((line: { before: { member?: string } }) => line.before.member !== undefined)).toHaveLength(28);
    });

    it('that were approved pass once: the same loss again is held again', async () => {
      team('sales', ids(0, 10));
      await here.run();
      await here.call('approve', 'dir', ...ME);
      await here.run();
      team('sales', ids(0, 30));
      await here.run();
      expect(inDirectory('sales')).toBe(30);
      here.now += 2 * 86_400_000;
      team('sales', ids(0, 10));
      expect((await here.run()).notices).toMatchObject([{ kind: 'gate' }]);
      expect(inDirectory('sales')).toBe(30);
    });

    it('that were discarded stay as they are, and others go on', async () => {
      team('sales', ids(0, 10));
      await here.run();
      expect((await here.call('discard', 'dir', ...ME)).out).toContain('20 changes');
      team('all', ids(0, 199));
      expect((await here.run()).notices).toEqual([]);
      expect([inDirectory('sales'), inDirectory('all')]).toEqual([30, 199]);
      team('sales', ids(0, 31));
      await here.run();
      expect(inDirectory('sales')).toBe(31);
    });

    it('count over a day, however few come at a time', async () => {
      for (let n = 1; n < 9; n++) {
        team('all', ids(0, 200 - n * 10));
        await here.run();
      }
      expect(inDirectory('all')).toBe(160);
    });

    it('of a group that is emptied in slices are held at half of what it had, while other groups could lose more', async () => {
      const slices: number[] = [];
      for (let left = 25; left >= 0; left -= 5) {
        team('sales', ids(0, left));
        await here.run();
        slices.push(inDirectory('sales'));
      }
      expect(slices).toEqual([25, 20, 15, 15, 15, 15]);
      // Somebody new is no reason to let more go.
      team('sales', ids(100, 120));
      expect((await here.run()).notices).toMatchObject([
        {
          kind: 'gate',
          message: expect.stringContaining('one group alone would lose 30 in 24 hours, 15 of them already, and the limit is 15'),
        },
      ]);
      expect(inDirectory('sales')).toBe(15);
      here.now += 25 * 3_600_000;
      team('sales', ids(0, 15));
      await here.run();
      team('sales', ids(0, 8));
      expect((await here.run()).notices).toEqual([]);
      expect(inDirectory('sales')).toBe(8);
    });

    it('that come and go: what a group was given after it began to lose does not make it larger', async () => {
      team('sales', ids(10, 30));
      await here.run();
      team('sales', ids(10, 50));
      await here.run();
      expect(inDirectory('sales')).toBe(40);
      team('sales', ids(18, 50));
      const held =
        '8 changes of kind "member" are held: with the 10 sent before they would make 18 in 24 hours, and the limit is 15';
      expect((await here.run()).notices).toMatchObject([{ message: expect.stringContaining(held) }]);
      expect(inDirectory('sales')).toBe(40);
    });
  });
});
