/**
 * SEMANTICS 9: initial passwords. The value is in the target and with whoever is told, and nowhere else; whatever is cut off in
 * between sets and hands on another one, and makes no second account.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { forgetMemorySystem, memorySystem } from '#connectors/memory/index';
import { HOUR } from './firm.ts';
import { type Place, place } from './place.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const OPEN = { percent: 100, count: 1000 };
const POLICY = { length: 24, classes: ['lower', 'upper', 'digit'], unambiguous: true };

let here: Place;
let system: string;
afterEach(async () => {
  await here.remove();
  forgetMemorySystem(system);
});

interface Told {
  readonly anchor: string;
  readonly attribute: string;
  readonly value: string;
}

/** Two people with accounts that were made before there were passwords, and whoever is hired. */
async function office(dir: object, deliver: unknown = { file: 'secrets' }): Promise<void> {
  system = randomUUID();
  const { faults = [], ...settings } = dir as { faults?: readonly object[] };
  here = await place(
    JSON.stringify({
      store: 'sqlite:rollcall.db',
      gates: Object.fromEntries(['create', 'update', 'attribute'].map((part) => [part, OPEN])),
      connections: {
        hr: {
          type: 'csv',
          path: 'hr.csv',
          anchor: 'id',
          owner: true,
          import: { person: { join: 'employeeId', project: true, attributes: { employeeId: 'id', displayName: 'name' } } },
        },
        dir: {
          type: 'memory',
          system,
          path: 'dir.jsonl',
          mode: 'on',
          objects: [1, 2].map((id) => ({ anchor: `old${id}`, attributes: { number: `${id}`, cn: `Name ${id}` } })),
          faults,
          ...settings,
          import: { person: { join: 'employeeId', attributes: { employeeId: 'number' } } },
          export: {
            person: {
              provision: true,
              ...('anchors' in settings ? {} : { anchor: '${"a" + person.employeeId}' }),
              attributes: { number: 'employeeId', cn: 'displayName', password: { generate: POLICY, deliver } },
            },
          },
        },
      },
    }),
  );
  await hire(1, 2);
  await here.first().catch(() => undefined);
  await here.call('approve', 'dir', '--as', 'Ada', '--reason', 'looked at it');
  await cycles(1);
}

async function hire(...ids: readonly number[]): Promise<void> {
  await here.write('hr.csv', `${['id,name', ...ids.map((id) => `${id},Name ${id}`)].join('\n')}\n`);
}

async function cycles(n: number): Promise<string> {
  let said = '';
  for (let i = 0; i < n; i++) {
    here.now += HOUR;
    const { out, err } = await here.call('run', '--json');
    said += out + err;
  }
  return said;
}

const accounts = () => memorySystem(system).objects('person');
const passwordOf = (number: string) => {
  const found = accounts().filter(({ attributes }) => attributes['number'] === number);
  expect(found).toHaveLength(1);
  return found[0]!.attributes['password'] as string | undefined;
};
const told = async (): Promise<Told[]> => {
  const files = await readdir(here.path('secrets')).catch(() => []);
  return Promise.all(files.map(async (name) => JSON.parse(await here.read(`secrets/${name}`)) as Told));
};

/** Nothing that was said, and nothing that is kept, holds any password that the target ever had. */
async function nowhere(...said: readonly string[]): Promise<void> {
  const ever = (await here.read('dir.jsonl')).match(/"[A-Za-z0-9]{24}"/g) ?? [];
  expect(ever).not.toEqual([]);
  const shown = await Promise.all(
    [['explain', '3'], ['history', '3'], ['run', 'show', '1'], ['parked'], ['waiting', 'dir']].map(async (argv) => {
      const { out, err } = await here.call(...argv, '--json');
      return out + err;
    }),
  );
  const everything = [...said, ...shown, await here.contents()].join('\n');
  for (const quoted of ever) expect(everything).not.toContain(quoted.slice(1, -1));
}

describe.each(['callerKey', 'idempotencyKey', 'lookup'] as const)('a new account, creates by %s', (creates) => {
  const ways = creates === 'callerKey' ? {} : { creates, anchors: 'system' };
  const dir = creates === 'lookup' ? { ...ways, lookupAttribute: 'number' } : ways;

  it('gets one, its delivery is told it, and it stays as it is', async () => {
    await office(dir);
    await hire(1, 2, 3);
    const planned = await here.call('plan', '--read', '--json');
    expect(planned.out).toContain('"password":"••••"');
    const said = await cycles(1);
    const [one, ...others] = await told();
    expect(others).toEqual([]);
    expect(one).toMatchObject({ connection: 'dir', kind: 'person', attribute: 'password', value: passwordOf('3') });
    expect(one!.value).toMatch(/^(?=.*[a-z])(?=.*[A-Z])(?=.*[3-9])[A-HJ-NP-Za-km-np-z3-9]{24}$/);
    const [file] = await readdir(here.path('secrets'));
    expect((await stat(here.path(`secrets/${file}`))).mode & 0o777).toBe(0o600);
    await nowhere(planned.out, said);
    await here.write('hr.csv', 'id,name\n1,Name 1\n2,Name 2\n3,Another Name\n');
    await cycles(2);
    expect(await told()).toEqual([one]);
    expect(passwordOf('3')).toBe(one!.value);
    expect([passwordOf('1'), passwordOf('2')]).toEqual([undefined, undefined]);
    expect(await here.run()).toMatchObject({ rowsWritten: 0 });
  });

  it.each(['before', 'after'])('that nobody answered, cut off %s it was made, has one that its delivery knows', async (die) => {
    await office({ ...dir, faults: [{ on: 'create', times: 1, do: { die, how: 'unknown' } }] });
    await hire(1, 2, 3);
    const said = await cycles(8);
    expect(accounts()).toHaveLength(3);
    expect((await told()).map(({ value }) => value)).toEqual([passwordOf('3')]);
    await nowhere(said);
    const before = passwordOf('3');
    expect(await here.run('--profile', 'full-sync')).toBeDefined();
    expect(await here.run()).toMatchObject({ rowsWritten: 0 });
    expect(passwordOf('3')).toBe(before);
  });
});

it('an account that somebody made by hand before its create was sent keeps the password that it has', async () => {
  await office({ faults: [{ on: 'create', times: 1, do: { refuse: 'rateLimited', retryAfterMs: 1 } }] });
  await hire(1, 2, 3);
  memorySystem(system).put('person', 'hand', { number: '3', cn: 'Name 3', password: 'theirs' });
  await cycles(3);
  expect(passwordOf('3')).toBe('theirs');
  expect(await told()).toEqual([]);
});

it.each([
  [{ file: 'secrets' }, 'the folder for generated values cannot be written to'],
  [{ command: ['./tell'] }, 'the program that is told generated values cannot be started'],
])('nothing is generated while nobody can be told: %j', async (deliver, why) => {
  await office({}, deliver);
  await here.write('secrets', 'a file where the folder is to be');
  await hire(1, 2, 3);
  const said = await cycles(1);
  expect(said).toContain(why);
  expect(accounts()).toHaveLength(2);
});

it.each([{}, { answers: 'anchor', lookup: false }])('whoever could not be told is told another one: %j', async (dir) => {
  // Its first words are what it was told, which must not come back.
  const program = 'umask 77; cat > "told.$$"; if test -e mended; then cp "told.$$" told; else cat "told.$$" >&2; exit 7; fi';
  await office(dir, { command: ['sh', '-c', program] });
  await hire(1, 2, 3);
  const said = await cycles(1);
  expect(said).toContain('nobody was told what password is now: sh was not told it: ended with 7');
  const first = passwordOf('3');
  await here.write('mended', '');
  await nowhere(said, await cycles(1));
  const { value } = JSON.parse(await here.read('told')) as Told;
  expect(value).toBe(passwordOf('3'));
  expect(value).not.toBe(first);
  expect(await here.run()).toMatchObject({ rowsWritten: 0 });
});

it('killed after the target answered and before it was told, it sets and hands on another one', async () => {
  const program = 'umask 77; if test -e killed; then cat > told; else touch killed; kill -9 $PPID; fi';
  await office({}, { command: ['sh', '-c', program] });
  await hire(1, 2, 3);
  const run = () => spawnSync(process.execPath, ['--conditions=source', MAIN, 'run'], { cwd: here.folder, encoding: 'utf8' });
  forgetMemorySystem(system);
  const killed = run();
  expect(killed.signal).toBe('SIGKILL');
  const next = run();
  expect(next.signal).toBe(null);
  expect(await readdir(here.folder)).toContain('told');
  const { value } = JSON.parse(await here.read('told')) as Told;
  const deeds = (await readFile(here.path('dir.jsonl'), 'utf8')).trimEnd().split('\n');
  const puts = deeds.map((line) => JSON.parse(line) as { put?: { anchor: string; attributes: [string, string][] } });
  const set = puts.flatMap(({ put }) => (put?.anchor === 'a3' ? [new Map(put.attributes).get('password')] : []));
  expect(set).toHaveLength(2);
  expect(set[1]).toBe(value);
  expect(set[0]).not.toBe(value);
  await nowhere(killed.stdout + killed.stderr, next.stdout + next.stderr);
});

it('a folder into which others may write is not used', async () => {
  await office({});
  await hire(1, 2, 3);
  await cycles(1);
  await chmod(here.path('secrets'), 0o777);
  await hire(1, 2, 3, 4);
  expect(await cycles(1)).toContain('may be written to by others');
  expect(accounts()).toHaveLength(3);
});
