/** SEMANTICS 11: a delete is preceded by a look at the account: same anchor, still disabled, still linked. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Connection, ReadObject } from '#connectors/contract';
import { push } from '#runs/index';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory } from './hr-and-directory.ts';

const yaml = (dir = '', protect = '', deprovision = '{ action: disable, then: delete, after: 1d }') =>
  hrAndDirectory({
    dir: `deltas: false
${dir}
${protect}
deprovision: ${deprovision}
gates: { disable: { percent: 100, count: 100 }, delete: { percent: 100, count: 100 } }`,
    account: ENABLED,
  });
const NO_LOOKUP = 'lookup: false';
/** A cycle that does not read the target. */
const UNREAD = { connections: ['hr'] };
const IDS = ['p1', 'p2', 'p3', 'p4'];

let here: Firm;
afterEach(() => here.close());

/** p1 and p2 left; their accounts are disabled, and the day after is over. */
async function begin(dir = '', protect = ''): Promise<void> {
  here = await firm(yaml(dir, protect));
  for (const id of IDS) {
    here.system('hr').put('person', id, { id, name: `Person ${id}` });
    here.system('dir').put('person', id, { number: id, cn: `Person ${id}`, active: 'yes' });
  }
  await here.first();
  for (const id of ['p1', 'p2']) here.system('hr').remove('person', id);
  await here.run();
  expect(active()).toEqual({ p1: 'no', p2: 'no', p3: 'yes', p4: 'yes' });
  here.now += 25 * HOUR;
}

const active = () =>
  Object.fromEntries(
    here
      .system('dir')
      .objects()
      .map((one) => [one.anchor, one.attributes['active']]),
  );
const counts = () => ({ ...here.system('dir').counts });
const enabledByHand = () => ({ number: 'p1', cn: 'Person p1', active: 'yes' });

/** From now on another connection answers for the target. */
function instead(change: (connection: Connection) => Partial<Connection>): void {
  here.config = {
    ...here.config,
    connections: here.config.connections.map((one) => {
      const { open } = one.definition;
      if (one.name !== 'dir') return one;
      const changed = (...given: Parameters<typeof open>): Connection => {
        const opened = open(...given);
        return { ...opened, ...change(opened) };
      };
      return { ...one, definition: { ...one.definition, open: changed } };
    }),
  };
}

describe('where accounts can be looked up', () => {
  it('exactly those to be deleted are, once, and nothing is read for it', async () => {
    await begin();
    const before = counts();
    await here.run(UNREAD);
    expect(active()).toEqual({ p3: 'yes', p4: 'yes' });
    expect(counts()).toMatchObject({ reads: before.reads, lookups: before.lookups + 2, deleted: 2 });
    await here.run(UNREAD);
    expect(counts().lookups).toBe(before.lookups + 2);
  });

  it('one that somebody enabled since the target was read is parked, the others go', async () => {
    await begin();
    // The read of this cycle does not show it yet, the look-up after it does.
    here.system('dir').put('person', 'p1', enabledByHand(), { late: 2 });
    await here.run();
    expect(active()).toEqual({ p1: 'yes', p3: 'yes', p4: 'yes' });
    expect(await here.parked('enabledByHand')).toMatchObject([{ connection: 'dir', detail: '{"anchor":"p1"}' }]);
    expect((await here.account('dir', 'p1'))!).toMatchObject({ presence: 'present', export: null });
    here.now += 48 * HOUR;
    await here.run();
    expect(active()).toMatchObject({ p1: 'yes' });
  });

  it('one that is not there any more is settled', async () => {
    await begin();
    here.system('dir').remove('person', 'p1');
    const report = await here.run(UNREAD);
    expect(report).toMatchObject({ status: 'done', faultCount: 0 });
    expect((await here.account('dir', 'p1'))!).toMatchObject({ presence: 'gone', export: null });
    expect([counts().deleted, await here.parked('refused')]).toEqual([1, []]);
  });

  it('one that is protected by now is not deleted', async () => {
    await begin('', `protect: 'row.cn == "Root"'`);
    here.system('dir').edit('person', 'p1', { cn: 'Root' });
    await here.run(UNREAD);
    expect(Object.keys(active())).toEqual(['p1', 'p3', 'p4']);
    expect((await here.account('dir', 'p1'))!).toMatchObject({ protected: true, export: null });
  });

  it('one that changed in what does not matter is staged as it is now, and goes', async () => {
    await begin();
    here.system('dir').edit('person', 'p1', { note: 'moved to the archive' });
    await here.run(UNREAD);
    expect(active()).toEqual({ p3: 'yes', p4: 'yes' });
    const { changes } = {
      changes: await here.store.runs.changes({ subject: 'staged', id: (await here.account('dir', 'p1'))!.id }, { limit: 9 }),
    };
    expect(changes.at(-1)).toMatchObject({ operation: 'delete', before: expect.stringContaining('archive') });
  });

  it.each([
    ['another anchor', (found: readonly ReadObject[]) => found.map((one) => ({ ...one, anchor: 'p3' }))],
    ['several accounts', (found: readonly ReadObject[]) => [...found, ...found]],
  ])('an answer with %s deletes nobody', async (_, answer) => {
    await begin();
    instead(({ lookup }) => ({ lookup: async (by, kind) => answer(await lookup!(by, kind)) }));
    const report = await here.run(UNREAD);
    expect(active()).toEqual({ p1: 'no', p2: 'no', p3: 'yes', p4: 'yes' });
    expect(report.faults).toMatchObject([
      { kind: 'conflict', where: { object: 'p1' } },
      { kind: 'conflict', where: { object: 'p2' } },
    ]);
  });

  it('an account that cannot be looked up waits; one system that does not answer is told once', async () => {
    await begin(`faults: [
        { on: lookup, do: { refuse: unavailable }, times: 2 },
        { on: lookup, anchor: p1, after: 1, times: 1, do: { refuse: permission } } ]`);
    expect((await here.run(UNREAD)).faults).toMatchObject([{ kind: 'unavailable' }]);
    expect(active()).toMatchObject({ p1: 'no', p2: 'no' });
    expect((await here.run(UNREAD)).faults).toMatchObject([{ kind: 'permission', where: { object: 'p1' } }]);
    expect(Object.keys(active())).toEqual(['p1', 'p3', 'p4']);
    expect((await here.run(UNREAD)).faults).toEqual([]);
    expect(Object.keys(active())).toEqual(['p3', 'p4']);
  });

  it('an export of what was decided sends nothing when one of them is not as it was, until a sync decided again', async () => {
    await begin();
    await here.run({ profile: 'delta-sync' });
    here.system('dir').put('person', 'p1', enabledByHand());
    expect((await here.run({ profile: 'export' })).notices).toMatchObject([{ kind: 'notSynced', connection: 'dir' }]);
    expect(active()).toMatchObject({ p1: 'yes', p2: 'no' });
    await here.run({ profile: 'delta-sync' });
    await here.run({ profile: 'export' });
    expect(active()).toEqual({ p1: 'yes', p3: 'yes', p4: 'yes' });
    expect(await here.parked('enabledByHand')).toHaveLength(1);
  });

  it.each([
    [false, 'dir p1 has changed since the plan was made; it is left out'],
    [true, expect.stringMatching(/^person \w+:\w+ has changed since the plan was made; what differs is left out$/)],
  ])('a plan that is carried out leaves out what changed since, and lists it (made with a read: %s)', async (read, message) => {
    await begin();
    const { lines } = await here.plan({ read });
    expect(lines.filter((line) => line.what === 'export')).toMatchObject([{ operation: 'delete' }, { operation: 'delete' }]);
    here.system('dir').put('person', 'p1', enabledByHand());
    const report = await here.run({ planLines: lines.map((line) => JSON.stringify(line)) });
    expect(report.faults).toMatchObject([{ kind: 'conflict', message }]);
    expect(active()).toEqual({ p1: 'yes', p3: 'yes', p4: 'yes' });
    await here.run();
    expect(await here.parked('enabledByHand')).toHaveLength(1);
  });
});

describe('where they cannot', () => {
  it('the target is read in the same run, once, and one that somebody enabled is parked', async () => {
    await begin(NO_LOOKUP);
    here.system('dir').put('person', 'p1', enabledByHand());
    const before = counts();
    await here.run(UNREAD);
    expect(active()).toEqual({ p1: 'yes', p3: 'yes', p4: 'yes' });
    expect(counts().reads).toBe(before.reads + 1);
    expect(await here.parked('enabledByHand')).toHaveLength(1);
  });

  it('a target that could not be read completely deletes nobody', async () => {
    await begin(`${NO_LOOKUP}\nfaults: [{ on: read, after: 3, times: 1, do: { limit: 3 } }]`);
    const before = counts();
    expect((await here.run(UNREAD)).faultCount).toBeGreaterThan(0);
    expect(counts().reads).toBe(before.reads + 1);
    expect(active()).toMatchObject({ p1: 'no', p2: 'no' });
    await here.run(UNREAD);
    expect(active()).toEqual({ p3: 'yes', p4: 'yes' });
  });
});

it('a delete without an answer that is done is settled once a read shows that it is', async () => {
  await begin('faults: [{ on: delete, anchor: p1, times: 1, do: { die: after } }]');
  await here.run();
  expect((await here.account('dir', 'p1'))!.export).toMatchObject({ state: 'unknown' });
  here.now += HOUR;
  await here.run();
  expect((await here.account('dir', 'p1'))!).toMatchObject({ presence: 'gone', export: null });
  expect([await here.parked('refused'), Object.keys(active())]).toEqual([[], ['p3', 'p4']]);
});

it('the grace begins when the disable is confirmed, however long its target refused it', async () => {
  here = await firm(yaml('faults: [{ on: update, anchor: p1, times: 1, do: { refuse: unavailable } }]'));
  for (const id of IDS) {
    here.system('hr').put('person', id, { id, name: `Person ${id}` });
    here.system('dir').put('person', id, { number: id, cn: `Person ${id}`, active: 'yes' });
  }
  await here.first();
  here.system('hr').remove('person', 'p1');
  await here.run();
  expect(active()).toMatchObject({ p1: 'yes' });
  here.now += 25 * HOUR;
  await here.run();
  here.now += 23 * HOUR;
  await here.run();
  expect(active()).toMatchObject({ p1: 'no' });
  here.now += 2 * HOUR;
  await here.run();
  expect(Object.keys(active())).toEqual(['p2', 'p3', 'p4']);
});

describe('a push', () => {
  const atOnce = async (dir: string): Promise<void> => {
    here = await firm(yaml(dir, '', '{ action: delete }'));
    for (const id of IDS) here.system('hr').put('person', id, { id, name: `Person ${id}` });
    await here.first();
  };
  const leaves = async (id: string) => {
    here.system('hr').remove('person', id);
    const services = { config: here.config, store: here.store, wall: () => here.now };
    const change = { op: 'delete', kind: 'person', anchor: id } as const;
    return await (await push({ connection: 'hr', change, by: 'webhook' }, services)).settled;
  };

  it('looks at the account it deletes, and reads nothing', async () => {
    await atOnce('');
    const before = counts();
    expect(await leaves('p1')).toMatchObject({ status: 'done' });
    expect(counts()).toMatchObject({ reads: before.reads, lookups: before.lookups + 1, deleted: 1 });
    here.system('dir').remove('person', 'p2');
    expect(await leaves('p2')).toMatchObject({ status: 'done' });
    expect((await here.account('dir', 'p2'))!).toMatchObject({ presence: 'gone', export: null });
    expect(counts().deleted).toBe(1);
  });

  it('deletes nobody where it cannot look: the next run does', async () => {
    await atOnce(NO_LOOKUP);
    await leaves('p1');
    expect(Object.keys(active())).toEqual(IDS);
    await here.run();
    expect(Object.keys(active())).toEqual(['p2', 'p3', 'p4']);
  });
});
