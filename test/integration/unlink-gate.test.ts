/** SEMANTICS 8: ending the links of a target's accounts is a kind of change with a limit, whichever command ends them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { link, unlink } from '#decisions/links';
import { revoke } from '#decisions/revoke';
import { type Firm, firm, HOUR } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create')} }`,
  anchor: `'\${"new-" + person.employeeId}'`,
});
/** 5 % of 120. */
const LIMIT = 6;
const idOf = (i: number) => `p${String(i).padStart(3, '0')}`;

let here: Firm;
const who = () => ({ by: 'Ada', reason: 'a namesake', at: here.now });
const surroundings = () => ({ store: here.store, config: here.config });
const unlinked = (i: number, connection = 'dir') => unlink({ connection, anchor: idOf(i) }, who(), surroundings());
const SHUT = {
  kind: 'conflict',
  message: expect.stringContaining('More than 6 accounts of dir'),
  remedy: expect.stringContaining('unlink'),
};
const HELD = { held: true };
const GOES = { held: false };
const holds = async () =>
  (await here.store.exports.holds('dir')).filter((one) => one.closedAt === null).map(({ part, limit }) => [part, limit]);
const owner = async (i: number) => (await here.account('dir', idOf(i)))!.objectId;

/** A person who loses their account first: nobody is given a second one. */
async function without(i: number): Promise<number> {
  await unlinked(i);
  return (await here.account('hr', idOf(i)))!.objectId!;
}

beforeEach(async () => {
  here = await firm(YAML);
  for (let i = 0; i < 120; i++) {
    here.system('hr').put('person', idOf(i), { id: idOf(i), name: `Person ${i}` });
    here.system('dir').put('person', idOf(i), { number: idOf(i), cn: `Person ${i}` });
  }
  await here.first();
});
afterEach(() => here.close());

it('stops at the limit: what comes after waits for a person, over runs, restarts and days', async () => {
  for (let i = 0; i < LIMIT; i++) {
    expect(await unlinked(i)).toMatchObject(GOES);
    await here.run();
    if (i === 3) await here.restart();
  }
  expect(await holds()).toEqual([]);
  expect(await unlinked(6)).toMatchObject(HELD);
  expect(await holds()).toEqual([['unlink', LIMIT]]);
  here.now += 23 * HOUR;
  expect(await unlinked(7)).toMatchObject(HELD);
  for (const profile of ['cycle', 'full-sync', 'full-import', 'delta-sync', 'export'] as const) {
    const { notices } = await here.run({ profile });
    if (profile === 'cycle') expect(notices).toMatchObject([{ kind: 'gate', connection: 'dir' }]);
    await here.restart();
  }
  here.now += 2 * HOUR;
  expect(await unlinked(8)).toMatchObject(HELD);
  await here.run();
  expect(await owner(5)).toBeNull();
  for (const i of [6, 7, 8]) expect(await owner(i)).not.toBeNull();
  // Other changes go on.
  here.system('hr').edit('person', idOf(6), { name: 'Somebody' });
  await here.run();
  expect(here.system('dir').get('person', idOf(6))?.attributes).toMatchObject({ cn: 'Somebody' });
});

it('what is approved is done, as it was decided, and what is chosen alone; the rest waits on', async () => {
  const other = await without(100);
  for (let i = 1; i < LIMIT; i++) await unlinked(i);
  expect(await link({ connection: 'dir', anchor: idOf(6), object: other }, who(), surroundings())).toMatchObject(HELD);
  for (const i of [7, 8, 9]) expect(await unlinked(i)).toMatchObject(HELD);
  await here.run();
  const shown = await here.pending('dir');
  expect(shown.links.map((one) => [one.by, one.reason])).toEqual(Array(4).fill(['Ada', 'a namesake']));
  await expect(here.approve('dir', [], 'f'.repeat(32))).rejects.toMatchObject({ kind: 'conflict' });
  expect(await here.approve('dir', [idOf(7)], shown.digest)).toMatchObject({ decided: 1, left: 3 });
  await here.run();
  expect(await owner(7)).toBeNull();
  for (const i of [6, 8, 9]) expect(await owner(i)).not.toBeNull();
  expect(await holds()).toEqual([['unlink', LIMIT]]);
  await here.discard('dir', [idOf(8)]);
  await here.approve('dir');
  await here.run();
  expect(await holds()).toEqual([]);
  expect(await owner(6)).toBe(other);
  expect([await owner(8), await owner(9)]).toEqual([expect.any(Number), null]);
  // It survives a full sync like any other decision.
  await here.run({ profile: 'full-sync' });
  expect(await owner(9)).toBeNull();
  // What was approved counts for nothing: a day after the first ones there is room again.
  here.now += 25 * HOUR;
  expect(await unlinked(8)).toMatchObject(GOES);
});

it('what is held can be taken back, and with the last of it the hold', async () => {
  for (let i = 0; i < LIMIT; i++) await unlinked(i);
  const { decision } = await unlinked(6);
  await revoke(decision, who(), surroundings());
  await here.run();
  expect(await holds()).toEqual([]);
  expect(await owner(6)).not.toBeNull();
});

it('counts what is given to somebody else and what is taken back, once each', async () => {
  const other = await without(100);
  const given = await link({ connection: 'dir', anchor: idOf(0), object: other }, who(), surroundings());
  for (let i = 1; i < LIMIT - 2; i++) await unlinked(i);
  await unlinked(1);
  await here.run();
  // It ends the same link twice: one account.
  await revoke(given.decision, who(), surroundings());
  const last = { connection: 'dir', anchor: idOf(6), object: await without(101) };
  expect(await link(last, who(), surroundings())).toMatchObject(HELD);
  // A link that is confirmed, or made, ends none.
  const own = (await here.account('dir', idOf(7)))!.objectId!;
  await link({ connection: 'dir', anchor: idOf(7), object: own }, who(), surroundings());
});

it('a decision that was to be taken back stands', async () => {
  const own = (await here.account('dir', idOf(50)))!.objectId!;
  const { decision } = await link({ connection: 'dir', anchor: idOf(50), object: own }, who(), surroundings());
  await here.run();
  for (let i = 0; i < LIMIT; i++) await unlinked(i);
  await expect(revoke(decision, who(), surroundings())).rejects.toMatchObject(SHUT);
  await here.run();
  expect((await here.account('dir', idOf(50)))!).toMatchObject({ objectId: own, linkHow: 'decided' });
});

describe('who is to get an account by a link that is held', () => {
  const made = (i: number) => here.system('dir').get('person', `new-${idOf(i)}`);
  const hire = async (i: number): Promise<number> => {
    here.system('hr').put('person', idOf(i), { id: idOf(i), name: `Person ${i}` });
    await here.run({ profile: 'delta-import' });
    await here.run({ profile: 'delta-sync' });
    return (await here.account('hr', idOf(i)))!.objectId!;
  };
  const linked = (i: number, object: number) => link({ connection: 'dir', anchor: idOf(i), object }, who(), surroundings());
  const accountsOf = async (object: number) =>
    (await here.store.sync.linked([object]))
      .filter((row) => row.connection === 'dir' && row.presence === 'present')
      .map((row) => row.anchor);
  beforeEach(async () => {
    for (let i = 0; i < LIMIT; i++) await unlinked(i);
    await here.run();
  });

  it('is made none meanwhile, also where one waited to be made; the approval gives them that one alone', async () => {
    const object = await hire(200);
    expect((await here.store.exports.counts('dir')).waiting).toBe(1);
    expect(await linked(50, object)).toMatchObject(HELD);
    for (const profile of ['cycle', 'full-sync', 'cycle'] as const) await here.run({ profile });
    expect(made(200)).toBeNull();
    await here.approve('dir');
    await here.run();
    await here.run({ profile: 'full-sync' });
    await here.run();
    expect(await accountsOf(object)).toEqual([idOf(50)]);
    expect(made(200)).toBeNull();
    expect(await here.parked('duplicateAccount')).toEqual([]);
  });

  it.each(['discard', 'revoke'])('is made one once that is dropped: %s', async (way) => {
    const object = await hire(200);
    const { decision } = await linked(50, object);
    await here.run();
    expect(made(200)).toBeNull();
    if (way === 'discard') await here.discard('dir');
    else await revoke(decision, who(), surroundings());
    await here.run();
    expect(await accountsOf(object)).toEqual([`new-${idOf(200)}`]);
  });

  it('is made one when that is not there any more; the link that waits is nothing to them from then on', async () => {
    const object = await hire(200);
    expect(await linked(50, object)).toMatchObject(HELD);
    await here.run();
    expect(made(200)).toBeNull();
    here.system('dir').remove('person', idOf(50));
    await here.run();
    expect(await accountsOf(object)).toEqual([`new-${idOf(200)}`]);
    expect(await here.run()).toMatchObject({ rowsWritten: 0 });
    await expect(here.approve('dir')).rejects.toMatchObject({ kind: 'conflict' });
  });

  it('is not promised a second one, and one that is made all the same is taken from them first', async () => {
    const object = await hire(200);
    await linked(50, object);
    await expect(linked(51, object)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining(`is to get the account '${idOf(50)}'`),
      remedy: expect.stringContaining(`rollcall discard dir --only ${idOf(50)}`),
    });
    // Somebody makes one by hand, which joins.
    here.system('dir').put('person', 'hand', { number: idOf(200), cn: 'by hand' });
    await here.run();
    expect(await accountsOf(object)).toEqual(['hand']);
    expect(await unlinked(60)).toMatchObject(HELD);
    await expect(here.approve('dir')).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining("already has the account 'hand' in dir"),
      remedy: expect.stringContaining("'rollcall unlink dir hand'"),
    });
    expect((await here.pending('dir')).links).toHaveLength(2);
    expect(await unlink({ connection: 'dir', anchor: 'hand' }, who(), surroundings())).toMatchObject(HELD);
    await here.approve('dir');
    await here.run();
    expect(await accountsOf(object)).toEqual([idOf(50)]);
    expect([await owner(60), (await here.account('dir', 'hand'))!.objectId]).toEqual([null, null]);
  });
});

it('is about accounts: links of a source have no limit', async () => {
  for (let i = 0; i < 2 * LIMIT; i++) expect(await unlinked(i, 'hr')).toMatchObject(GOES);
});
