/** SEMANTICS 6: a column that vanishes is an outage where some rule reads it; of others nobody needs to know where they went. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

let here: Firm;
afterEach(() => here.close());

const outages = async () => {
  const states = await here.store.spaces.states();
  const text = states.find(({ name }) => name === 'hr')!.outages;
  return text === null ? [] : JSON.parse(text).attributes.map((one: { attribute: string }) => one.attribute);
};

it('also where there are conditions', async () => {
  here = await firm(hrAndDirectory({ person: `filter: 'row.status == "staff"'` }));
  const everybody = (attributes: object) => {
    for (let i = 0; i < 60; i++) here.system('hr').put('person', `p${i}`, { id: `p${i}`, name: 'Ann', ...attributes });
  };
  everybody({ status: 'staff', fax: '1' });
  await here.first();
  everybody({ status: 'staff' });
  expect(await here.run({ profile: 'full-import' })).toMatchObject({ status: 'done', notices: [] });
  expect(await outages()).toEqual([]);
  everybody({});
  expect(await here.run({ profile: 'full-import' })).toMatchObject({ notices: [{ kind: 'outage' }] });
  expect(await outages()).toEqual(['status']);
});
