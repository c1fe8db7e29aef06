/** Attributes that fall out of a read: what others look up by them, and memberships, stays until a person decides. */
import { afterEach, describe, expect, it } from 'vitest';
import { forgetMemorySystem, type MemorySystem, memorySystem } from '#connectors/memory/index';
import { type Place, place } from './place.ts';

const ME = ['--as', 'Ada', '--reason', 'looked at it'];
const WIDE = ['create', 'update', 'attribute', 'empty', 'member'].map((part) => `${part}: { percent: 100, count: 10000 }`);

interface Extra {
  readonly attributes?: string;
  readonly person?: string;
  readonly account?: string;
}

const yaml = ({ attributes = '', person = '', account = '' }: Extra) => `store: sqlite:rollcall.db
gates: { ${WIDE.join(', ')} }
${attributes}
connections:
  hr:
    type: memory
    system: outages hr
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name${person} } }
      group: { join: name, project: true, attributes: { name: name, member: { reference: members } } }
  dir:
    type: memory
    system: outages dir
    import:
      person: { join: employeeId, attributes: { employeeId: number } }
      group: { join: name, attributes: { name: name } }
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName${account} } }
      group: { provision: true, anchor: name, attributes: { name: name, member: member } }
`;
const LOGIN = `attributes:
  person:
    login: { unique: { candidates: ["\${person.displayName.lower()}", "\${person.displayName.lower() + string(n)}"], uniqueIn: [dir.uid] } }`;

let here: Place;
let hr: MemorySystem;
let dir: MemorySystem;
const numbers = (n: number) => Array.from({ length: n }, (_, i) => i);

async function begin(extra: Extra, fill: () => void): Promise<void> {
  here = await place(yaml(extra));
  [hr, dir] = [memorySystem('outages hr'), memorySystem('outages dir')];
  fill();
  await here.run();
  await here.call('approve', 'dir', ...ME);
  await here.run();
  await full();
}
const full = async () =>
  (await here.run('--profile', 'full-import')).notices.map((one) => [one.kind, one.remedy.split('rollcall ')[1]]);
const seen = (anchor: string) => dir.objects().find((one) => one.anchor === anchor)?.attributes;
const inDirectory = (group: string): number => [seen(group)?.['member'] ?? []].flat().length;

afterEach(async () => {
  await here.remove();
  for (const name of ['outages hr', 'outages dir']) forgetMemorySystem(name);
});

describe('memberships', () => {
  const team = (i: number, members: readonly string[]) => hr.put('group', `g${i}`, { name: `g${i}`, members: [...members] });
  const all = (count: number, members: (i: number) => readonly string[]) => {
    for (const i of numbers(count)) team(i, members(i));
  };
  const three = (i: number) => [`p${i}`, `p${i + 1}`, `p${i + 2}`];
  const left = () => numbers(60).map((i) => inDirectory(`g${i}`));
  const teams = (count: number) => () => {
    for (const i of numbers(70)) hr.put('person', `p${i}`, { id: `p${i}`, name: `Person ${i}` });
    all(count, three);
  };
  const everybody = numbers(60).map(() => 3);

  it('of a list that fell out stay until somebody says that it is right', async () => {
    await begin({}, teams(60));
    all(60, () => []);
    for (let i = 0; i < 2; i++) expect(await full()).toEqual([['outage', 'approve hr --attribute group.members']]);
    await here.run();
    expect(left()).toEqual(everybody);

    expect((await here.call('approve', 'hr', '--attribute', 'group.members', ...ME)).code).toBe(0);
    expect(await full()).toEqual([]);
    await here.run();
    expect(left()).toEqual(numbers(60).map(() => 0));
    expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
  });

  it('are followed again when the list is back', async () => {
    await begin({}, teams(60));
    all(60, () => []);
    await full();
    all(60, (i) => (i === 0 ? [] : i === 1 ? ['p1'] : three(i)));
    expect(await full()).toEqual([]);
    await here.run();
    expect(left()).toEqual([0, 1, ...everybody.slice(2)]);
    expect(await here.run()).toMatchObject({ status: 'done', rowsWritten: 0 });
  });

  it('of groups that are emptied one by one go', async () => {
    await begin({}, teams(60));
    for (const i of numbers(20)) team(i, []);
    expect(await full()).toEqual([]);
    await here.run();
    expect(left()).toEqual([...numbers(20).map(() => 0), ...everybody.slice(20)]);
    await full();
    expect(await here.run('--profile', 'full-import')).toMatchObject({ status: 'done', rowsWritten: 0 });
  });
});

it('a unique value in a target is not free while its attribute is out', async () => {
  const accounts = (uid: (i: number) => object) => {
    for (const i of numbers(70)) dir.put('person', `old${i}`, { number: `old${i}`, ...uid(i) });
  };
  await begin({ attributes: LOGIN, account: ', account: login' }, () => {
    accounts((i) => ({ uid: `w${i}x` }));
    hr.put('person', 'h1', { id: 'h1', name: 'Zed' });
  });
  accounts(() => ({}));
  expect(await full()).toEqual([['outage', 'approve dir --attribute person.uid']]);
  hr.put('person', 'h2', { id: 'h2', name: 'W5x' });
  await here.run();
  await here.run();
  expect(seen('h2')).toMatchObject({ account: 'w5x2' });

  // Still out, also for accounts that changed meanwhile.
  for (const i of numbers(70)) dir.put('person', `old${i}`, { number: `old${i}`, note: 'x' });
  await full();
  hr.put('person', 'h3', { id: 'h3', name: 'W6x' });
  await here.run();
  await here.run();
  expect(seen('h3')).toMatchObject({ account: 'w6x2' });

  expect((await here.call('approve', 'dir', '--attribute', 'person.uid', ...ME)).code).toBe(0);
  expect(await full()).toEqual([]);
  hr.put('person', 'h4', { id: 'h4', name: 'W7x' });
  await here.run();
  await here.run();
  expect(seen('h4')).toMatchObject({ account: 'w7x' });
});

it('who refers to somebody is looked at again while the reference is out', async () => {
  const staff = (boss: object) => {
    for (const i of numbers(60)) hr.put('person', `p${i}`, { id: `p${i}`, name: `Person ${i}`, ...boss });
  };
  await begin({ person: ', manager: { reference: boss }', account: ', bossName: "${person.manager.displayName}"' }, () => {
    hr.put('person', 'b', { id: 'b', name: 'Boss' });
    staff({ boss: 'b' });
  });
  staff({});
  expect(await full()).toEqual([['outage', 'approve hr --attribute person.boss']]);
  await here.run();
  hr.put('person', 'b', { id: 'b', name: 'Chief' });
  await here.run();
  await here.run();
  expect(numbers(60).map((i) => seen(`p${i}`)?.['bossName'])).toEqual(numbers(60).map(() => 'Chief'));
});
