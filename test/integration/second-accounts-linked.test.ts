/** Which of two accounts of one person is linked, and which one is kept in step and ended (SEMANTICS 3, 7, 13). */
import { afterEach, describe, expect, it } from 'vitest';
import { link } from '#decisions/links';
import { type Firm, firm, HOUR } from './firm.ts';
import { ENABLED, hrAndDirectory, unlimited } from './hr-and-directory.ts';

let here: Firm;
afterEach(() => here.close());
const hire = (id: string, name = `Person ${id}`) => here.system('hr').put('person', id, { id, name, mail: `${id}@x.test` });
const active = (anchor: string) => here.system('dir').get('person', anchor)?.attributes['active'];

describe.each([
  ['protected and first', 'a', 'protect: [a]'],
  ['protected and last', 'c', 'protect: [c]'],
  ['first', 'a', ''],
  ['last', 'c', ''],
])('an account that a person linked, %s in order, and another one that the rules find in the same run', (_, decided, protect) => {
  it('is theirs: the other one is listed', async () => {
    const when = "when: person.displayName != 'Nobody'";
    here = await firm(hrAndDirectory({ dir: `mode: on\n${protect}`, anchor: `'\${"z" + person.employeeId}'`, account: when }));
    hire('1');
    hire('2', 'Nobody');
    here.system('dir').put('person', decided, { number: 'x' });
    await here.first();
    const object = (await here.account('hr', '2'))!.objectId!;
    await link({ connection: 'dir', anchor: decided, object }, { by: 'Ada', reason: 'theirs', at: here.now }, here);
    here.system('dir').put('person', 'b', { number: '2' });
    await here.run();
    expect(await here.account('dir', decided)).toMatchObject({ objectId: object, linkHow: 'decided' });
    expect(await here.account('dir', 'b')).toMatchObject({ objectId: null });
    expect((await here.parked('duplicateAccount')).map((one) => JSON.parse(one.detail).anchor)).toEqual(['b']);
    expect(await here.run()).toMatchObject({ rowsWritten: 0 });
  });
});

it('of two that are linked, the one that may be written is kept in step, and ends with its person', async () => {
  const yaml = (more = '') => hrAndDirectory({ dir: `mode: on\ndeprovision: { action: disable }\n${more}`, account: ENABLED });
  here = await firm(yaml().replace('person: { join: employeeId,', 'person: { many: true, join: employeeId,'));
  for (const id of ['1', '2', '3', '4', '5', '6', '7', '8']) hire(id);
  for (const anchor of ['a', 'b']) here.system('dir').put('person', anchor, { number: '1', cn: 'Person 1', active: 'yes' });
  await here.first();
  await here.restart(yaml('protect: [a]'));
  await here.run({ profile: 'full-sync' });
  hire('1', 'Zoe');
  await here.run();
  expect(['a', 'b'].map((anchor) => here.system('dir').get('person', anchor)?.attributes['cn'])).toEqual(['Person 1', 'Zoe']);
  here.system('hr').remove('person', '1');
  await here.run();
  expect([active('a'), active('b')]).toEqual(['yes', 'no']);
});

describe.each(['number', 'mail'])('an account too many, found by the %s, of somebody whose account ends', (key) => {
  it('joins once that one is gone, and ends as that did: by a delta as by a full sync', async () => {
    here = await firm(
      hrAndDirectory({
        top: `gates: { ${unlimited('delete')} }`,
        read: 'displayName: name, mail: mail',
        known: 'mail: mail',
        dir: 'mode: on\ndeprovision: { action: delete }',
      }).replace('person: { join: employeeId,', 'person: { join: [employeeId, mail],'),
    );
    for (const id of ['1', '2', '3', '4']) hire(id);
    await here.first();
    here.system('dir').put('person', 'second', key === 'number' ? { number: '1' } : { mail: '1@x.test' });
    await here.run();
    expect(await here.parked('duplicateAccount')).toHaveLength(1);
    here.system('hr').remove('person', '1');
    for (let i = 0; i < 2; i++) {
      here.now += HOUR;
      await here.run();
    }
    const anchors = here
      .system('dir')
      .objects()
      .map(({ anchor }) => anchor);
    expect(anchors.sort()).toEqual(['2', '3', '4']);
    expect(await here.parked('duplicateAccount')).toEqual([]);
    await here.run({ profile: 'full-import' });
    await here.run({ profile: 'full-sync' });
    expect(await here.run()).toMatchObject({ rowsWritten: 0 });
  });
});
