/** SEMANTICS 9 for memberships: kept until proven, sent again when nobody knows, recorded as they were written. */
import { afterEach, describe, expect, it } from 'vitest';
import type { FaultRule } from '#connectors/fault-injection/index';
import { source, target } from '../simulation/case.ts';
import { type EngineHouse, engineHouse } from '../simulation/engine-house.ts';
import { canonicalObject } from '../simulation/house.ts';

const MINUTE = 60_000;
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `p${String(from + i).padStart(3, '0')}`);
const group = (members: readonly string[]) =>
  canonicalObject({ kind: 'group', anchor: 'g', attributes: { name: 'g', members: [...members] } });

let house: EngineHouse;
/** A group of 20 in a directory, where everything is settled; then this goes wrong. */
async function start(way: object, ...faults: readonly Pick<FaultRule, 'on' | 'do' | 'times'>[]): Promise<void> {
  const group = { join: 'name', project: true, attributes: { name: 'name', member: { reference: 'members' } } };
  const hr = source({ displayName: 'name' }) as { import: object };
  const dir = target({ cn: 'displayName' }) as { import: object; export: { person: object } };
  const connections = {
    hr: { ...hr, type: 'memory', system: 'hr', import: { ...hr.import, group } },
    dir: {
      ...dir,
      ...{ type: 'memory', system: 'dir', ...way },
      import: { ...dir.import, group: { join: 'name', attributes: { name: 'name' } } },
      export: {
        ...dir.export,
        group: { provision: true, attributes: { name: 'name', member: 'member' } },
      },
    },
  };
  const all = Object.fromEntries(
    ['create', 'update', 'attribute', 'member'].map((part) => [part, { percent: 100, count: 10_000 }]),
  );
  house = await engineHouse({
    yaml: JSON.stringify({ gates: all, connections }),
    targets: ['dir'],
    systems: {
      hr: {
        objects: [
          ...ids(0, 300).map((id) => ({ kind: 'person', anchor: id, attributes: { id, name: id } })),
          { kind: 'group', anchor: 'g', attributes: { name: 'g', members: ids(0, 20) } },
        ],
      },
      dir: { objects: [{ kind: 'person', anchor: 'root', attributes: { number: 'root' } }] },
    },
  });
  await house.settle();
  expect(members()).toEqual(ids(0, 20));
  for (const fault of faults) house.script('dir', { after: 0, ...fault });
}
afterEach(() => house.close());

function members(): readonly string[] {
  const [found] = [...house.contents('dir').values()].filter((one) => one.kind === 'group' && one.anchor === anchorOf());
  return [...((found?.attributes['member'] ?? []) as readonly string[])].map(numberOf).sort();
}
/** The system gives its own anchors; members are compared by the number of the person. */
function anchorOf(): string {
  return [...house.contents('dir').values()].find((one) => one.kind === 'group')?.anchor ?? '';
}
function numberOf(anchor: string): string {
  return String(house.contents('dir').get(`person:${anchor}`)?.attributes['number']);
}
const pending = async (sent: boolean) =>
  (await house.store.exports.pendingEdges('dir', { after: null, limit: 100, sent })).map((edge) => edge.state).sort();
async function team(list: readonly string[]): Promise<void> {
  house.put('hr', group(list));
  await house.once('cycle');
}
const changes = async (run: number) =>
  (await house.store.runs.changes({ run }, { limit: 1_000 }))
    .filter((change) => change.operation === 'export')
    .map(({ before, after }) => ({ before: JSON.parse(before!), after: JSON.parse(after!) }));

describe.each([
  ['does it and does not answer', { die: 'after', how: 'unknown' }],
  ['does not do it and does not answer', { die: 'before', how: 'unknown' }],
  ['does it, and the call fails', { die: 'after', how: 'throw' }],
  ['does not do it, and the call fails', { die: 'before', how: 'throw' }],
] as const)('a target that %s', (_, fault) => {
  it('is told again, and has everybody once', async () => {
    await start({}, { on: 'update', times: 1, do: fault });
    await team(ids(1, 21));
    expect(await pending(true)).toEqual([]);
    house.now += 2 * MINUTE;
    await house.settle();
    expect(members()).toEqual(ids(1, 21));
    expect([...(await pending(false)), ...(await pending(true))]).toEqual([]);
  });
});

describe('a target whose answer does not show what it holds', () => {
  it('is looked at, where that is possible', async () => {
    await start({ answers: 'anchor' });
    const before = house.reports.length;
    await team(ids(1, 21));
    expect([...(await pending(false)), ...(await pending(true))]).toEqual([]);
    expect(house.reports[before]!.faults).toEqual([]);
  });

  it('is believed when a read shows it, and not before', async () => {
    await start({ answers: 'anchor', lookup: false }, { on: 'update', times: 1, do: { late: 3 } });
    await team(ids(1, 21));
    expect(await pending(true)).toEqual(['add', 'remove']);
    house.now += 2 * MINUTE;
    await house.settle();
    expect(members()).toEqual(ids(1, 21));
    expect([...(await pending(false)), ...(await pending(true))]).toEqual([]);
  });
});

it('a run says once of each group how many came and went, who, and of how many more it does not say who', async () => {
  await start({});
  const before = house.reports.length;
  await team([...ids(0, 12), ...ids(20, 299)]);
  const [change, ...others] = await changes(house.reports[before]!.run);
  expect(others).toEqual([]);
  expect(change!.after.member).toHaveLength(100);
  expect(change!.after['(all member)']).toBe(279);
  expect(change!.before.member).toHaveLength(8);
  expect(change!.before['(all member)']).toBeUndefined();
});

describe('a target that says that it did it, and never shows it', () => {
  const parked = async () =>
    (await house.store.decisions.parked({ kind: 'notConverging' }, { after: 0, limit: 9 })).map(
      (item) => JSON.parse(item.detail) as { readonly [name: string]: unknown },
    );
  const cycles = async (n: number) => {
    for (let i = 0; i < n; i++) {
      house.now += 10 * MINUTE;
      await house.once('cycle');
    }
    return house.reports.at(-1)!;
  };

  it('is told three times, and then both sides are listed until nobody wants it', async () => {
    await start({ answers: 'anchor', lookup: false, visibleWithinSeconds: 1 }, { on: 'update', do: { late: 1_000 } });
    await team(ids(1, 21));
    const last = await cycles(5);
    expect(last).toMatchObject({ rowsWritten: 0, notices: [{ kind: 'notConverging', connection: 'dir' }] });
    expect(last.connections.find(({ connection }) => connection === 'dir')).toMatchObject({ written: 0 });
    const [item, ...others] = await parked();
    expect(others).toEqual([]);
    expect(item).toMatchObject({ attribute: 'member', notAddedCount: 1, notRemovedCount: 1 });
    expect([item!['notAdded'], item!['notRemoved']].map((side) => (side as string[]).map(numberOf))).toEqual([
      ['p020'],
      ['p000'],
    ]);
    await team([...ids(1, 22)]);
    expect(await pending(true)).toEqual(['add']);
    await team(ids(0, 20));
    await cycles(2);
    expect(await parked()).toEqual([]);
  });
});

it('nothing is recorded that was not written', async () => {
  await start({}, { on: 'update', times: 1, do: { refuse: 'invalidValue' } });
  const before = house.reports.length;
  await team(ids(1, 21));
  expect(await changes(house.reports[before]!.run)).toEqual([]);
  expect(await pending(false)).toEqual(['add', 'remove']);
});
