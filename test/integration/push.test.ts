/** SEMANTICS 4 and 16: one changed object from outside, durable, worked out and exported at once, alone or beside a run. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RollcallError } from '#core/errors';
import { fix } from '#decisions/fix';
import { edited, type Pushed, push } from '#runs/index';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `gates: { ${unlimited('create', 'update', 'attribute')} }`,
  read: 'displayName: name, title: title, manager: { reference: boss, by: employeeId }',
  others: `badge:
  type: memory
  system: badge
  import: { person: { join: employeeId, project: true, attributes: { employeeId: employee, phone: phone } } }`,
  written: `cn: displayName, title: title, phone: phone, boss: '\${person.manager.displayName}'`,
});
const PEOPLE = 40;
const idOf = (i: number) => `E${String(i).padStart(3, '0')}`;

let here: Firm;
beforeEach(async () => {
  here = await firm(YAML, ['hr', 'badge', 'dir']);
  for (let i = 0; i < PEOPLE; i++)
    here.system('hr').put('person', idOf(i), { id: idOf(i), name: `Name ${i}`, title: 'Clerk', boss: i === 0 ? null : idOf(0) });
  await here.run();
  await here.store.spaces.saveState('dir', { mode: 'on' }, null);
  await here.run();
  expect(here.system('dir').objects()).toHaveLength(PEOPLE);
});
afterEach(() => here.close());

const services = () => ({ config: here.config, store: here.store, wall: () => here.now });
const account = (i: number) => here.system('dir').get('person', idOf(i))?.attributes;
const patch = (i: number, set: { [name: string]: string | null }): Promise<Pushed> =>
  push({ connection: 'hr', change: { op: 'patch', kind: 'person', anchor: idOf(i), set }, by: 'webhook' }, services());

it('stages it, works it out and writes it to the target, as a run of its own', async () => {
  const pushed = await patch(3, { title: 'Boss' });
  expect(pushed.faults).toEqual([]);
  const [row] = await here.store.spaces.byAnchors('hr', 'person', [idOf(3)]);
  expect(JSON.parse(row!.seen!)).toMatchObject({ title: 'Boss', name: 'Name 3' });
  expect(await pushed.settled).toMatchObject({ run: pushed.run, status: 'done', faults: [] });
  expect(account(3)).toMatchObject({ title: 'Boss' });
  expect((await here.store.sync.dirty()).ranges).toEqual([]);
  expect(await here.store.runs.get(pushed.run)).toMatchObject({ profile: 'push', status: 'done', by: 'webhook' });
});

it('what others read of the person follows in the same run', async () => {
  await (await patch(0, { name: 'Chief' })).settled;
  expect(account(0)).toMatchObject({ cn: 'Chief' });
  for (let i = 1; i < PEOPLE; i++) expect(account(i)).toMatchObject({ boss: 'Chief' });
});

it('says what is wrong attribute by attribute, and takes nothing of it', async () => {
  const change = { kind: 'person', anchor: idOf(3), attributes: { id: idOf(3), name: 'a\u0000b', title: 2 ** 60 } };
  const { faults, settled } = await push({ connection: 'hr', change, by: 'webhook' }, services());
  expect(faults).toMatchObject([
    { kind: 'invalidValue', where: { connection: 'hr', object: idOf(3), attribute: 'name' } },
    { kind: 'invalidValue', where: { connection: 'hr', object: idOf(3), attribute: 'title' } },
  ]);
  await settled;
  expect(account(3)).toMatchObject({ cn: 'Name 3', title: 'Clerk' });
  await expect(push({ connection: 'nobody', change, by: 'webhook' }, services())).rejects.toThrow("no connection 'nobody'");
});

it('pushes of one object keep their order', async () => {
  const many = await Promise.all(Array.from({ length: 60 }, (_, n) => patch(5, { title: `Title ${n}` })));
  await Promise.all(many.map((one) => one.settled));
  expect(account(5)).toMatchObject({ title: 'Title 59' });
  expect(new Set(many.map((one) => one.run)).size).toBeLessThan(10);
});

type Gate = PromiseWithResolvers<void>;

it('who comes while the attempt before is made durable is sent after it', async () => {
  const { exports, durable } = here.store;
  const [taken, tried, disk] = [1, 2, 3].map(() => Promise.withResolvers<void>()) as [Gate, Gate, Gate];
  let waits: boolean | null = null;
  Object.assign(here.store, {
    exports: {
      ...exports,
      take: async (...asked: Parameters<typeof exports.take>) => {
        const rows = await exports.take(...asked);
        (rows.length > 0 ? taken : tried).resolve();
        waits ??= true;
        return rows;
      },
    },
    durable: async () => {
      if (waits === true) {
        waits = false;
        await disk.promise;
      }
      await durable();
    },
  });
  const first = await patch(5, { title: 'Second' });
  await taken.promise;
  const second = await patch(5, { title: 'Third' });
  await tried.promise;
  disk.resolve();
  await Promise.all([first.settled, second.settled]);
  expect(account(5)).toMatchObject({ title: 'Third' });
});

it('everybody new is written to the target, also where others are being worked out there at that moment', async () => {
  const settled: Promise<unknown>[] = [];
  const client = async (client: number): Promise<void> => {
    for (let n = 0; n < 20; n++) {
      const id = `N${client}-${n}`;
      const change = { kind: 'person', anchor: id, attributes: { id, name: id, title: 'Clerk' } };
      const pushed = await push({ connection: 'hr', change, by: `webhook ${client % 2}` }, services());
      settled.push(pushed.settled);
      await pushed.worked;
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, n) => client(n)));
  await Promise.all(settled);
  expect(here.system('dir').objects()).toHaveLength(PEOPLE + 320);
});

it('an edit of a person is worked out at once too', async () => {
  const { objectId } = (await here.account('hr', idOf(7)))!;
  const ada = { by: 'Ada', reason: 'her wish', at: here.now };
  await fix({ object: { id: objectId!, kind: 'person' }, attribute: 'title', values: ['Queen'] }, ada, services());
  await (await edited([objectId!], 'Ada', services())).settled;
  expect(account(7)).toMatchObject({ title: 'Queen' });
});

it('what it did not work out waits for the next run', async () => {
  await here.restart(YAML.replace('title: title, manager', 'title: \'${row.title + "!"}\', manager'));
  const { settled } = await patch(3, { title: 'Boss' });
  expect((await settled).notices).toMatchObject([{ kind: 'rulesChanged', connection: 'hr' }]);
  expect(account(3)).toMatchObject({ title: 'Clerk' });
  await here.run();
  expect(account(3)).toMatchObject({ title: 'Boss!' });
  expect(account(4)).toMatchObject({ title: 'Clerk!' });
});

it('of several that come at once each is told what is wrong with it, and the others are done', async () => {
  const pushed = await Promise.all([
    patch(1, { title: 'Boss' }),
    patch(2, { name: 'a\u0000b' }),
    patch(3, { title: 'Chief' }),
    push(
      {
        connection: 'badge',
        change: { kind: 'person', anchor: idOf(1), attributes: { employee: idOf(1), phone: '7' } },
        by: 'webhook',
      },
      services(),
    ),
    patch(3, { title: 'Chair' }),
  ]);
  expect(pushed.map(({ faults }) => faults.map(({ where }) => `${where.object} ${where.attribute}`))).toEqual([
    [],
    [`${idOf(2)} name`],
    [],
    [],
    [],
  ]);
  for (const { settled } of pushed) await settled;
  expect(account(1)).toMatchObject({ title: 'Boss', phone: '7' });
  expect(account(2)).toMatchObject({ cn: 'Name 2', title: 'Clerk' });
  expect(account(3)).toMatchObject({ title: 'Chair' });
});

it('what the store refuses of one of them is not refused of the others', async () => {
  const { stage } = here.store.spaces;
  Object.assign(here.store.spaces, {
    stage: async (batch: Parameters<typeof stage>[0]) => {
      if (batch.items.some(({ anchor }) => anchor === idOf(2))) throw new RollcallError('invalidValue', 'not this one');
      return await stage(batch);
    },
  });
  const pushed = await Promise.allSettled([
    patch(1, { title: 'Boss' }),
    patch(2, { title: 'Boss' }),
    patch(3, { title: 'Boss' }),
  ]);
  expect(pushed.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  for (const one of pushed) if (one.status === 'fulfilled') await one.value.settled;
  expect([1, 2, 3].map((i) => account(i)!['title'])).toEqual(['Boss', 'Clerk', 'Boss']);
});

it('a complete read beside it counts whom it staged once', async () => {
  const counted = async () => {
    const state = (await here.store.spaces.states()).find(({ name }) => name === 'hr');
    return (JSON.parse(state!.baseline!) as { counts: { person: number } }).counts.person;
  };
  expect(await counted()).toBe(PEOPLE);
  const change = { kind: 'person', anchor: 'new', attributes: { id: 'new', name: 'New' } };
  const { settled } = await push({ connection: 'hr', change, by: 'webhook' }, services());
  expect(await counted()).toBe(PEOPLE + 1);
  here.system('hr').put('person', 'new', { id: 'new', name: 'New' });
  await here.run({ profile: 'full-import' });
  await settled;
  expect(await counted()).toBe(PEOPLE + 1);
});
