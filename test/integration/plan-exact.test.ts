/** SEMANTICS 15: `run --plan` does all of the plan that still holds, nothing else, and lists what it left out. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { canonicalJson } from '#core/canonical';
import type { Plan, RunReport } from '#runs/model';
import { type Firm, firm, HOUR } from './firm.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const yaml = (unit = 'people') =>
  hrAndDirectory({
    top: `gates: { ${unlimited('create', 'update')} }`,
    read: 'displayName: name, title: title, manager: { reference: boss }',
    dir: 'deltas: false',
    account: `name: '\${"cn=" + person.employeeId + ",ou=${unit}"}'`,
    written: `cn: displayName, title: title, bossName: '\${person.manager != null ? person.manager.displayName : "none"}'`,
    members: 'member',
  });
let here: Firm;
afterEach(() => here.close());

const person = (id: string, more: object = {}) =>
  here
    .system('hr')
    .put('person', id, { id, name: `Person ${id}`, title: 'Clerk', ...(id === 'p0' ? {} : { boss: 'p0' }), ...more });
const group = (...members: readonly string[]) => here.system('hr').put('group', 'g', { name: 'g', members });
const account = (id: string) => here.system('dir').get('person', id)?.attributes;
const members = () =>
  (here.system('dir').get('group', 'g')!.attributes['member'] as readonly string[])
    .map((name) => /cn=(\w+),/.exec(name)![1])
    .sort();
const read = () => here.run({ profile: 'full-import' });
const planned = () => here.plan({ read: false });
const carryOut = ({ lines }: Plan): Promise<RunReport> => here.run({ planLines: lines.map((line) => canonicalJson(line)) });
const leftOut = ({ faults }: RunReport) => faults.map((fault) => fault.message);
/** Nothing waits, and a run after it has nothing to do. */
const settled = async () => (await here.store.sync.dirty()).ranges.length === 0 && (await planned()).lines.length === 1;

beforeEach(async () => {
  here = await firm(yaml());
  for (const id of ['p0', 'p1', 'p2', 'p3']) person(id);
  group('p0');
  here.system('dir').put('person', 'root', { number: 'root' }, { name: 'cn=root,ou=people' });
  await here.run();
  await here.approve('dir');
  for (let n = 0; n < 2; n++) await here.run();
  expect([account('p1')?.['bossName'], members()]).toEqual(['Person p0', ['p0']]);
  here.now += 24 * HOUR;
});

it('carries out the memberships it lists, and only those', async () => {
  group('p0', 'p1', 'p2');
  await read();
  const plan = await planned();
  group('p1', 'p2', 'p3');
  await read();
  const report = await carryOut(plan);
  expect(members()).toEqual(['p0', 'p1', 'p2']);
  expect(leftOut(report)).toEqual([expect.stringContaining('some memberships of group')]);
  await here.run();
  expect([members(), await settled()]).toEqual([['p1', 'p2', 'p3'], true]);
});

it('carries out what follows from a change of somebody else', async () => {
  person('p0', { name: 'Renamed' });
  person('p1', { title: 'Boss' });
  await read();
  const report = await carryOut(await planned());
  expect(leftOut(report)).toEqual([]);
  expect([account('p0')?.['cn'], account('p1')]).toEqual([
    'Renamed',
    expect.objectContaining({ bossName: 'Renamed', title: 'Boss' }),
  ]);
  expect(await settled()).toBe(true);
});

it('leaves out what followed from somebody who changed since, and lists it', async () => {
  person('p0', { name: 'Renamed' });
  person('p1', { title: 'Boss' });
  await read();
  const plan = await planned();
  person('p0', { name: 'Otherwise' });
  await read();
  const report = await carryOut(plan);
  const changed = [];
  for (const id of ['p0', 'p1', 'p2', 'p3']) changed.push(expect.stringContaining(`person hr:${id} has changed`));
  expect(leftOut(report).sort()).toEqual(changed);
  expect([account('p0')?.['cn'], account('p1')]).toEqual([
    'Person p0',
    expect.objectContaining({ bossName: 'Person p0', title: 'Clerk' }),
  ]);
  await here.run();
  expect([account('p2')?.['bossName'], account('p1')?.['title'], await settled()]).toEqual(['Otherwise', 'Boss', true]);
});

it('lists what is not wanted any more', async () => {
  person('p2', { title: 'Boss' });
  person('p3', { title: 'Boss' });
  await read();
  const plan = await planned();
  person('p2');
  await read();
  const report = await carryOut(plan);
  expect(leftOut(report)).toEqual([expect.stringContaining('person hr:p2 has changed')]);
  expect([account('p2')?.['title'], account('p3')?.['title']]).toEqual(['Clerk', 'Boss']);
});

it('makes no account under another name than it shows', async () => {
  person('p4');
  await read();
  const plan = await planned();
  await here.restart(yaml('staff'));
  const report = await carryOut(plan);
  expect(account('p4')).toBeUndefined();
  expect(leftOut(report)).toContainEqual(expect.stringMatching(/person dir:cn=p4,ou=people has changed/));
  expect((await here.store.sync.dirty()).ranges).not.toEqual([]);
  await here.run();
  expect(here.system('dir').get('person', 'p4')?.name).toBe('cn=p4,ou=staff');
});

it('does nothing the second time, and says so', async () => {
  person('p2', { title: 'Boss' });
  await read();
  const plan = await planned();
  expect(leftOut(await carryOut(plan))).toEqual([]);
  const report = await carryOut(plan);
  expect([report.connections.find((one) => one.connection === 'dir')!.written, leftOut(report)]).toEqual([
    0,
    [expect.stringContaining('has changed since the plan was made')],
  ]);
});

it('a plan made with a read reads the same systems again before it is carried out', async () => {
  person('p1', { title: 'Boss' });
  person('p4');
  group('p0', 'p4');
  const plan = await here.plan({ connections: ['hr'] });
  expect(plan.lines[0]).toMatchObject({ reads: { how: 'auto', connections: ['hr'] } });
  const report = await carryOut(plan);
  expect([leftOut(report), account('p1')?.['title'], account('p4')?.['cn'], members()]).toEqual([
    [],
    'Boss',
    'Person p4',
    ['p0', 'p4'],
  ]);
  expect(report.connections.map((one) => [one.connection, one.seen > 0])).toEqual([
    ['hr', true],
    ['dir', false],
  ]);
  expect(await settled()).toBe(true);
});

it('what changed between a plan with a read and its run is left out, listed, and waits', async () => {
  person('p1', { title: 'Boss' });
  person('p2', { title: 'Boss' });
  const plan = await here.plan();
  person('p2', { title: 'Chief' });
  person('p3', { title: 'Chief' });
  const report = await carryOut(plan);
  expect(leftOut(report).sort()).toEqual([
    expect.stringContaining('person hr:p2 has changed'),
    expect.stringContaining('person hr:p3 has changed'),
  ]);
  expect(['p1', 'p2', 'p3'].map((id) => account(id)?.['title'])).toEqual(['Boss', 'Clerk', 'Clerk']);
  await here.run();
  expect(['p1', 'p2', 'p3'].map((id) => account(id)?.['title'])).toEqual(['Boss', 'Chief', 'Chief']);
});

it('a plan file of a version that did not say how it was made reads nothing', async () => {
  person('p1', { title: 'Boss' });
  await read();
  const { lines, ...rest } = await planned();
  const { reads: _, ...head } = lines[0] as Extract<Plan['lines'][number], { what: 'plan' }>;
  const report = await carryOut({ ...rest, lines: [head as Plan['lines'][number], ...lines.slice(1)] });
  expect([account('p1')?.['title'], report.connections[0]!.seen]).toEqual(['Boss', 0]);
});
