/** SEMANTICS 9: Rollcall dies in the middle of a write; a new process goes on. What is in the target is counted. */
import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, it } from 'vitest';
import { type Place, place } from './place.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const IDS = ['1', '2', '3', '4', '5', '6'];
const gate = { percent: 100, count: 1000 };

let here: Place;
afterEach(() => here.remove());

function process(...argv: string[]) {
  return spawnSync(globalThis.process.execPath, ['--conditions=source', MAIN, ...argv], { cwd: here.folder, encoding: 'utf8' });
}

/** What the journal of the target says was ever done: one line for each account that was made. */
async function made(): Promise<string[]> {
  const lines = (await readFile(here.path('dir.jsonl'), 'utf8')).trimEnd().split('\n');
  const puts = lines.map((line) => JSON.parse(line) as { put?: { anchor: string } }).filter((deed) => deed.put !== undefined);
  return puts
    .map((deed) => deed.put!.anchor)
    .filter((anchor) => anchor !== 'root')
    .sort();
}

const yaml = (moment: string) =>
  JSON.stringify({
    store: 'sqlite:rollcall.db',
    gates: { create: gate },
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
        system: 'dir',
        path: 'dir.jsonl',
        mode: 'on',
        objects: [{ anchor: 'root', attributes: { number: 'root' } }],
        faults: [{ on: 'create', after: 2, times: 1, do: { die: moment, how: 'kill' } }],
        import: { person: { join: 'employeeId', attributes: { employeeId: 'number' } } },
        export: { person: { provision: true, anchor: 'employeeId', attributes: { number: 'employeeId', cn: 'displayName' } } },
      },
    },
  });
const source = (...more: readonly string[]) => `${['id,name', ...IDS.map((id) => `${id},Name ${id}`), ...more].join('\n')}\n`;

it('what it wrote before it was killed is no word of the target, though that ranks first', async () => {
  const { connections, ...rest } = JSON.parse(yaml('after'));
  const { hr, dir } = connections;
  hr.import.person.attributes.phone = 'phone';
  dir.faults = [{ on: 'update', after: 0, times: 1, do: { die: 'after', how: 'kill' } }];
  dir.import.person.attributes.phone = 'tel';
  dir.export.person.attributes.tel = 'phone';
  here = await place(JSON.stringify({ ...rest, precedence: { person: { phone: ['dir', 'hr'] } }, connections }));
  const people = (phone: string) => `id,phone\n1,${phone}\n2,\n3,\n`;
  await here.write('hr.csv', people(''));
  expect(process('run').status).not.toBe(null);
  expect(process('approve', 'dir', '--as', 'Ada', '--reason', 'looked at it').status).toBe(0);
  expect(process('run').signal).toBe(null);
  await here.write('hr.csv', people('11'));
  expect(process('run').signal).toBe('SIGKILL');
  for (let i = 0; i < 2; i++) expect(process('run').signal).toBe(null);
  await here.write('hr.csv', people('12'));
  for (let i = 0; i < 2; i++) expect(process('run').signal).toBe(null);
  const deeds = (await readFile(here.path('dir.jsonl'), 'utf8')).trimEnd().split('\n');
  const puts = deeds.map((line) => JSON.parse(line) as { put?: { attributes: readonly (readonly [string, string])[] } });
  expect(puts.flatMap(({ put }) => new Map(put?.attributes).get('tel') ?? [])).toEqual(['11', '12']);
});

it('what a run told before it was killed is in the store', async () => {
  here = await place(yaml('before'));
  await here.write('hr.csv', source());
  expect(process('run').status).not.toBe(null);
  expect(process('approve', 'dir', '--as', 'Ada', '--reason', 'looked at it').status).toBe(0);
  await here.write('hr.csv', source('7'));
  expect(process('run').signal).toBe('SIGKILL');
  const [killed] = (JSON.parse(process('runs', '--json').stdout) as { runs: { run: number }[] }).runs;
  expect(JSON.parse(process('run', 'show', String(killed!.run), '--json').stdout)).toMatchObject({
    errors: [{ where: { connection: 'hr', line: 8, object: '7' }, remedy: expect.any(String) }],
  });
});

it.each(['before', 'after'] as const)('killed %s it made the third account, it makes each one once', async (moment) => {
  here = await place(yaml(moment));
  await here.write('hr.csv', source());
  expect(process('run').status).not.toBe(null);
  expect(process('approve', 'dir', '--as', 'Ada', '--reason', 'looked at it').status).toBe(0);
  expect(process('run').signal).toBe('SIGKILL');
  expect(await made()).toEqual(moment === 'after' ? ['1', '2', '3'] : ['1', '2']);
  for (let i = 0; i < 3; i++) expect(process('run').signal).toBe(null);
  expect(await made()).toEqual(IDS);
  expect(JSON.parse(process('run', '--json').stdout)).toMatchObject({ rowsWritten: 0 });
});
