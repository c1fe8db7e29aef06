/** Branches that wait or try again and that little else reaches: what is late, twice, lost or in doubt harms nobody. */
import { afterEach, expect, it } from 'vitest';
import { memorySystem } from '#connectors/memory/index';
import { ex, source, target } from '../simulation/case.ts';
import { type EngineHouse, engineHouse } from '../simulation/engine-house.ts';
import { canonicalObject } from '../simulation/house.ts';
import { firm } from './firm.ts';

const MINUTE = 60_000;
const person = (anchor: string, attributes: { [name: string]: string | readonly string[] }) => ({
  kind: 'person',
  anchor,
  attributes,
});

let house: EngineHouse;
afterEach(() => house.close());

async function start(way: object, hr: object = {}, groups: readonly string[] = []): Promise<void> {
  house = await engineHouse({
    yaml: JSON.stringify({
      connections: {
        hr: { ...source({ displayName: 'name' }), type: 'memory', system: 'hr', ...hr },
        dir: { ...target({ cn: 'displayName' }), type: 'memory', system: 'dir', visibleWithinSeconds: 60, ...way },
      },
    }),
    targets: ['dir'],
    systems: {
      hr: {
        objects: [
          ...['1', '2'].map((id) => person(id, { id, name: `Name ${id}` })),
          ...groups.map((name) => ({ ...person(name, { name, members: ['1', '2'] }), kind: 'group' })),
        ],
      },
      dir: {
        objects: [
          person('root', { number: 'root', cn: 'Root' }),
          ...groups.map((name) => ({ ...person(name, { name, member: ['root'] }), kind: 'group' })),
        ],
      },
    },
  });
}
const numbers = (): unknown[] => [...house.contents('dir').values()].map((one) => one.attributes['number']).sort();
const states = () => house.store.exports.counts('dir');
async function cycles(n: number, apart: number): Promise<void> {
  for (let i = 0; i < n; i++) {
    await house.once('cycle');
    house.now += apart;
  }
}
const LOOKUP = { creates: 'lookup', lookupAttribute: 'number' };

it('a create of unknown outcome whose value two accounts have makes no third', async () => {
  await start(LOOKUP);
  house.script('dir', { on: 'create', after: 0, times: 1, do: { die: 'after', how: 'unknown' } });
  await cycles(1, 0);
  // Somebody else made one, too.
  house.put('dir', canonicalObject(person('other', { number: '1', cn: 'Name 1' })));
  await cycles(3, 2 * MINUTE);
  expect(numbers()).toEqual(['1', '1', '2', 'root']);
});

it('a create of unknown outcome is not repeated while nobody can look it up', async () => {
  await start({ ...LOOKUP, deltas: false });
  house.script('dir', { on: 'create', after: 0, times: 1, do: { die: 'before', how: 'unknown' } });
  house.script('dir', { on: 'lookup', after: 0, times: 1, do: { refuse: 'unavailable' } });
  await cycles(1, 2 * MINUTE);
  expect(await states()).toEqual({ unknown: 1 });
  await cycles(1, 2 * MINUTE);
  expect([numbers().length, await states()]).toEqual([2, { unknown: 1 }]);
  await cycles(3, 2 * MINUTE);
  expect([numbers(), await states()]).toEqual([['1', '2', 'root'], {}]);
});

it('a create on its way stays what it is while its person changes', async () => {
  await start({ creates: 'idempotencyKey' });
  house.script('dir', { on: 'create', after: 0, times: 1, do: { die: 'before', how: 'unknown' } });
  await cycles(1, 0);
  house.put('hr', canonicalObject(person('1', { id: '1', name: 'Another' })));
  await cycles(1, 0);
  await cycles(5, 2 * MINUTE);
  const names = [...house.contents('dir').values()].map((one) => one.attributes['cn']).sort();
  expect([names, await states()]).toEqual([['Another', 'Name 2', 'Root'], {}]);
});

it('a feed that forgot where it was is read in full, and nothing is missed', async () => {
  await start({});
  await house.settle();
  const hr = memorySystem((house.config.connections[0]!.settings as { system: string }).system);
  house.put('hr', canonicalObject(person('3', { id: '3', name: 'Name 3' })));
  hr.expireCursors();
  await house.settle();
  expect(numbers()).toEqual(['1', '2', '3', 'root']);
});

it('a membership that is shown late is ours still: what was given is taken again', async () => {
  const people = { join: 'employeeId', attributes: { employeeId: 'number' } };
  const named = { join: 'name', attributes: { name: 'name' } };
  await start(
    {
      deltas: false,
      import: { person: people, group: named },
      export: {
        person: { provision: true, attributes: { number: 'employeeId', cn: 'displayName' } },
        group: { attributes: { member: 'member' } },
      },
    },
    {
      import: {
        person: { join: 'employeeId', project: true, attributes: { employeeId: 'id', displayName: 'name' } },
        group: { ...named, project: true, attributes: { name: 'name', member: { reference: 'members' } } },
      },
    },
    ['Team'],
  );
  const members = () => house.contents('dir').get('group:Team')!.attributes['member'] as readonly string[];
  house.script('dir', { on: 'update', kind: 'group', after: 0, times: 1, do: { late: 2 } });
  await cycles(4, 2 * MINUTE);
  expect(members()).toHaveLength(3);
  house.put('hr', { ...canonicalObject({ ...person('Team', { name: 'Team', members: ['1'] }), kind: 'group' }) });
  await cycles(3, 2 * MINUTE);
  expect(members()).toHaveLength(2);
  expect(members()).toContain('root');
});

it('a file that could not be committed holds nothing of it, and all of it the next time', async () => {
  await start({ atomic: true });
  house.script('dir', { on: 'commit', after: 0, times: 1, do: { refuse: 'unavailable' } });
  await cycles(1, 2 * MINUTE);
  expect(numbers()).toEqual(['root']);
  await cycles(2, 2 * MINUTE);
  expect(numbers()).toEqual(['1', '2', 'root']);
});

it('an account that a person took out is left as it is, whatever its person becomes', async () => {
  await start({});
  await house.settle();
  const mine = [...house.contents('dir').values()].find((one) => one.attributes['number'] === '1')!;
  const [row] = await house.store.spaces.byAnchors('dir', 'person', [mine.anchor]);
  await house.store.decisions.record(
    {
      kind: 'exclude',
      stagedId: row!.id,
      objectId: null,
      connection: 'dir',
      detail: '{}',
      by: 'Ada',
      reason: 'hers',
      at: house.now,
    },
    [],
  );
  house.put('hr', canonicalObject(person('1', { id: '1', name: 'Another' })));
  await house.settle();
  expect(house.contents('dir').get(`person:${mine.anchor}`)!.attributes['cn']).toBe('Name 1');
});

it('a delete waits until the owners were read completely, and lately', async () => {
  await start({ deprovision: { action: 'delete' } });
  await house.settle();
  house.remove('hr', [...house.contents('hr').values()].find((one) => one.anchor === '1')!);
  house.now += 8 * 24 * 60 * MINUTE;
  await house.once('delta-import', ['hr']);
  await house.once('delta-sync');
  const parked = await house.store.decisions.parked({ kind: 'staleOwners' }, { after: 0, limit: 10 });
  expect([parked.length, numbers()]).toEqual([1, ['1', '2', 'root']]);
});

it('an account that waits for a number is joined by the person who gets it, though she had none before', async () => {
  await start({
    export: {
      person: {
        when: ex('person.displayName != "Name 1"'),
        provision: true,
        attributes: { number: 'employeeId', cn: 'displayName' },
      },
    },
  });
  house.put('dir', canonicalObject(person('waits', { number: '7', cn: 'Old' })));
  await house.settle();
  house.put('hr', canonicalObject(person('1', { id: '7', name: 'Seven' })));
  await house.settle();
  expect(numbers()).toEqual(['2', '7', 'root']);
  expect(house.contents('dir').get('person:waits')!.attributes['cn']).toBe('Seven');
});

it('a connection that is not in the file any more is held, and told', async () => {
  const connection = (system: string, more: object) => ({ type: 'memory', system, ...more });
  const hr = connection('seldom hr', source({ displayName: 'name' }));
  const badge = connection('seldom badge', source({ phone: 'tel' }, { project: false }, { owner: false }));
  const here = await firm(JSON.stringify({ connections: { hr, badge } }), ['seldom hr', 'seldom badge']);
  try {
    here.system('seldom hr').put('person', '1', { id: '1', name: 'Name 1' });
    here.system('seldom badge').put('person', 'b1', { id: '1', tel: '77' });
    await here.run();
    await here.restart(JSON.stringify({ connections: { hr } }));
    const { notices } = await here.run();
    expect(notices).toContainEqual(expect.objectContaining({ kind: 'heldConnection', connection: 'badge' }));
  } finally {
    await here.close();
  }
});

it('an attribute whose rule fails keeps its value, also where the next in rank says another', async () => {
  const connection = (system: string, more: object) => ({ type: 'memory', system, ...more });
  const hr = connection('seldom hr', source({ displayName: ex('row.name.split(" ")[1]') }));
  const badge = connection('seldom badge', source({ displayName: 'name' }, { project: false }, { owner: false }));
  const here = await firm(JSON.stringify({ connections: { hr, badge } }), ['seldom hr', 'seldom badge']);
  try {
    here.system('seldom hr').put('person', '1', { id: '1', name: 'Ann Berg' });
    here.system('seldom badge').put('person', 'b1', { id: '1', name: 'Badge' });
    await here.run();
    here.system('seldom hr').put('person', '1', { id: '1', name: 'Ann' });
    await here.run();
    const [person] = await here.store.sync.scanObjects({ after: 0, limit: 10 });
    expect(JSON.parse(person!.attributes)).toMatchObject({ displayName: 'Berg' });
    expect(await here.parked('invalidValue')).toHaveLength(1);
  } finally {
    await here.close();
  }
});
