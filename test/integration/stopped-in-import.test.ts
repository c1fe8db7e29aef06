/** Ctrl-C in the middle of a first read: what is on its way is kept or not, the store closes, and the next run makes it up. */
import { afterEach, expect, it } from 'vitest';
import { run } from '#runs/index';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

/** More than one batch, each of many slices. */
const PEOPLE = 12_000;
let here: Firm;
afterEach(() => here.close());

it.each(['when the first batch is sent', 'when the first batch is kept'])('stopped %s', async (moment) => {
  here = await firm(hrAndDirectory({}));
  for (let i = 0; i < PEOPLE; i++) here.system('hr').put('person', `p${i}`, { id: `p${i}`, name: `Person ${i}` });
  const stop = new AbortController();
  const { stage } = here.store.spaces;
  Object.assign(here.store.spaces, {
    stage: async (...batch: Parameters<typeof stage>) => {
      const kept = stage(...batch);
      if (moment.endsWith('kept')) await kept;
      stop.abort();
      return await kept;
    },
  });
  const services = { config: here.config, store: here.store, wall: () => here.now, signal: stop.signal };
  const report = await run({ profile: 'full-import', connections: null, by: 'test', now: here.now }, services);
  expect(report.status).toBe('interrupted');
  await here.restart();
  await here.run();
  expect(await here.store.spaces.count('hr')).toMatchObject({ person: { present: PEOPLE } });
  expect((await here.store.people.counts())['person']).toBe(PEOPLE);
});
