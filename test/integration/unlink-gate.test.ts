/** SEMANTICS 8: ending the links of a target's accounts is a kind of change with a limit, whichever command ends them. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { link, unlink } from '#decisions/links';
import { revoke } from '#decisions/revoke';
import { type Firm, firm, HOUR } from './firm.ts';

const YAML = `store: sqlite:rollcall.db
gates: { create: { percent: 100, count: 100 } }
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } }
  dir:
    type: memory
    system: dir
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
    export:
      person: { provision: true, anchor: '\${"new-" + person.employeeId}', attributes: { number: employeeId, cn: displayName } }
`;
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

beforeEach(async () => {
  here = await firm(YAML);
  for (let i = 0; i < 120; i++) {
    here.system('hr').put('person', idOf(i), { id: idOf(i), name: `Person ${i}` });
    here.system('dir').put('person', idOf(i), { number: idOf(i), cn: `Person ${i}` });
  }
  await here.run();
  await here.approve('dir');
  await here.run();
});
afterEach(() => here.close());

it('stops at the limit, over runs and restarts, and opens a day later', async () => {
  for (let i = 0; i < LIMIT; i++) {
    await unlinked(i);
    await here.run();
    if (i === 3) await here.restart();
  }
  await expect(unlinked(6)).rejects.toMatchObject(SHUT);
  here.now += 23 * HOUR;
  await expect(unlinked(6)).rejects.toMatchObject(SHUT);
  await here.run();
  expect((await here.account('dir', idOf(5)))!.objectId).toBeNull();
  expect((await here.account('dir', idOf(6)))!.objectId).not.toBeNull();
  here.now += 2 * HOUR;
  await unlinked(6);
});

it('counts what is given to somebody else and what is taken back, once each', async () => {
  const other = (await here.account('hr', idOf(100)))!.objectId!;
  const given = await link({ connection: 'dir', anchor: idOf(0), object: other }, who(), surroundings());
  for (let i = 1; i < LIMIT - 1; i++) await unlinked(i);
  await unlinked(1);
  await here.run();
  // It ends the same link twice: one account.
  await revoke(given.decision, who(), surroundings());
  await unlinked(5);
  const same = { connection: 'dir', anchor: idOf(6), object: other };
  await expect(link(same, who(), surroundings())).rejects.toMatchObject(SHUT);
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

it('is about accounts: links of a source have no limit', async () => {
  for (let i = 0; i < 2 * LIMIT; i++) await unlinked(i, 'hr');
});
