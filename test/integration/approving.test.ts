/** What somebody sees before agreeing to disables and deletes: each of them, with its reason, and how many there are by now. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { DAY, type Place, place } from './place.ts';

const yaml = (deprovision: string) => `store: sqlite:rollcall.db
zone: UTC
life: { person: { ends: endDate, grace: 60d } }
attributes: { person: { endDate: date } }
connections:
  hr:
    type: memory
    system: approving hr
    deltas: false
    owner: true
    import:
      person:
        join: employeeId
        project: true
        attributes: { employeeId: id, displayName: name, endDate: end }
  dir:
    type: memory
    system: approving dir
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
    export:
      person:
        when: person.active
        provision: true
        anchor: employeeId
        enabled: { attribute: active, on: 'yes', off: 'no' }
        attributes: { number: employeeId, cn: displayName }
    deprovision: ${deprovision}
`;
const ME = ['--as', 'Ada', '--reason', 'looked at it'];
const idOf = (i: number) => `p${String(i).padStart(3, '0')}`;
const put = (i: number, end: string | null) =>
  memorySystem('approving hr').put('person', idOf(i), { id: idOf(i), name: `Person ${i}`, end });
const has = (i: number) => memorySystem('approving dir').put('person', idOf(i), { number: idOf(i), cn: `P ${i}`, active: 'yes' });

let here: Place;
afterEach(async () => {
  await here.remove();
  for (const name of ['approving hr', 'approving dir']) forgetMemorySystem(name);
});

describe('a first plan', () => {
  beforeEach(async () => {
    here = await place(yaml('{ action: disable, then: delete, after: 30d }'));
    for (let i = 0; i < 30; i++) {
      put(i, i < 12 ? '2026-01-09' : null);
      if (i < 28) has(i);
    }
    await here.run();
  });

  it('counts the disables apart, and shows each of them before all else', async () => {
    const { err, code } = await here.call('approve', 'dir', ...ME);
    expect(code).toBe(0);
    expect(err).toMatch(/12 accounts to DISABLE, each to be deleted 30 days later\n {2}2 accounts to create\n/);
    const lines = err.split('\n').filter((line) => /^ {2}[×+~-] /.test(line));
    expect(lines.slice(0, 12)).toEqual(Array.from({ length: 12 }, (_, i) => `  × Person ${i} ${idOf(i)}: left on 2026-01-09`));
    expect(lines).toHaveLength(12 + 5);
  });

  it('is planned likewise: who leaves, then what ends, with its reason', async () => {
    await here.call('approve', 'dir', ...ME);
    await here.run();
    here.now += DAY;
    memorySystem('approving hr').remove('person', idOf(20));
    put(21, '2026-01-12');
    put(22, null);
    memorySystem('approving hr').put('person', idOf(12), { id: idOf(12), name: 'Another name', end: null });
    const { out } = await here.call('plan', '--read');
    expect(out).toMatch(/^People {2}.*; 2 leave$/m);
    expect(out).toMatch(
      /^dir {2}2 to disable, 1 to change\n {2}× Person 20 p020: gone from hr since 2026-01-13\n {2}× Person 21 p021: left on 2026-01-12\n {2}~ Another name/m,
    );
  });
});

describe('a disabled account', () => {
  it('is explained with the day on which it was disabled, and the day of its end', async () => {
    here = await place(yaml('{ action: disable, then: delete, after: 30d }'));
    for (let i = 0; i < 3; i++) {
      put(i, null);
      has(i);
    }
    await here.run();
    await here.call('approve', 'dir', ...ME);
    await here.run();
    put(1, '2026-01-11');
    await here.run();
    const target = async (who: string) => JSON.parse((await here.call('explain', who, '--json')).out).targets[0].disabled;
    expect(await target('hr:p001')).toEqual({ since: '2026-01-12T08:00:00.000Z', deleteAt: '2026-02-11T08:00:00.000Z' });
    expect(await target('hr:p002')).toBeNull();
    expect((await here.call('explain', 'hr:p001')).out).toMatch(/disabled since 2026-01-12 .*; to be deleted on 2026-02-11/);
    put(1, null);
    await here.run();
    await here.run();
    expect(await target('hr:p001')).toBeNull();
  });
});

describe('what is asked for, and not', () => {
  beforeEach(async () => {
    here = await place(yaml('{ action: delete }'));
    for (let i = 0; i < 40; i++) {
      put(i, null);
      has(i);
    }
    await here.run();
    await here.call('approve', 'dir', ...ME);
    await here.run();
  });

  it('a plan of what could not be read as a whole does not say that all is well', async () => {
    expect((await here.call('plan', '--read')).code).toBe(0);
    for (let i = 0; i < 25; i++) memorySystem('approving hr').remove('person', idOf(i));
    const poor = await here.call('plan', '--read');
    expect([poor.code, poor.out]).toEqual([1, expect.stringContaining('not everything is known')]);
    await here.run();
    const { out } = await here.call('approve', 'hr', '--read', ...ME);
    expect(out).toContain('→ rollcall plan --read\n');
    expect((await here.call('plan', '--read')).out).toContain('25 leave');
  });

  it('what was discarded is not counted as held any more', async () => {
    for (let i = 0; i < 10; i++) memorySystem('approving hr').remove('person', idOf(i));
    const held = async () => (await here.run()).connections.find((one) => one.connection === 'dir')!.held;
    expect(await held()).toBe(10);
    await here.call('discard', 'dir', '--only', idOf(3), ...ME);
    expect(await held()).toBe(9);
    await here.call('discard', 'dir', ...ME);
    expect(await held()).toBe(0);
  });

  it('a run in which nothing happened prints nothing when it is to be quiet, and one in which something did does', async () => {
    expect(await here.call('run', '--quiet')).toEqual({ code: 0, out: '', err: '' });
    put(1, '2026-01-30');
    expect((await here.call('run', '--quiet')).out).toContain('is done');
  });

  it('changed rules are no reason to look', async () => {
    await here.write('rollcall.yaml', yaml('{ action: delete }').replace('cn: displayName', 'cn: "${person.displayName}"'));
    const { code, out } = await here.call('run');
    expect([code, out]).toEqual([0, expect.stringContaining('rules of dir changed')]);
  });
});

describe('what a gate holds', () => {
  beforeEach(async () => {
    here = await place(yaml('{ action: delete }'));
    for (let i = 0; i < 100; i++) {
      put(i, null);
      has(i);
    }
    await here.run();
    await here.call('approve', 'dir', ...ME);
    await here.run();
  });
  const leave = (from: number, to: number) => {
    for (let i = from; i < to; i++) memorySystem('approving hr').remove('person', idOf(i));
  };
  const said = async () => (await here.run()).notices.map((one) => one.message);

  it('is counted as it is by now, wherever it is shown', async () => {
    leave(0, 10);
    expect(await said()).toEqual(['dir: 10 changes of kind "delete" are held: over the limit of 5; other changes go on']);
    leave(10, 17);
    const grown = 'dir: 17 changes of kind "delete" are held (10 when this began): over the limit of 5; other changes go on';
    expect(await said()).toEqual([grown]);
    const { err } = await here.call('approve', 'dir', ...ME);
    expect(err).toContain('#1 delete: 17 changes, 10 when this began; over the limit of 5');
    expect(err).toContain('17 accounts to DELETE');
    expect(err.match(/^ {2}- Person \d+ p\d+: gone from hr since 2026-01-12$/gm)).toHaveLength(17);
    expect(await said()).toEqual([]);
    expect(memorySystem('approving dir').objects()).toHaveLength(83);
  });

  it('is told apart from what was sent before', async () => {
    leave(0, 4);
    expect(await said()).toEqual([]);
    leave(4, 8);
    expect(await said()).toEqual([
      'dir: 4 changes of kind "delete" are held: with the 4 sent before they would make 8 in 24 hours, and the limit is 5; other changes go on',
    ]);
    expect((await here.call('plan')).out).toContain('→ rollcall approve dir\n');
    const other = await here.copy();
    const { err } = await other.call('approve', 'dir', ...ME);
    await other.remove();
    expect(err).toContain('#1 delete: 4 changes; 8 in 24 hours with the 4 sent before, over the limit of 5, since');
    here.now += 25 * 3_600_000;
    expect((await said())[0]).toBe(
      'dir: 4 changes of kind "delete" are held: over the limit of 5 when this began; other changes go on',
    );
    await here.write('rollcall.yaml', `${yaml('{ action: delete }')}    gates: { delete: { percent: 50 } }\n`);
    expect((await said()).filter((message) => message.includes('delete'))).toEqual([]);
  });
});
