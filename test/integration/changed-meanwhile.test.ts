/** SEMANTICS 9: what somebody changes between the read and the write is not overwritten unseen, and is decided like any other edit. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Firm, firm, HOUR } from './firm.ts';
import { hrAndDirectory } from './hr-and-directory.ts';

const yaml = (known = '', dir = '') =>
  hrAndDirectory({
    top: known === '' ? '' : 'precedence: { person: { phone: [dir, hr] } }',
    read: 'phone: phone, mail: mail',
    dir: `mode: on\ndeltas: false\ncompare: true\n${dir}`,
    known,
    written: 'phone: phone, mail: mail',
  });

let here: Firm;
afterEach(() => here.close());
const account = () => here.system('dir').get('person', 'p1')!.attributes;

async function begun(text: string): Promise<void> {
  here = await firm(text);
  for (const id of ['p1', 'p2']) here.system('hr').put('person', id, { id, phone: '1', mail: `${id}@example.org` });
  await here.first();
}

/** HR changes the telephone number; while that is on its way somebody edits the account. */
async function changedMeanwhile(edit: { readonly [name: string]: string | undefined }, hr = '2'): Promise<void> {
  here.system('hr').edit('person', 'p1', { phone: hr });
  for (const profile of ['delta-import', 'delta-sync'] as const) await here.run({ profile });
  here.system('dir').edit('person', 'p1', edit);
}

it('the edit of who ranks higher stays, and nothing is written over it', async () => {
  await begun(yaml('phone: phone'));
  await changedMeanwhile({ phone: '99' });
  const { updated } = here.system('dir').counts;
  await here.run({ profile: 'export' });
  expect(account()['phone']).toBe('99');
  expect(await here.run()).toMatchObject({ status: 'done', faults: [] });
  expect(account()['phone']).toBe('99');
  expect(here.system('dir').counts.updated).toBe(updated);
  const [person] = await here.store.sync.objects([(await here.account('dir', 'p1'))!.objectId!]);
  expect(JSON.parse(person!.attributes)).toMatchObject({ phone: '99' });
  expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
});

describe('where the source ranks higher', () => {
  it('the edit is seen, and repaired in the same cycle', async () => {
    await begun(yaml());
    here.system('hr').edit('person', 'p1', { phone: '2' });
    let seen: unknown;
    here.onProgress = ({ phase }) => {
      if (phase !== 'sync' || seen !== undefined) return;
      here.system('dir').edit('person', 'p1', { phone: '99' });
      seen = '99';
    };
    expect(await here.run()).toMatchObject({ status: 'done', faults: [] });
    expect(seen).toBe('99');
    expect(account()['phone']).toBe('2');
    expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
  });

  it('an edit of another attribute stands in nobody’s way', async () => {
    await begun(yaml());
    await changedMeanwhile({ title: 'Dr' });
    await here.run({ profile: 'export' });
    expect(account()).toMatchObject({ phone: '2', title: 'Dr' });
  });

  it('an export alone sends nothing over it before it is worked out', async () => {
    await begun(yaml());
    await changedMeanwhile({ phone: '99' });
    for (let n = 0; n < 2; n++) await here.run({ profile: 'export' });
    expect(account()['phone']).toBe('99');
    expect(JSON.parse((await here.account('dir', 'p1'))!.seen!)).toMatchObject({ phone: '99' });
    await here.run();
    expect(account()['phone']).toBe('2');
  });

  it('the same value by somebody else’s hand is theirs, and in step', async () => {
    await begun(yaml());
    await changedMeanwhile({ phone: '2' });
    await here.run({ profile: 'export' });
    expect(await here.run()).toMatchObject({ status: 'done', faults: [] });
    expect((await here.account('dir', 'p1'))!.export).toBeNull();
    expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
  });
});

it('without a look-up it waits for the next read', async () => {
  await begun(yaml('', 'lookup: false'));
  await changedMeanwhile({ phone: '99' });
  const { status, faults } = await here.run({ profile: 'export' });
  expect([status, faults.map(({ kind }) => kind)]).toEqual(['warnings', ['conflict']]);
  expect(account()['phone']).toBe('99');
  here.now += HOUR;
  await here.run();
  expect(account()['phone']).toBe('2');
});

it('a look that shows what was seen before is believed: it is written without comparing, later', async () => {
  await begun(yaml());
  here.system('hr').edit('person', 'p1', { phone: '2' });
  for (const profile of ['delta-import', 'delta-sync'] as const) await here.run({ profile });
  here.system('dir').put('person', 'p1', { ...account(), phone: '99' }, { late: 50 });
  expect(await here.run({ profile: 'export' })).toMatchObject({ status: 'warnings', faults: [{ kind: 'conflict' }] });
  expect(account()['phone']).toBe('99');
  here.now += HOUR;
  expect(await here.run({ profile: 'export' })).toMatchObject({ status: 'done' });
  expect(account()['phone']).toBe('2');
});
