/**
 * SEMANTICS 18: recomputed = stored or a named reason, for every attribute of everybody, while sources are out, values fixed, people
 * frozen, connections held or missing and rules changed but not applied. Every reason that there is must come up.
 */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { Configuration } from '#config/model';
import { fix } from '#decisions/fix';
import { hold } from '#decisions/hold';
import { explain } from '#people/explain';
import { DIFFERENCES } from '#people/reasons';
import { run } from '#runs/index';
import type { ObjectRow } from '#store/contract';
import { configurationFrom } from './configuration.ts';
import { announce, parameters, tell } from './driver.ts';
import { type EngineHouse, engineHouse } from './engine-house.ts';
import type { Organisation, PlainObject, Step } from './organisation.ts';
import { organisation } from './random-organisation.ts';
import { shape } from './random-rules.ts';
import { step } from './random-steps.ts';
import { everybody, unexplained } from './unexplained.ts';

const RUNS = 2;
const counted = new Map<string, number>();
const count = (what: string, n = 1): void => void counted.set(what, (counted.get(what) ?? 0) + n);
const EVENTS = ['an outage', 'a fixed value'];
const REASONS = DIFFERENCES.filter((reason) => reason !== 'unexplained');

beforeAll(() => announce('explain, disturbed'));

/** As many as it takes for a lost column to be an outage (SEMANTICS 6). */
const CROWD: readonly PlainObject[] = Array.from({ length: 60 }, (_, i) => ({
  kind: 'person',
  anchor: `crowd-${i}`,
  attributes: { id: `C${i}`, first: 'Kim', last: `Nr ${i}`, phone: `1${i}`, status: 'staff', mail: `c${i}@example.org` },
}));
const ANN: PlainObject = {
  kind: 'person',
  anchor: 'hr-1',
  attributes: {
    id: 'É1',
    first: 'Ann',
    last: 'Berg',
    department: 'Sales',
    phone: '030 1',
    boss: 'hr-1',
    status: 'staff',
    mail: 'm1@example.org',
  },
};

/** With a rule that fails where somebody says so, and an attribute that is taken once. */
function disturbed(org: Organisation): Organisation {
  const hr = org.systems['hr']!;
  const yaml = org.yaml
    .replace('    login:\n', '    familyName: { once: true }\n    login:\n')
    .replace('department: department\n', 'department: \'${row.department == "boom" ? string(int("x")) : row.department}\'\n');
  return {
    ...org,
    yaml,
    systems: { ...org.systems, hr: { ...hr, objects: [ANN, ...CROWD, ...hr.objects.filter((o) => o.anchor !== ANN.anchor)] } },
  };
}

const random = organisation(
  // Who leaves HR has no owner any more.
  shape.map((s) => ({ ...s, login: true, many: false, badge: true, owner: 'all that make people' as const })),
  true,
).map(disturbed);

const set = (attributes: PlainObject['attributes']): Step => ({
  do: 'put',
  connection: 'hr',
  object: { ...ANN, attributes: { ...ANN.attributes, ...attributes } },
});

it('everything is explained, whatever is out, held, fixed, frozen, or not applied yet', async () => {
  await fc.assert(
    fc.asyncProperty(random, fc.array(step(true), { maxLength: 6 }), async (org, steps) => {
      const house = await engineHouse(org);
      const by = { by: 'Ada', reason: 'a test', at: house.now };
      const surroundings = { store: house.store, config: house.config };
      try {
        await house.settle();
        await tell(house, steps);
        await tell(house, [set({})]);
        await house.settle();
        await check(house, 'quiet');

        await fix({ object: await called(house, 'É1'), attribute: 'displayName', values: ['Fixed'] }, by, surroundings);
        await check(house, 'a fixed value that waits');
        await house.settle();
        await check(house, 'a fixed value');

        await tell(house, [set({ first: 'Zoë', last: 'Ng', department: 'boom', boss: 'hr-99' })]);
        await house.once('full-import');
        await check(house, 'staged and not worked out');
        await house.settle();
        await check(house, 'a rule that fails, and a debt');

        house.script('hr', { on: 'read', after: 0, times: 1, do: { hide: ['phone'] } });
        await house.once('full-import');
        const states = await house.store.spaces.states();
        if (states.some((one) => one.outages !== null && JSON.parse(one.outages).attributes?.length > 0)) count('an outage');
        await house.once('delta-sync');
        await check(house, 'an outage');

        await check(house, 'changed rules', await changed(org, house, (yaml) => yaml.replace('+ " " +', '+ "-" +')));
        await check(house, 'a connection that is not in the file', await without(house, 'badge'));
        const gone = await without(house, 'hr');
        await run(
          { profile: 'cycle', connections: null, by: 'test', now: house.now },
          { config: gone, store: house.store, wall: () => house.now },
        );
        await check(house, 'a source that is not in the file', gone);
        await house.settle();

        await hold('badge', by, surroundings);
        await tell(house, [{ do: 'set', connection: 'badge', which: 0, attributes: { room: 'B2' } }]);
        await house.settle();
        await check(house, 'a held connection');

        // Whoever else has her number would keep her.
        for (const connection of ['hr', 'temps'].filter((name) => house.connections.includes(name)))
          for (const other of house.contents(connection).values())
            if (isHers(other.attributes['id']) && other.anchor !== ANN.anchor) house.remove(connection, other);
        await tell(house, [set({ status: 'excluded' })]);
        await house.settle();
        await check(house, 'somebody who is frozen');
      } finally {
        await house.close();
      }
    }),
    parameters(RUNS),
  );
  announce(`happened: ${[...counted].map(([what, n]) => `${what} ${n}`).join(', ')}`);
  expect([...REASONS, ...EVENTS].filter((what) => !counted.has(what))).toEqual([]);
});

async function called(house: EngineHouse, employeeId: string): Promise<ObjectRow> {
  return (await everybody(house)).find((one) => JSON.parse(one.attributes).employeeId === employeeId)!;
}

const isHers = (id: unknown): boolean => String(id).toLowerCase() === String(ANN.attributes['id']).toLowerCase();

async function check(house: EngineHouse, when: string, config: Configuration = house.config): Promise<void> {
  expect({ when, wrong: await unexplained(house, config) }).toEqual({ when, wrong: [] });
  for (const object of await everybody(house)) {
    const { attributes } = await explain(object, null, { store: house.store, config, wall: () => house.now });
    for (const { difference, fixed, stored } of attributes) {
      if (difference !== null) count(difference.reason);
      if (fixed !== null && stored === fixed.value) count('a fixed value');
    }
  }
}

/** The same house under other rules, which no run has applied. */
async function changed(org: Organisation, house: EngineHouse, edit: (yaml: string) => string): Promise<Configuration> {
  expect(edit(org.yaml)).not.toBe(org.yaml);
  const other = await configurationFrom(edit(org.yaml), '/nowhere');
  return {
    ...other,
    connections: other.connections.map((one, i) => ({
      ...house.config.connections[i]!,
      ...one,
      settings: house.config.connections[i]!.settings,
    })),
  };
}

async function without(house: EngineHouse, connection: string): Promise<Configuration> {
  return { ...house.config, connections: house.config.connections.filter((one) => one.name !== connection) };
}
