/** An export that ends with an error: what it wrote until then is its own doing, and no outage of the target. */
import { afterEach, expect, it } from 'vitest';
import { RollcallError } from '#core/errors';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'update', 'attribute', 'empty')} }`,
  read: 'phone: { value: phone, empty: clears }',
  dir: 'mode: on',
  written: 'phone: phone',
});

let here: Firm;
afterEach(() => here.close());

it('counts what was written before the error', async () => {
  here = await firm(YAML);
  const people = (phone: (i: number) => string | null): void => {
    for (let i = 0; i < 60; i++) here.system('hr').put('person', `p${i}`, { id: `p${i}`, phone: phone(i) });
  };
  people((i) => `${100 + i}`);
  await here.first();
  await here.run({ profile: 'full-import' });
  people((i) => (i < 40 ? null : `${100 + i}`));
  const { take } = here.store.exports;
  let updates = 0;
  const breaking: typeof take = (request) => {
    if (!request.operations.includes('update') || ++updates < 2) return take.call(here.store.exports, request);
    return Promise.reject(new RollcallError('unavailable', 'the disk is full'));
  };
  Object.assign(here.store.exports, { take: breaking });
  const { faults } = await here.run();
  expect(faults).toMatchObject([{ message: 'the disk is full' }]);
  expect(
    here
      .system('dir')
      .objects()
      .filter(({ attributes }) => attributes['phone']).length,
  ).toBe(20);
  Object.assign(here.store.exports, { take });
  const { notices } = await here.run({ profile: 'full-import' });
  expect(notices).toEqual([]);
});
