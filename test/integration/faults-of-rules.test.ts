/** What cannot be told for one object changes nothing about it, and a doubt about the time outlives a run that broke off. */
import { afterEach, describe, expect, it } from 'vitest';
import { type Firm, firm } from './firm.ts';
import { type Differences, ENABLED, hrAndDirectory } from './hr-and-directory.ts';

const DAY = 86_400_000;
const yaml = ({ person = '', top = '' }: Pick<Differences, 'person' | 'top'> = {}) =>
  hrAndDirectory({
    top,
    person,
    read: 'displayName: name, title: level',
    account: ENABLED,
    dir: 'deprovision: { action: disable, then: delete, after: 5d }',
  });

let here: Firm;
async function begin(text: string, people = 4): Promise<void> {
  here = await firm(text);
  for (let i = 1; i <= people; i++) here.system('hr').put('person', `p${i}`, { id: `p${i}`, name: `Person ${i}`, level: '2' });
  here.system('dir').put('person', 'root', { number: 'root' });
  await here.first();
}
const active = () =>
  here
    .system('dir')
    .objects()
    .filter((one) => one.attributes['active'] === 'yes')
    .map((one) => one.attributes['number'])
    .sort();
afterEach(() => here.close());

describe('a condition that fails for one object', () => {
  it('in a filter: is told, who was in stays in, the others go on', async () => {
    await begin(yaml({ person: 'filter: int(row.level) > 1' }));
    expect(active()).toEqual(['p1', 'p2', 'p3', 'p4']);
    here.now += DAY;
    here.system('hr').put('person', 'p2', { id: 'p2', name: 'Person 2', level: 'abc' });
    here.system('hr').put('person', 'p3', { id: 'p3', name: 'Changed', level: '2' });
    const report = await here.run();
    expect(report.status).toBe('warnings');
    expect(report.faults).toMatchObject([{ kind: 'invalidValue', where: { connection: 'hr', object: 'p2' } }]);
    expect(active()).toEqual(['p1', 'p2', 'p3', 'p4']);
    expect((await here.account('dir', 'p3'))?.seen).toContain('Changed');
  });

  it('in the life of a person: is told, her state stays, the others go on', async () => {
    await begin(yaml({ top: 'life:\n  person: { active: "int(person.title) > 1", grace: 30d }' }));
    here.now += DAY;
    here.system('hr').put('person', 'p2', { id: 'p2', name: 'Person 2', level: 'abc' });
    here.system('hr').put('person', 'p3', { id: 'p3', name: 'Person 3', level: '1' });
    const report = await here.run();
    expect(report.faultCount).toBeGreaterThan(0);
    expect(active()).toEqual(['p1', 'p2', 'p4']);
  });
});

describe('a doubt about the time', () => {
  it('is not settled by a run that broke off', async () => {
    await begin(yaml());
    here.system('hr').remove('person', 'p1');
    here.now += DAY;
    await here.run();
    expect(active()).toEqual(['p2', 'p3', 'p4']);
    const count = () => here.system('dir').objects().length;
    const before = count();
    here.now += 30 * DAY;
    const hooks = `hooks: [{ after: import, command: ['${process.execPath}', '-e', 'process.exit(1)'], required: true }]`;
    await here.restart(yaml({ top: hooks }));
    expect((await here.run()).status).toBe('failed');
    await here.restart(yaml());
    await here.run();
    expect(count()).toBe(before);
    expect((await here.store.exports.holds('dir')).map((one) => one.part)).toContain('delete');
  });
});

describe('candidates for a login', () => {
  const login = (...candidates: string[]) =>
    yaml({ top: `attributes: { person: { login: { unique: { candidates: ${JSON.stringify(candidates)} } } } }` });
  const lastName = '${person.displayName.split(" ")[1].lower()}';
  const logins = async () => {
    const rows = await here.store.sync.scanObjects({ after: 0, limit: 100 });
    return rows.map(({ attributes }) => (JSON.parse(attributes) as { login?: string }).login ?? null);
  };
  const withOneName = async (text: string) => {
    here = await firm(text);
    here.system('hr').put('person', 'p0', { id: 'p0', name: 'Madonna', level: '2' });
    for (let i = 1; i <= 3; i++) here.system('hr').put('person', `p${i}`, { id: `p${i}`, name: `Person N${i}`, level: '2' });
    here.system('dir').put('person', 'root', { number: 'root' });
    return await here.run();
  };

  it('that fail for one person are told, she waits for somebody, and the others go on', async () => {
    const report = await withOneName(login(lastName));
    expect(report.faults).toEqual([
      expect.objectContaining({
        where: { attribute: 'login', object: 'p0' },
        message: expect.stringContaining('could not be worked out'),
      }),
    ]);
    expect(await logins()).toEqual([null, 'n1', 'n2', 'n3']);
    expect((await here.parked('noCandidate')).length).toBe(1);
  });

  it('of which the first fails give way to the next', async () => {
    const report = await withOneName(login(lastName, '${person.displayName.lower()}'));
    expect(report.faults).toEqual([]);
    expect(await logins()).toEqual(['madonna', 'n1', 'n2', 'n3']);
  });
});
