/** SEMANTICS 14: a connection that is not in rollcall.yaml any more is held, with those it spoke for, until it is released. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { release } from '#decisions/hold';
import { type Firm, firm } from './firm.ts';

const HEAD = `store: sqlite:rollcall.db
gates: { create: { percent: 100, count: 1000 }, update: { percent: 100, count: 1000 }, attribute: { percent: 100, count: 1000 } }
connections:
`;
const HR = `  hr:
    type: memory
    system: hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name } }
`;
const GUESTS = `  guests:
    type: memory
    system: guests
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, room: room } }
`;
const target = (name: string) => `  ${name}:
    type: memory
    system: ${name}
    mode: on
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
    export:
      person:
        provision: true
        anchor: employeeId
        enabled: { attribute: status, on: active, off: inactive }
        attributes: { number: employeeId, cn: displayName, room: room }
    deprovision: { action: disable }
`;
const PEOPLE = ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6', 'p7'];

let here: Firm;
beforeEach(async () => {
  here = await firm(HEAD + HR + GUESTS + target('dir') + target('badge'), ['hr', 'guests', 'dir', 'badge']);
  for (const id of PEOPLE) here.system('hr').put('person', id, { id, name: `Name ${id}` });
  here.system('guests').put('person', 'p0', { id: 'p0', name: 'Guest p0', room: '7' });
  here.system('guests').put('person', 'g1', { id: 'g1', name: 'Guest g1', room: '1' });
  await here.run();
  for (const name of ['dir', 'badge']) await here.approve(name);
  await here.run();
});
afterEach(() => here.close());

const account = (id: string) => here.system('dir').get('person', id)?.attributes;
const disabled = () => [...PEOPLE, 'g1'].filter((id) => account(id)?.['status'] !== 'active');

it('a source: its people and their values stay as they are, whatever is worked out', async () => {
  expect(disabled()).toEqual([]);
  await here.restart(HEAD + GUESTS + target('dir') + target('badge'));
  expect((await here.run()).notices).toContainEqual(
    expect.objectContaining({
      kind: 'heldConnection',
      connection: 'hr',
      remedy: 'put it back; to go on without it, run: rollcall release hr',
    }),
  );
  here.system('guests').put('person', 'p0', { id: 'p0', name: 'Guest p0', room: '8' });
  here.system('guests').put('person', 'g1', { id: 'g1', name: 'Guest g1', room: '8' });
  await here.run();
  await here.run({ profile: 'full-sync' });
  await here.run();
  expect(disabled()).toEqual([]);
  expect(account('p0')).toMatchObject({ cn: 'Name p0', room: '7' });
  // Whom it does not know is nobody's concern but the others'.
  expect(account('g1')).toMatchObject({ room: '8' });
});

it('released: the next run goes on without it, through the gates', async () => {
  const without = HEAD + GUESTS + target('dir');
  await here.restart(without);
  await here.run();
  const ada = { by: 'Ada', reason: 'replaced by guests', at: here.now };
  expect(await release('hr', ada, { store: here.store, config: here.config })).toMatchObject({ changed: true });
  const report = await here.run();
  expect(report.notices).toMatchObject([
    { kind: 'heldConnection', connection: 'badge' },
    { kind: 'gate', connection: 'dir' },
  ]);
  expect(disabled()).toEqual([]);
  expect(account('p0')).toMatchObject({ cn: 'Guest p0' });
  await here.approve('dir');
  await here.run();
  expect(disabled()).toEqual(PEOPLE.slice(1));
});

it('put back, it goes on where it was', async () => {
  await here.restart(HEAD + GUESTS + target('dir') + target('badge'));
  await here.run();
  await here.restart(HEAD + HR + GUESTS + target('dir') + target('badge'));
  here.system('hr').put('person', 'p1', { id: 'p1', name: 'New name' });
  here.system('hr').remove('person', 'p3');
  await here.run();
  expect(account('p1')).toMatchObject({ cn: 'New name' });
  expect(disabled()).toEqual(['p3']);
});

it('a target: people go on as their sources say', async () => {
  await here.restart(HEAD + HR + GUESTS + target('dir'));
  here.system('hr').put('person', 'p1', { id: 'p1', name: 'New name' });
  here.system('hr').remove('person', 'p3');
  await here.run();
  expect(account('p1')).toMatchObject({ cn: 'New name' });
  expect(disabled()).toEqual(['p3']);
  expect(here.system('badge').get('person', 'p3')?.attributes).toMatchObject({ status: 'active' });
});
