/** SEMANTICS 3: without `many` one row of a source speaks for a person; a second one waits, also one that was here before. */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

const yaml = (person = '') => hrAndDirectory({ person, dir: 'mode: on' });

let here: Firm;
afterEach(() => here.close());
const hr = (anchor: string, name: string) => here.system('hr').put('person', anchor, { id: 'p1', name });
const account = () => here.system('dir').get('person', 'p1')?.attributes['cn'];
const next = async () => {
  here.now += 24 * HOUR;
  return here.run();
};
const seconds = async () => (await here.parked('second')).map((one) => JSON.parse(one.detail).anchor as string);

/** Row p1 went, and q1 took its place; then p1 comes back. */
async function begin(many?: string): Promise<void> {
  here = await firm(yaml(many));
  hr('p1', 'First');
  here.system('dir').put('person', 'root', { number: 'root' });
  await here.first();
  here.system('hr').remove('person', 'p1');
  hr('q1', 'Second');
  await next();
  expect(account()).toBe('Second');
  hr('p1', 'Back');
  await next();
}

it('a row that comes back waits while another one has its place, and speaks again when that goes', async () => {
  await begin();
  expect([await seconds(), account()]).toEqual([['p1'], 'Second']);
  await here.run({ profile: 'full-sync' });
  expect([await seconds(), account()]).toEqual([['p1'], 'Second']);

  here.system('hr').remove('person', 'q1');
  await next();
  expect([await seconds(), account()]).toEqual([[], 'Back']);
  // Now p1 has the place.
  hr('q1', 'Second');
  await next();
  expect([await seconds(), account()]).toEqual([['q1'], 'Back']);
});

it('who may have several rows has both', async () => {
  await begin('many: true');
  expect([await seconds(), account()]).toEqual([[], 'Back']);
});

it('a decision about the row that waits is carried out', async () => {
  await begin();
  const [item] = await here.parked('second');
  await here.decide(item!, 'exclude');
  await next();
  expect([await seconds(), account()]).toEqual([[], 'Second']);
});
