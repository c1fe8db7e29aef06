/** SEMANTICS 4: a manager of many costs as many evaluations only if a rule reads what changed about her. */
import { expect, it } from 'vitest';
import { ex, source, target } from './case.ts';
import { tell } from './driver.ts';
import { type EngineHouse, engineHouse } from './engine-house.ts';
import { KEEPER, type PlainObject } from './organisation.ts';

const TEAM = 400;
const BOSS: PlainObject = { kind: 'person', anchor: 'boss', attributes: { id: 'boss', name: 'Boss', title: 'Head', phone: '1' } };

async function houseWith(flows: object): Promise<EngineHouse> {
  const team = Array.from({ length: TEAM }, (_, i) => ({
    kind: 'person',
    anchor: `p${i}`,
    attributes: { id: `p${i}`, name: `Person ${i}`, boss: 'boss' },
  }));
  const keeper = { kind: 'person', anchor: KEEPER, attributes: { number: 'keeper' } };
  const from = source({ displayName: 'name', title: 'title', phone: 'phone', manager: { reference: 'boss' } });
  return engineHouse({
    yaml: JSON.stringify({
      connections: {
        hr: { type: 'memory', system: 'hr', ...from },
        dir: { type: 'memory', system: 'dir', ...target({ cn: 'displayName', manager: 'manager', ...flows }) },
      },
    }),
    targets: ['dir'],
    systems: { hr: { objects: [BOSS, ...team] }, dir: { objects: [keeper] } },
  });
}

/** How many people a change about their manager has evaluated. */
async function evaluated(house: EngineHouse, change: PlainObject['attributes']): Promise<number> {
  const people = new Set<unknown>();
  const { flows } = house.config.connections.find((one) => one.name === 'dir')!.exports.get('person')!;
  const [flow] = flows.filter((one) => one.attribute === 'cn');
  const { evaluate } = flow!;
  Object.assign(flow!, {
    evaluate: (...asked: Parameters<typeof evaluate>) => {
      people.add((asked[0].object as { readonly id?: unknown }).id);
      return evaluate(...asked);
    },
  });
  await tell(house, [{ do: 'put', connection: 'hr', object: { ...BOSS, attributes: { ...BOSS.attributes, ...change } } }]);
  await house.settle();
  return people.size;
}

it('nobody but her where no rule looks through the reference', async () => {
  const house = await houseWith({ title: 'title' });
  try {
    await house.settle();
    expect(await evaluated(house, { title: 'Chair' })).toBe(1);
  } finally {
    await house.close();
  }
});

it('nobody but her where rules read something else about her; everybody where they read that', async () => {
  const house = await houseWith({ chief: ex('person.manager.title') });
  try {
    await house.settle();
    expect(await evaluated(house, { phone: '2' })).toBe(1);
    expect(await evaluated(house, { phone: '2', title: 'Chair' })).toBe(TEAM + 1);
  } finally {
    await house.close();
  }
});
