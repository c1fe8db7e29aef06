/** SEMANTICS 1, 12: the same story ends the same in batches of any size: links, logins, what targets hold, what is parked. */
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from '../integration/firm.ts';
import { hrAndDirectory, unlimited } from '../integration/hr-and-directory.ts';
import { announce, parameters } from './driver.ts';

beforeAll(() => announce('size of batches'));

const CANDIDATES = `'\${person.displayName.lower()}', '\${person.displayName.lower() + string(n)}'`;
const yaml = (action: 'disable' | 'delete'): string =>
  hrAndDirectory({
    top: `gates: { ${unlimited('create', 'update', 'attribute', 'disable', 'delete')} }
attributes: { person: { manager: { type: reference }, login: { unique: { onRename: regenerate, candidates: [${CANDIDATES}], uniqueIn: [dir.uid, dir.alias] } } } }`,
    read: 'displayName: name, manager: { reference: boss }',
    dir: `mode: on\nprotect: [x1, y1]\ndeprovision: { action: ${action} }`,
    ...(action === 'disable' ? { account: "enabled: { attribute: active, on: 'yes', off: 'no' }" } : {}),
    known: 'login: uid, displayName: label',
    written: `uid: login, cn: displayName, boss: '\${has(person.manager) ? person.manager.login : "none"}'`,
  });

const NAMES = ['Ann', 'Bob'];
const name = fc.constantFrom(...NAMES);
const number = fc.integer({ min: 0, max: 11 });
const login = fc.tuple(name, number).map(([who, n]) => `${who.toLowerCase()}${n < 2 ? '' : n}`);
const own = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** New, renamed or back; gone; and an account that somebody made by hand. */
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ put: number, name, boss: own(number) }) },
  { weight: 1, arbitrary: fc.record({ leaves: number }) },
  {
    weight: 1,
    arbitrary: fc.record({ account: fc.constantFrom('x1', 'x2', 'y1', 'y2'), login, number: own(number), alias: own(login) }),
  },
);
const days = fc.array(fc.array(step, { minLength: 3, maxLength: 6 }), { minLength: 2, maxLength: 4 });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(here: Firm, one: Step): void {
  if ('put' in one) {
    const boss = one.boss === undefined ? null : `p${one.boss}`;
    here.system('hr').put('person', `p${one.put}`, { id: `p${one.put}`, name: one.name, boss });
  } else if ('leaves' in one) {
    if (here.system('hr').get('person', `p${one.leaves}`)) here.system('hr').remove('person', `p${one.leaves}`);
  } else {
    const of = one.number === undefined ? {} : { number: `p${one.number}` };
    here
      .system('dir')
      .put('person', one.account, { uid: one.login, ...of, ...(one.alias === undefined ? {} : { alias: [one.alias] }) });
  }
}

async function endOf(action: 'disable' | 'delete', story: readonly (readonly Step[])[], batch: number) {
  const here = await firm(yaml(action));
  here.batch = batch;
  try {
    here.system('hr').put('person', 'p99', { id: 'p99', name: 'Root', boss: null });
    for (const day of story) {
      for (const one of day) take(here, one);
      here.now += HOUR;
      await here.run();
      await here.approve('dir').catch(() => undefined);
    }
    for (let i = 0; i < 3; i++) await here.run();
    const objects = await here.store.sync.scanObjects({ after: 0, limit: 1_000 });
    const rows = await here.store.sync.linked(objects.map(({ id }) => id));
    const parked = await here.store.decisions.parked({}, { after: 0, limit: 1_000 });
    return {
      people: objects.map(({ id, state, attributes }) => [id, state, attributes]),
      links: rows.map(({ connection, anchor, objectId, presence }) => `${connection} ${anchor} ${objectId} ${presence}`).sort(),
      target: here
        .system('dir')
        .objects()
        .map(({ anchor, attributes }) => `${anchor} ${JSON.stringify(attributes)}`)
        .sort(),
      parked: parked.map(({ kind, detail }) => `${kind} ${detail}`).sort(),
    };
  } finally {
    await here.close();
  }
}

it('a story ends the same in batches of 1, of 2 and of 1,000', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('disable', 'delete'), days, async (action, story) => {
      const all = await endOf(action, story, 1_000);
      expect(await endOf(action, story, 1)).toEqual(all);
      expect(await endOf(action, story, 2)).toEqual(all);
    }),
    parameters(4),
  );
});
