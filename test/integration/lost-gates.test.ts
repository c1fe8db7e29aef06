/** SEMANTICS 8: of a change that a process had on its way when it ended, what a gate held stayed here, and counts as such. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'update', 'attribute')}, 'attribute:mail': { percent: 1, count: 5 } }`,
  read: 'displayName: name, mail: mail',
  written: 'cn: displayName, mail: mail',
});
const PEOPLE = 10;
/** New addresses that went out before. */
const SENT = 3;

let here: Firm;
beforeEach(async () => {
  here = await firm(YAML);
  for (let i = 0; i < PEOPLE; i++) here.system('hr').put('person', `${i}`, { id: `${i}`, name: 'Old', mail: `${i}@old` });
  await here.first();
  for (let i = 0; i < SENT; i++) here.system('hr').edit('person', `${i}`, { mail: `${i}@first` });
  await here.run();
  for (let i = 0; i < PEOPLE; i++) here.system('hr').edit('person', `${i}`, { name: 'New', mail: `${i}@new` });
});
afterEach(() => here.close());

const sent = async (): Promise<object> => {
  const counts = await here.store.exports.gateCounts('dir', here.now - 86_400_000);
  return Object.fromEntries(counts.filter(({ sent }) => sent > 0).map(({ part, sent }) => [part, sent]));
};
const values = (name: string) =>
  new Set(
    here
      .system('dir')
      .objects()
      .map(({ attributes }) => attributes[name]),
  );

it.each(['after', 'before'] as const)('killed %s it was written', async (moment) => {
  const { answer, take } = here.store.exports;
  const died = () => Promise.reject(new Error('killed'));
  // What was sent is not answered, or nothing of it is sent.
  const taken = async (request: Parameters<typeof take>[0]) => {
    const rows = await take(request);
    return rows.length === 0 ? rows : await died();
  };
  Object.assign(here.store.exports, moment === 'after' ? { answer: died } : { take: taken });
  await here.run();
  Object.assign(here.store.exports, { answer, take });
  await here.restart();
  expect(values('mail')).not.toContain('1@new');
  expect(values('cn')).toEqual(new Set([moment === 'after' ? 'New' : 'Old']));
  expect(await sent()).toEqual({ update: SENT + PEOPLE, 'attribute:cn': PEOPLE, 'attribute:mail': SENT });
  // Looked up, or read, and sent again where it was not done: it is counted once.
  for (let i = 0; i < 3; i++) {
    here.now += 60_000;
    await here.run();
  }
  expect(values('cn')).toEqual(new Set(['New']));
  expect(values('mail')).not.toContain('1@new');
  expect(await sent()).toEqual({ update: SENT + PEOPLE, 'attribute:cn': PEOPLE, 'attribute:mail': SENT });
  await here.approve('dir');
  await here.run();
  expect(values('mail')).toContain('1@new');
});
