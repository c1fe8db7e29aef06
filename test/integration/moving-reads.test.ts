/** SEMANTICS 6: a system whose pages show different moments proves absence by a look-up of each object, or by two reads in a row. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory } from './hr-and-directory.ts';

let here: Firm;
afterEach(() => here.close());

const person = (id: string, late = 0) => here.system('hr').put('person', id, { id, name: id }, { late });
const enabled = () =>
  Object.fromEntries(
    here
      .system('dir')
      .objects()
      .map(({ attributes }) => [attributes.number, attributes.active]),
  );
/** A day later, everything is read. */
const next = async () => {
  here.now += 24 * HOUR;
  return await here.run();
};

async function begun(hr: string): Promise<void> {
  here = await firm(
    hrAndDirectory({ hr: `deltas: false\nmoving: true\n${hr}`, dir: 'deprovision: { action: disable }', account: ENABLED }),
  );
  for (const id of ['p1', 'p2', 'p3']) person(id);
  await here.first();
  expect(enabled()).toEqual({ p1: 'yes', p2: 'yes', p3: 'yes' });
}

it('who is missing in a read and found by a look-up is there; who is not found is gone', async () => {
  await begun('');
  here.system('hr').remove('person', 'p1');
  // Not shown by the read that comes, and by what looks after it.
  person('p1', 2);
  here.system('hr').remove('person', 'p2');
  await next();
  expect(enabled()).toEqual({ p1: 'yes', p2: 'no', p3: 'yes' });
});

it('nobody is gone while look-ups fail', async () => {
  await begun('faults: [{ on: lookup, times: 1, do: { refuse: unavailable } }]');
  here.system('hr').remove('person', 'p1');
  expect(await next()).toMatchObject({ faults: [{ kind: 'unavailable', where: { connection: 'hr', object: 'p1' } }] });
  expect(enabled()).toEqual({ p1: 'yes', p2: 'yes', p3: 'yes' });
  await next();
  expect(enabled()).toEqual({ p1: 'no', p2: 'yes', p3: 'yes' });
});

it('without look-ups it takes two reads in a row', async () => {
  await begun('lookup: false');
  here.system('hr').remove('person', 'p1');
  here.system('hr').remove('person', 'p2');
  await next();
  expect(enabled()).toEqual({ p1: 'yes', p2: 'yes', p3: 'yes' });
  person('p2');
  await next();
  expect(enabled()).toEqual({ p1: 'no', p2: 'yes', p3: 'yes' });
  here.system('hr').remove('person', 'p2');
  await next();
  expect(enabled()).toEqual({ p1: 'no', p2: 'yes', p3: 'yes' });
  expect(await next()).toMatchObject({ faults: [] });
  expect(enabled()).toEqual({ p1: 'no', p2: 'no', p3: 'yes' });
});

it('a system that answers no look-up is not asked for everybody who is missing', async () => {
  await begun('faults: [{ on: lookup, times: 9, do: { refuse: rateLimited } }]');
  for (let i = 0; i < 40; i++) person(`n${i}`);
  await next();
  for (let i = 0; i < 12; i++) here.system('hr').remove('person', `n${i}`);
  const { faults } = await next();
  expect(faults).toMatchObject([{ kind: 'rateLimited', where: { connection: 'hr', object: 'n0' } }]);
  expect(faults[0]!.message).toContain('(11)');
  expect(new Set(Object.values(enabled()))).toEqual(new Set(['yes']));
  // Eight were asked for: one refusal is left, and the next read asks again.
  expect((await next()).faults).toMatchObject([{ kind: 'rateLimited' }]);
  await next();
  const rows = await Promise.all(Array.from({ length: 40 }, (_, i) => here.account('hr', `n${i}`)));
  expect(rows.filter((row) => row?.presence === 'gone')).toHaveLength(12);
});
