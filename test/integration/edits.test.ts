/** What people edit here, as one of the connections: precedence, clearing, taking back, who is made here; delta = full. */

import sharp from 'sharp';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { edit as editOperation, personNew } from '#operations/edit';
import { members } from '#operations/members';
import { type Operation, perform, type Session } from '#operations/operation';
import { photo, photoSet } from '#operations/photo';
import { profile } from '#operations/profile';
import { groups, reports } from '#operations/reports';
import { push } from '#runs/index';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const YAML = hrAndDirectory({
  top: `attributes:
  person:
    phone: { edit: [self, administrator], pattern: '^[0-9+ ]*$' }
    photo: { edit: [self] }
    birthDate: { see: [administrator] }
    title: { edit: [administrator] }
    displayName: { edit: [administrator] }
    manager: { type: reference, edit: [administrator] }
gates: { ${unlimited('create', 'update', 'attribute', 'empty')} }`,
  read: 'displayName: name, title: title, phone: phone, birthDate: born',
  members: 'member',
  written: `cn: displayName, title: title, phone: phone, boss: '\${person.manager.displayName}'`,
}).replace('connections:\n', 'connections:\n  people: { type: people }\n');

let here: Firm;
beforeEach(async () => {
  here = await firm(YAML);
  for (const id of ['E1', 'E2', 'E3'])
    here.system('hr').put('person', id, { id, name: `Name ${id}`, born: '1990-01-01', title: 'Clerk', phone: '1' });
  await here.first();
});
afterEach(() => here.close());

const services = () => ({ config: here.config, store: here.store, wall: () => here.now });
const account = (id: string) => here.system('dir').get('person', id)?.attributes;
async function person(id: string): Promise<number> {
  return (await here.account('hr', id))!.objectId!;
}
/** What the audit log notes, in turn. */
const noted = async (): Promise<object[]> =>
  (await here.store.audit.list({}, { after: 0, limit: 100 })).events
    .filter(({ action }) => action.startsWith('person.'))
    .map(({ action, subject, values }) => ({ action, ...subject, after: JSON.parse(values!.after!) }));
async function edit(id: string, attributes: { [name: string]: string | null } | null): Promise<void> {
  const at = { kind: 'person', anchor: String(await person(id)) };
  const change = attributes === null ? ({ op: 'delete', ...at } as const) : { ...at, attributes };
  const pushed = await push({ connection: 'people', change, by: 'ada' }, services());
  expect(pushed.faults).toEqual([]);
  expect(await pushed.settled).toMatchObject({ status: 'done' });
}

it('wins by its place in the file, clears, falls back, and is exported at once', async () => {
  await edit('E1', { phone: '99', title: 'Boss' });
  expect(account('E1')).toMatchObject({ phone: '99', title: 'Boss', cn: 'Name E1' });
  here.system('hr').put('person', 'E1', { id: 'E1', name: 'Other', title: 'Cook', phone: '2' });
  await here.run();
  expect(account('E1')).toMatchObject({ phone: '99', title: 'Boss', cn: 'Other' });
  await edit('E1', { phone: null, title: 'Boss' });
  expect(account('E1')!['phone'] ?? null).toBeNull();
  await edit('E1', { title: 'Boss' });
  expect(account('E1')).toMatchObject({ phone: '2', title: 'Boss' });
  await edit('E1', null);
  expect(account('E1')).toMatchObject({ phone: '2', title: 'Cook' });
  const quiet = await here.run();
  expect([quiet.objects['person'], quiet.connections.map(({ written }) => written)]).toEqual([
    expect.objectContaining({ changed: 0 }),
    [0, 0, 0],
  ]);
});

it('a reference is the id that somebody has here', async () => {
  await edit('E1', { manager: String(await person('E2')) });
  expect(account('E1')).toMatchObject({ boss: 'Name E2' });
  await edit('E1', { manager: '999999' });
  expect(await here.parked('debt')).toHaveLength(1);
});

it('whom it only adds to leaves with the last owner', async () => {
  await edit('E3', { phone: '7' });
  here.system('hr').remove('person', 'E3');
  await here.run();
  expect((await here.store.sync.objects([await person('E3')]))[0]).toMatchObject({ state: 'leaving' });
});

it('an anchor of nobody waits, and makes nobody', async () => {
  const change = { kind: 'person', anchor: '4711', attributes: { phone: '1' } };
  await (await push({ connection: 'people', change, by: 'ada' }, services())).settled;
  expect(await here.parked('unjoined')).toHaveLength(1);
  expect(await here.store.people.counts()).toEqual({ person: 3 });
});

it('edits one by one end where a first run over all of it does', async () => {
  for (const [id, values] of [
    ['E1', { phone: '5' }],
    ['E2', { title: null, phone: '6' }],
    ['E1', { phone: '7', displayName: 'Queen' }],
    ['E3', { phone: '8' }],
    ['E3', null],
  ] as const)
    await edit(id, values);
  const agreed = async (): Promise<unknown> =>
    (await here.store.sync.scanObjects({ after: 0, limit: 9 })).map(({ id, attributes, state }) => [id, attributes, state]);
  const before = [await agreed(), here.system('dir').objects()];
  await here.run({ profile: 'full-import' });
  await here.run({ profile: 'full-sync' });
  await here.run();
  expect([await agreed(), here.system('dir').objects()]).toEqual(before);
});

const asking = {
  services: async () => ({ ...services(), storedOnly: false }),
  caller: { kind: 'person', name: 'ada', token: null, source: null },
} as unknown as Session;
const ask = <In, Out extends object>(operation: Operation<In, Out>, input: object): Promise<Out> =>
  perform(operation, input, asking);
const self = (person: number) => ({ roles: ['person'], person });

it('a person edits what they may, and is told of what they may not, attribute by attribute', async () => {
  const id = await person('E1');
  const shown = await ask(profile, { person: 'me', who: self(id) });
  const of = (name: string) => shown.attributes.find((one) => one.attribute === name);
  expect([of('phone'), of('title'), of('birthDate')]).toMatchObject([
    { value: '1', connection: 'hr', editable: true, edited: false, rules: { pattern: '^[0-9+ ]*$' } },
    { value: 'Clerk', editable: false, why: 'none of the roles that may edit it' },
    undefined,
  ] as object[]);
  // Nobody may: a rule is not what it lacks.
  expect(of('mail')).toMatchObject({ editable: false, why: expect.stringMatching(/^rollcall\.yaml lets nobody edit it; /) });
  const by = { by: 'Zoe', who: self(id) };
  // A token, or an account of nobody.
  const program = { roles: ['administrator'], person: null };
  await expect(ask(profile, { person: 'me', who: program })).rejects.toThrow("'me' is nobody: whoever asks comes with a token");
  const wrong = ask(editOperation, { person: 'me', set: { phone: 'none', title: 'Queen', shoe: '4' }, ...by });
  await expect(wrong).rejects.toMatchObject({
    kind: 'invalidValue',
    message: 'nothing was changed: 3 values cannot be taken (phone, title, shoe)',
    parts: [
      { where: { attribute: 'phone' }, message: 'the value does not match ^[0-9+ ]*$' },
      { where: { attribute: 'title' }, message: 'title cannot be edited: none of the roles that may edit it' },
      { where: { attribute: 'shoe' }, message: "a person has no attribute 'shoe'" },
    ],
  });
  // What is right of it is not taken either.
  await expect(ask(editOperation, { person: 'me', set: { phone: '+49 31', title: 'Queen' }, ...by })).rejects.toMatchObject({
    kind: 'permission',
    parts: [{ kind: 'permission', where: { attribute: 'title' } }],
  });
  expect(await ask(profile, { person: 'me', who: self(id) })).toMatchObject({ editVersion: shown.editVersion });
  const done = await ask(editOperation, {
    person: 'me',
    set: { phone: '+49 30' },
    editVersion: shown.editVersion,
    reason: 'moved',
    ...by,
  });
  expect(done).toMatchObject({ status: 'done', outranked: [] });
  expect(account('E1')).toMatchObject({ phone: '+49 30' });
  expect((await here.store.runs.get(done.run!))!.by).toBe('Zoe (moved)');
  await expect(ask(editOperation, { person: 'me', set: { phone: '7' }, editVersion: shown.editVersion, ...by })).rejects.toThrow(
    'somebody else edited',
  );
  expect(await ask(profile, { person: 'me', who: self(id) })).toMatchObject({ editVersion: done.editVersion });
  await expect(ask(profile, { person: 'Name E2', who: self(id) })).rejects.toMatchObject({ kind: 'notFound' });
  await expect(ask(profile, { person: String(await person('E2')), who: self(id) })).rejects.toMatchObject({ kind: 'notFound' });
  const back = await ask(editOperation, { person: 'me', takeBack: ['phone'], ...by });
  expect([back.editVersion, account('E1')!['phone']]).toEqual(['0', '1']);
});

it('two who edit at once do not overwrite one another', async () => {
  const id = await person('E2');
  const asked = ['1', '2', '3'].map((phone) =>
    ask(editOperation, { person: `#${id}`, set: { phone }, editVersion: '0', by: 'x' }),
  );
  const ended = await Promise.allSettled(asked);
  expect(ended.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

it('a photo is had in sizes, and is no photo unless it can be read as one', async () => {
  const id = await person('E1');
  const of = { person: 'me', who: self(id) };
  const original = await sharp({ create: { width: 400, height: 300, channels: 3, background: '#808080' } })
    .png()
    .toBuffer();
  const set = await ask(photoSet, { ...of, base64: original.toString('base64'), by: 'Zoe' });
  const small = await ask(photo, { ...of, size: 48 });
  expect(small.hash).toBe(set.hash);
  expect(await sharp(Buffer.from(small.base64, 'base64')).metadata()).toMatchObject({ format: 'jpeg', width: 48, height: 36 });
  expect(await ask(photo, { ...of, size: 48 })).toEqual(small);
  await expect(ask(photo, { ...of, size: 47 })).rejects.toThrow('size');
  await expect(ask(photoSet, { ...of, base64: Buffer.from('<svg/>').toString('base64'), by: 'Zoe' })).rejects.toThrow('no image');
  await expect(
    ask(photoSet, { person: `#${id}`, who: { roles: ['operator'], person: null }, base64: '', by: 'Otto' }),
  ).rejects.toThrow('may not be edited');
  await ask(photoSet, { ...of, base64: null, by: 'Zoe' });
  await expect(ask(photo, of)).rejects.toMatchObject({ kind: 'notFound' });
  const one = { action: 'person.edit', objectId: id };
  expect(await noted()).toMatchObject([
    { ...one, after: { set: { photo: { blob: set.hash } } } },
    { ...one, after: { set: { photo: null } } },
  ]);
});

it('somebody new is made where the rule says so, and kept by being there', async () => {
  const input = { set: { displayName: 'Guest', phone: '9' }, by: 'Ada', kind: 'person' };
  await expect(ask(personNew, input)).rejects.toMatchObject({ kind: 'permission' });
  await here.restart(
    YAML.replace(
      '{ type: people }',
      `{ type: people, owner: true, import: { person: { project: true, attributes: { displayName: displayName, phone: phone } } } }`,
    ),
  );
  // What the file says otherwise now is looked at by a run first.
  await here.run();
  await expect(ask(personNew, { ...input, set: { displayName: '' } })).rejects.toThrow('a new person needs a value');
  const made = await ask(personNew, input);
  const { id: stagedId } = (await here.store.sync.linked([made.person!]))[0]!;
  expect(await noted()).toMatchObject([{ action: 'person.create', connection: 'people', stagedId, after: { set: input.set } }]);
  expect((await here.store.sync.objects([made.person!]))[0]).toMatchObject({ state: 'active' });
  expect(await ask(editOperation, { person: `#${made.person}`, set: { phone: '8' }, by: 'Ada' })).toMatchObject({
    person: made.person,
  });
  expect(JSON.parse((await here.store.sync.objects([made.person!]))[0]!.attributes)).toMatchObject({
    phone: '8',
    displayName: 'Guest',
  });
});

it('who reports to somebody, who is in which group: page by page', async () => {
  const boss = await person('E1');
  for (const id of ['E2', 'E3']) await edit(id, { manager: String(boss) });
  const first = await ask(reports, { person: `#${boss}`, limit: 1 });
  expect([first.objects.map(({ label }) => label), first.next]).toEqual([['Name E2'], await person('E2')]);
  expect(await ask(reports, { person: `#${boss}`, limit: 1, after: first.next })).toMatchObject({
    objects: [{ label: 'Name E3' }],
    next: null,
  });
  here.system('hr').put('group', 'staff', { name: 'staff', members: ['E1', 'E2', 'E9'] });
  await here.run();
  const [group] = (await ask(groups, { person: `#${boss}` })).objects;
  expect(group).toMatchObject({ kind: 'group', label: 'staff' });
  const page = await ask(members, { group: `#${group!.id}`, limit: 2 });
  expect(page.members.map(({ key, label }) => [key, label])).toEqual([
    ['E1', 'Name E1'],
    ['E2', 'Name E2'],
  ]);
  expect((await ask(members, { group: `#${group!.id}`, limit: 2, after: page.next })).members).toEqual([
    { connection: 'hr', key: 'E9', id: null, label: null },
  ]);
});
