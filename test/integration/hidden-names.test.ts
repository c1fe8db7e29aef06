/** Nobody is found by what whoever asks may not see, nor is it told that somebody would be; whom they name is called as they see them. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { audit } from '#operations/audit';
import { explain } from '#operations/explain';
import { link, unlink } from '#operations/link';
import { type Operation, perform, type Session } from '#operations/operation';
import { parked } from '#operations/parked';
import { people } from '#operations/people';
import { personErase } from '#operations/person-erase';
import { type Firm, firm } from './firm.ts';

const YAML = `store: sqlite:rollcall.db
attributes:
  person:
    nationalId: { see: [administrator], indexed: true }
    displayName: { see: [administrator] }
  group:
    member: { type: reference, multi: true, see: [administrator] }
connections:
  hr:
    type: memory
    system: hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, nationalId: nid, displayName: name } }
      group: { join: name, project: true, attributes: { name: name, member: { reference: members } } }
  out:
    type: memory
    system: out
    export: { group: { provision: true, anchor: name, attributes: { name: name, member: member } } }
  desk:
    type: memory
    system: desk
    import: { person: { join: employeeId, attributes: { employeeId: number, title: user } } }
`;
const WHO = { roles: ['operator'], person: null };
const DECIDED = { by: 'Otto', reason: 'a letter' };

let here: Firm;
beforeEach(async () => {
  here = await firm(YAML);
  const people = [
    ['E1', 'N-11', 'Zoe Seen'],
    ['E2', 'N-11', 'Bob'],
    ['E3', 'N-12', 'N-14'],
    ['E4', 'N-13', 'Eve'],
  ] as const;
  for (const [id, nid, name] of people) here.system('hr').put('person', id, { id, nid, name });
  here.system('desk').put('person', 'D1', { user: 'd1' });
  await here.run();
});
afterEach(() => here.close());

const ask = async <In, Out extends object>(operation: Operation<In, Out>, input: object): Promise<Out> => {
  const services = { config: here.config, store: here.store, wall: () => here.now, storedOnly: false };
  const caller = { kind: 'person', name: 'Otto', token: null, source: null };
  return await perform(operation, { who: WHO, ...input }, { services: async () => services, caller } as unknown as Session);
};

it('by no way of naming somebody, whether one has it or several', async () => {
  for (const text of ['N-1', 'N-11', 'N-13', 'Zoe', 'nobody'])
    for (const limit of [1, 50])
      expect(await ask(people, { text, limit }), `${text} ${limit}`).toMatchObject({ people: [], next: null });
  expect(await ask(people, { text: 'E', limit: 2 })).toMatchObject({ people: [{ label: 'E1' }, { label: 'E2' }], next: 2 });
  for (const person of ['N-1', 'N-11', 'N-13', 'Zoe Seen', 'nobody']) {
    const no = { kind: 'notFound', message: `nobody is '${person}'` };
    await expect(ask(audit, { person })).rejects.toMatchObject(no);
    await expect(ask(link, { connection: 'desk', anchor: 'D1', person, ...DECIDED })).rejects.toMatchObject(no);
    await expect(ask(personErase, { person, ...DECIDED })).rejects.toMatchObject(no);
  }
  // What is seen of several is no secret, and who they are is not told.
  await expect(ask(audit, { person: 'E' })).rejects.toMatchObject({ kind: 'conflict', message: 'several people are called so' });
});

it('of whose an account is made the name is told as it is seen', async () => {
  const at = { connection: 'desk', anchor: 'D1', ...DECIDED };
  expect(await ask(link, { ...at, person: 'E1' })).toMatchObject({ label: 'E1' });
  await here.run();
  here.system('desk').put('person', 'D2', { user: 'd2' });
  await here.run();
  const second = { ...at, anchor: 'D2', person: 'E1' };
  await expect(ask(link, second)).rejects.toMatchObject({
    message: expect.stringMatching(/^E1 \(#1\) already has 'D1' in desk/),
  });
  await expect(ask(link, { ...second, who: null })).rejects.toThrow(/^Zoe Seen \(#1\) already has/);
  expect(await ask(unlink, at)).toMatchObject({ before: 1, label: 'E1' });
});

it('members that may not be seen are neither among those that are owed nor in the reasons', async () => {
  here.system('hr').put('group', 'staff', { name: 'staff', members: ['E1', 'E9'] });
  await here.run();
  const all = await ask(parked, { who: null });
  expect([all.owed.map(({ member }) => member), all.moreOwed]).toEqual([['E1', 'E9'], false]);
  for (const [operation, input] of [
    [parked, {}],
    [explain, { person: 'staff' }],
  ] as const) {
    const seen = JSON.stringify(await ask(operation as Operation<object, object>, input));
    expect(seen).not.toMatch(/"E[19]"/);
  }
});
