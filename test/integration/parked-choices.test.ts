/** Parked items offer what can be done about them, say why the rest cannot, and name what is meant. */
import { afterEach, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { hrAndDirectory } from './hr-and-directory.ts';
import { BOOK, HR, type Place, place, rows } from './place.ts';

const ME = ['--as', 'Ada', '--reason', 'looked at it'];
let here: Place;
afterEach(async () => {
  await here.remove();
  for (const name of ['hr', 'dir']) forgetMemorySystem(name);
});

it('where a target has no import rule, nobody is linked to what stands there: neither offered nor taken', async () => {
  const book = BOOK.replace('provision: true', 'provision: true\n        anchor: employeeId').replace('id: employeeId, ', '');
  here = await place(`store: sqlite:rollcall.db
${HR}${book}`);
  await here.write('hr.csv', ['id,name,phone', ...rows(), ''].join('\n'));
  await here.write('book.csv', 'id,name,phone\nE02,Somebody,1\n');
  await here.run();
  const [item] = JSON.parse((await here.call('parked', '--json')).out).parked;
  expect(item.kind).toBe('accountExists');
  expect(item.choices.map((one: { name: string }) => one.name)).toEqual(['ignore']);
  expect(item.impossible.map((one: { name: string }) => one.name)).toEqual(['adopt', 'rename']);
  const { out } = await here.call('parked');
  expect(out).toMatch(/Person 2 #\d+ hr:E02 {2}since/);
  expect(out).toContain(
    "'adopt' would do nothing here: book has no import rule for person, so nobody can be linked to what stands",
  );
  expect(out).not.toContain('decide ID adopt');
  expect(out).not.toContain('decide ID rename');
  for (const choice of ['adopt', 'rename'])
    expect(await here.call('parked', 'decide', String(item.id), choice, ...ME)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`'${choice}' of item ${item.id} would do nothing: `),
    });
  expect(await here.call('link', 'book', 'E02', 'hr:E02', ...ME)).toMatchObject({
    code: 1,
    err: expect.stringContaining('book:E02 cannot be linked: book has no import rule for person'),
  });
});

it('an account too many is listed with the one that the person has', async () => {
  here = await place(hrAndDirectory({ dir: 'mode: on' }));
  memorySystem('hr').put('person', 'p1', { id: 'p1', name: 'Person 1' });
  for (const anchor of ['one', 'two']) memorySystem('dir').put('person', anchor, { number: 'p1', cn: 'Person 1' });
  await here.run();
  await here.run();
  const [item, ...others] = JSON.parse((await here.call('parked', '--json')).out).parked;
  expect(others).toEqual([]);
  expect([item.account, item.has].sort()).toEqual(['one', 'two']);
  expect((await here.call('parked')).out).toContain(`has already: ${item.has}`);
});

it('a new account without an anchor is told with the attribute that is empty, and whose it is', async () => {
  here = await place(hrAndDirectory({ dir: 'mode: on', anchor: 'phone', read: 'displayName: name, phone: phone' }));
  memorySystem('hr').put('person', 'p1', { id: 'p1', name: 'Person 1' });
  await here.run();
  const { faults } = await here.run('--profile', 'full-sync');
  expect(faults).toMatchObject([
    {
      message: 'the new account would have no anchor: the rule for it gives nothing, because phone is empty',
      where: { connection: 'dir', object: 'hr:p1', attribute: 'anchor' },
    },
  ]);
});

it('two people of one run who get the same name: whose it is, and nobody is told to adopt it', async () => {
  here = await place(hrAndDirectory({ dir: 'mode: on', anchor: 'phone', read: 'displayName: name, phone: phone' }));
  for (const id of ['p1', 'p2', 'p3']) memorySystem('hr').put('person', id, { id, name: `Person ${id}`, phone: '100' });
  await here.run();
  const said = async (holder: string) => {
    const { parked } = JSON.parse((await here.call('parked', '--json')).out);
    expect(parked.map((one: { choices: readonly { name: string }[] }) => one.choices.map(({ name }) => name))).toEqual([
      ['ignore'],
      ['ignore'],
    ]);
    const { out } = await here.call('parked');
    expect(out.match(/^accountExists {2}Somebody else has, or is to get, the account with this name/gm)).toHaveLength(1);
    expect(out.split(`somebody else has it: ${holder} (#1)`)).toHaveLength(3);
    expect(await here.call('parked', 'decide', String(parked[0].id), 'adopt', ...ME)).toMatchObject({
      code: 1,
      err: expect.stringContaining("would do nothing: the account there is somebody else's, or is to be"),
    });
  };
  await said('Person p1');
  await here.call('approve', 'dir', ...ME);
  await here.run();
  await said('Person p1');
});
