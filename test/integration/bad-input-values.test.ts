/** Single values that no store and no system keeps: each is told and costs its attribute, and what was known of it stays. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';

const yaml = (deltas: boolean): string => `store: sqlite:rollcall.db
connections:
  hr:
    type: memory
    system: hr
    deltas: ${deltas}
    owner: true
    import:
      person:
        join: employeeId
        project: true
        filter: row.hidden != true
        attributes: { employeeId: no, displayName: name, phone: phone, manager: { reference: boss } }
      group: { join: name, project: true, attributes: { name: name, member: { reference: members } } }
  dir:
    type: memory
    system: dir
    mode: on
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
      group: { join: name, attributes: { name: name } }
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName, phone: phone, boss: manager } }
      group: { provision: true, anchor: name, attributes: { name: name, member: member } }
    deprovision: { action: delete }
gates: { delete: { percent: 100, count: 1000 }, update: { percent: 100, count: 1000 }, member: { percent: 100, count: 1000 }, attribute: { percent: 100, count: 1000 }, empty: { percent: 100, count: 1000 } }
`;

let here: Firm;
afterEach(() => here.close());

const person = (id: string, more: object = {}) =>
  here.system('hr').put('person', id, { no: id, name: `Person ${id}`, phone: '1', ...more });
/** Of an account: name, phone and manager. */
const account = (id: string): unknown[] => {
  const attributes = here
    .system('dir')
    .objects()
    .find((one) => one.kind === 'person' && one.anchor === id)?.attributes;
  return [attributes?.['cn'] ?? null, attributes?.['phone'] ?? null, attributes?.['boss'] ?? null];
};
const members = (): unknown =>
  here
    .system('dir')
    .objects()
    .find((one) => one.anchor === 'team')?.attributes['member'];

async function begin(deltas: boolean): Promise<void> {
  here = await firm(yaml(deltas));
  for (const id of ['a', 'b', 'c']) person(id, { boss: id === 'a' ? null : 'a' });
  here.system('hr').put('group', 'team', { name: 'team', members: ['a', 'b'] });
  await here.first();
  await here.run();
  expect([account('b'), members()]).toEqual([
    ['Person b', '1', 'a'],
    ['a', 'b'],
  ]);
  expect(await here.run()).toMatchObject({ status: 'done', faultCount: 0, rowsWritten: 0 });
}

const BAD = [
  ['U+0000', 'a\0b', /U\+0000/],
  ['half a surrogate pair', 'a\ud800b', /surrogate/],
  ['a number beyond 2^53', 2 ** 53 + 2, /2\^53/],
  ['no number at all', Number.NaN, /2\^53/],
  ['a list in a list', [['a']] as never, /neither text/],
  ['an object', { a: { b: 1 } } as never, /neither text/],
  ['one bad value of several', ['a', '\udc00'], /surrogate/],
] as const;

describe.each([
  ['a full read', false],
  ['a change', true],
])('%s', (_, deltas) => {
  it.each(BAD)('%s: the others go on, the last value stays, and nothing is written twice', async (_name, value, message) => {
    await begin(deltas);
    person('b', { name: value, phone: '2', boss: 'a' });
    const report = await here.run();
    expect(report.faults).toMatchObject([
      {
        kind: 'invalidValue',
        message: expect.stringMatching(message),
        where: { connection: 'hr', object: 'b', attribute: 'name' },
        remedy: expect.stringMatching(/source/),
      },
    ]);
    expect(report).toMatchObject({ status: 'warnings', notices: [] });
    expect(account('b')).toEqual(['Person b', '2', 'a']);
    expect(await here.store.runs.errors(report.run, { limit: 10 })).toMatchObject([
      { connection: 'hr', fault: report.faults[0]! },
    ]);
    // Read again, it is told again, and nothing else happens.
    await here.run({ profile: 'full-import' });
    const again = await here.run({ profile: 'full-import' });
    expect(again).toMatchObject({ faultCount: 1, notices: [], rowsWritten: 0 });
    person('b', { name: 'Bea', phone: '2', boss: 'a' });
    expect(await here.run()).toMatchObject({ status: 'done', faultCount: 0 });
    expect(account('b')).toEqual(['Bea', '2', 'a']);
  });

  it('references and members: none is lost', async () => {
    await begin(deltas);
    person('b', { boss: 'a\0' });
    here.system('hr').put('group', 'team', { name: 'team', members: ['b', 'c', '\ud800'] });
    const report = await here.run();
    expect(report.faults.map((one) => [one.where.object, one.where.attribute]).sort()).toEqual([
      ['b', 'boss'],
      ['team', 'members'],
    ]);
    expect([account('b'), members()]).toEqual([
      ['Person b', '1', 'a'],
      ['a', 'b'],
    ]);
    await here.run({ profile: 'full-import' });
    expect(await here.run({ profile: 'full-import' })).toMatchObject({ faultCount: 2, rowsWritten: 0 });
    here.system('hr').put('group', 'team', { name: 'team', members: ['b', 'c'] });
    person('b', { boss: 'c' });
    await here.run();
    await here.run();
    expect([account('b'), members()]).toEqual([
      ['Person b', '1', 'c'],
      ['b', 'c'],
    ]);
  });

  it('a person with a bad anchor, and a new one whose key is bad, wait; the next one is taken', async () => {
    await begin(deltas);
    person('x\0');
    person('y', { no: 'y\ud800' });
    person('z', { hidden: '\0' });
    person('d', { phone: '\0' });
    const report = await here.run();
    expect(report.faults.map((one) => [one.where.object, one.where.attribute ?? null])).toEqual(
      expect.arrayContaining([
        ['x\ufffd', null],
        ['y', 'no'],
        ['z', 'hidden'],
        ['d', 'phone'],
      ]),
    );
    expect([account('d'), account('y'), account('z')]).toEqual([
      ['Person d', null, null],
      [null, null, null],
      [null, null, null],
    ]);
    for (const id of ['y', 'z']) person(id);
    await here.run();
    expect([account('y'), account('z')]).toEqual([
      ['Person y', '1', null],
      ['Person z', '1', null],
    ]);
  });
});

it('a value too many is counted, not told one by one', async () => {
  await begin(false);
  for (let i = 0; i < 250; i++) person(`n${i}`, { name: '\0' });
  const report = await here.run();
  expect(report.faultCount).toBe(101);
  const stored = await here.store.runs.errors(report.run, { limit: 1_000 });
  expect(stored).toHaveLength(101);
  expect(stored.at(-1)!.fault).toMatchObject({
    message: expect.stringContaining('150 more values of name cannot be used, 250 in all'),
    where: { connection: 'hr', attribute: 'name' },
  });
});
