/**
 * SEMANTICS 3 and 9: a target's feed tells of a state from before Rollcall wrote there, and then of what it wrote. Between two
 * syncs only the last state counts, as in a full read: what was Rollcall's own stays so.
 */
import { afterEach, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const yaml = (pageSize: number) =>
  hrAndDirectory({
    top: `gates: { ${unlimited('create', 'update', 'attribute', 'empty', 'member')} }
attributes: { person: { tags: { type: string, multi: true, strategy: merge } } }
precedence: { person: { mail: [dir, hr] } }`,
    read: 'mail: mail, tags: tags',
    dir: `pageSize: ${pageSize}`,
    known: 'mail: mail, tags: tags',
    anchor: `'\${"a" + person.employeeId}'`,
    written: 'mail: mail, tags: tags',
    members: '{ value: member, values: ours }',
  });

let here: Firm;
afterEach(() => here.close());

const hr = (attributes: { [name: string]: string | string[] }) =>
  here.system('hr').put('person', '1', { id: '1', ...attributes });
const team = (members: string[]) => here.system('hr').put('group', 'g', { name: 'g', members });
const account = () => here.system('dir').get('person', 'a1')!.attributes;
const members = () => here.system('dir').get('group', 'g')!.attributes['member'];

async function start(pageSize: number): Promise<void> {
  here = await firm(yaml(pageSize));
  for (const id of ['1', '2']) here.system('hr').put('person', id, { id });
  team(['2']);
  here.system('dir').put('group', 'g', { name: 'g', member: ['own'] });
  await here.first();
  await here.run();
  expect(members()).toEqual(['own', 'a2']);
}

/** What HR says goes out before the target is read again. */
async function written(): Promise<void> {
  await here.run({ profile: 'delta-import', connections: ['hr'] });
  await here.run({ profile: 'delta-sync' });
  await here.run({ profile: 'export' });
}

async function settled(): Promise<void> {
  await here.run();
  await here.run();
}

it.each([1, 500])('a membership (pages of %i)', async (pageSize) => {
  await start(pageSize);
  here.system('dir').edit('group', 'g', { member: ['own'] });
  here.system('dir').edit('group', 'g', { member: ['own', 'a2', 'another'] });
  team(['1', '2']);
  await written();
  expect(members()).toEqual(['own', 'a2', 'another', 'a1']);
  await settled();
  team([]);
  await settled();
  expect(members()).toEqual(['own', 'another']);
});

it.each([1, 500])('a value that the target may change itself (pages of %i)', async (pageSize) => {
  await start(pageSize);
  here.system('dir').edit('person', 'a1', { mail: 'stranger@x' });
  hr({ mail: 'first@x' });
  await written();
  expect(account()).toMatchObject({ mail: 'first@x' });
  await settled();
  hr({ mail: 'second@x' });
  await settled();
  expect(account()).toMatchObject({ mail: 'second@x' });
});

it.each([1, 500])('a merged set (pages of %i)', async (pageSize) => {
  await start(pageSize);
  hr({ tags: ['x'] });
  await settled();
  here.system('dir').edit('person', 'a1', { tags: null });
  here.system('dir').edit('person', 'a1', { tags: ['x'] });
  hr({ tags: ['x', 'y'] });
  await written();
  await settled();
  expect(account()).toMatchObject({ tags: ['x', 'y'] });
  hr({});
  await settled();
  expect(account()['tags'] ?? null).toBe(null);
});

it.each([1, 500])('an edit that is the last word is the target’s own (pages of %i)', async (pageSize) => {
  await start(pageSize);
  hr({ mail: 'first@x' });
  await settled();
  here.system('dir').edit('person', 'a1', { mail: 'first@y' });
  here.system('dir').edit('person', 'a1', { mail: 'own@x' });
  await settled();
  hr({ mail: 'second@x' });
  await settled();
  expect(account()).toMatchObject({ mail: 'own@x' });
});
