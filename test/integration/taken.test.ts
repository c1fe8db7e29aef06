/** SEMANTICS 12: a value made by Rollcall that the target has already, though nobody could see it there. */
import { afterEach, describe, expect, it } from 'vitest';
import { ex, source, target } from '../simulation/case.ts';
import { type EngineHouse, engineHouse } from '../simulation/engine-house.ts';
import { canonicalObject } from '../simulation/house.ts';
import type { Manner, PlainObject } from '../simulation/organisation.ts';

const IDS = ['1', '2'];
const person = (anchor: string, attributes: PlainObject['attributes']) => ({ kind: 'person', anchor, attributes });
const counted = (text: string) => [ex(text), ex(`${text} + string(n)`)];
const flows = { uid: 'login', mail: 'mail', home: ex('"/home/" + person.login') };

let house: EngineHouse;
/** Ann and Bo, in a directory that has some values already, and in a phone book that takes everything. */
async function start(manner: Manner, login: object = {}, inBook: readonly PlainObject[] = []): Promise<void> {
  const attributes = {
    person: {
      login: { unique: { candidates: counted('person.displayName.lower()'), ...login } },
      mail: { unique: { candidates: [ex('person.login + "@example.org"'), ex('person.login + string(n) + "@example.org"')] } },
    },
  };
  const connections = {
    hr: { ...source({ displayName: 'name' }), type: 'memory', system: 'hr' },
    book: { ...target({ login: 'login' }), type: 'memory', system: 'book' },
    dir: { ...target(flows), type: 'memory', system: 'dir' },
  };
  house = await engineHouse({
    yaml: JSON.stringify({ attributes, connections }),
    targets: ['book', 'dir'],
    systems: {
      hr: { objects: IDS.map((id) => person(id, { id, name: ['Ann', 'Bo'][Number(id) - 1]! })) },
      book: { objects: [person('root', { number: 'root' }), ...inBook] },
      dir: { objects: [person('root', { number: 'root' })], manner },
    },
  });
}
afterEach(() => house.close());

const once = () => house.once('cycle');
function rename(id: string, name: string): void {
  house.put('hr', canonicalObject(person(id, { id, name })));
}
/** What a target has of each person, by number. */
function there(connection: string): { readonly [number: string]: unknown } {
  const all = [...house.contents(connection).values()].filter((one) => one.attributes['number'] !== 'root');
  return Object.fromEntries(all.map(({ attributes: { number, ...rest } }) => [String(number), { ...rest }]));
}
const parked = async (kind: string) =>
  (await house.store.decisions.parked({ kind }, { after: 0, limit: 100 })).map((one) => JSON.parse(one.detail));
const account = (login: string) => ({ uid: login, mail: `${login}@example.org`, home: `/home/${login}` });
/** It comes to rest as it is. */
async function quiet(): Promise<void> {
  const before = [there('dir'), there('book')];
  await house.settle();
  expect([there('dir'), there('book')]).toEqual(before);
}

describe.each([
  ['that names the attribute', {}],
  ['that names nothing', { mute: true }],
])('a create refused by a conflict %s', (_, how) => {
  it('takes the next candidate in the same run, with all that derives from it, everywhere', async () => {
    await start({ taken: { uid: ['ann', 'ann2'] }, ...how });
    const report = await once();
    expect(there('dir')).toEqual({ 1: account('ann3'), 2: account('bo') });
    expect(there('book')).toEqual({ 1: { login: 'ann3' }, 2: { login: 'bo' } });
    expect({ parked: await parked('refused'), status: report.status, faults: report.faults }).toEqual({
      parked: [],
      status: 'done',
      faults: [],
    });
    await quiet();
  });
});

it('a taken value is nobody s afterwards, and not hers again', async () => {
  await start({ taken: { uid: ['ann'] } });
  await once();
  house.put('hr', canonicalObject(person('3', { id: '3', name: 'Ann' })));
  await once();
  expect(there('dir')).toMatchObject({ 1: account('ann2'), 3: account('ann3') });
  await quiet();
});

it('an update that carries a new one is answered the same way', async () => {
  await start({ taken: { uid: ['zoe'] } }, { onRename: 'regenerate' });
  await once();
  rename('1', 'Zoe');
  await once();
  expect(there('dir')).toMatchObject({ 1: { uid: 'zoe2', home: '/home/zoe2' } });
  expect(await parked('refused')).toEqual([]);
  await quiet();
});

it('without a value of Rollcall s in it, it waits for a person', async () => {
  await start({ taken: { number: ['2'] } });
  const report = await once();
  expect(there('dir')).toEqual({ 1: account('ann') });
  expect(await parked('refused')).toMatchObject([{ kind: 'conflict', where: { attribute: 'number' } }]);
  expect(report.faults).toHaveLength(1);
  await quiet();
});

it('after ten candidates it waits for a person, with what the target said, and a full sync changes nothing', async () => {
  const taken = ['ann', ...Array.from({ length: 40 }, (_, i) => `ann${i + 2}`)];
  await start({ taken: { uid: taken } });
  const report = await once();
  expect(there('dir')).toEqual({ 2: account('bo') });
  expect(await parked('refused')).toMatchObject([{ kind: 'conflict', message: 'uid is taken' }]);
  expect(report.faults).toMatchObject([{ kind: 'conflict' }]);
  expect(there('book')).toMatchObject({ 1: { login: 'ann11' } });
  await quiet();
  await house.once('full-sync');
  expect(there('book')).toMatchObject({ 1: { login: 'ann11' } });
});

it('what an adopted account has is never replaced', async () => {
  const queen = person('x', { number: '1', login: 'queen' });
  await start({ taken: { uid: ['queen'] } }, { uniqueIn: ['book.login'] }, [queen]);
  const report = await once();
  expect(there('book')).toEqual({ 1: { login: 'queen' }, 2: { login: 'bo' } });
  expect(there('dir')).toEqual({ 2: account('bo') });
  expect(await parked('refused')).toMatchObject([{ kind: 'conflict' }]);
  expect(report.faults).toMatchObject([{ kind: 'conflict' }]);
});
