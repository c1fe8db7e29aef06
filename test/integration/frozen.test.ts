/**
 * SEMANTICS 16: the process that runs is stopped in the middle of an export, for longer than its attempt may take. It goes on
 * holding the store: nobody takes over before it is killed, or its lease is over. What is in the target is counted.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { STORE } from '../store.ts';
import { type Place, place } from './place.ts';

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const IDS = Array.from({ length: 30 }, (_, i) => `E${i + 10}`);
const gate = { percent: 100, count: 1000 };
const CONFIGURATION = {
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
      objects: [{ anchor: 'root', attributes: { number: 'root' } }],
      import: { person: { join: 'employeeId', attributes: { employeeId: 'number' } } },
      export: { person: { provision: true, anchor: 'employeeId', attributes: { number: 'employeeId', cn: 'displayName' } } },
    },
  },
};

let here: Place;
let child: ChildProcess | undefined;
beforeEach(async () => {
  here = await place(JSON.stringify(CONFIGURATION));
  await here.write('hr.csv', `id,name\n${IDS.map((id) => `${id},Name ${id}`).join('\n')}\n`);
  expect(rollcall('run').signal).toBe(null);
  expect(rollcall('approve', 'dir', '--as', 'Ada', '--reason', 'looked at it').status).toBe(0);
});
afterEach(async () => {
  child?.kill('SIGKILL');
  child = undefined;
  await here.remove();
});

function rollcall(...argv: string[]) {
  return spawnSync(process.execPath, ['--conditions=source', pathOf('../../src/main.ts'), ...argv], {
    cwd: here.folder,
    encoding: 'utf8',
  });
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

/** A process that stands still there. */
async function frozen(moment: 'sending' | 'answered'): Promise<{ readonly pid: number; readonly ended: Promise<string> }> {
  child = spawn(process.execPath, ['--conditions=source', pathOf('./frozen.ts'), here.path('rollcall.yaml'), moment], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout!.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = once(child, 'close').then(() => said.split('\n').at(-1)!);
  await Promise.race([once(child.stdout!, 'data'), ended]);
  for (;;) {
    const state = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(') ')[1];
    if (state?.startsWith('T')) return { pid: child.pid!, ended };
  }
}

it.skipIf(process.platform !== 'linux').for(['sending', 'answered'] as const)(
  'stopped while it is %s, it goes on where it was; others are told who holds the store; each account is made once',
  async (moment, { skip }) => {
    skip(STORE !== 'sqlite', 'a server puts it out: several-frozen.test.ts');
    const { pid, ended } = await frozen(moment);
    expect(await made()).toEqual(moment === 'answered' ? IDS : []);
    const other = rollcall('run');
    expect(other).toMatchObject({ status: 1, stderr: expect.stringMatching(new RegExp(`\\(process ${pid}(,| on .*,) since `)) });
    child!.kill('SIGCONT');
    // What was not sent within its time was not sent late: it was taken anew.
    expect(JSON.parse(await ended)).toMatchObject({ status: 'done', attempts: moment === 'sending' ? 2 : 1 });
    expect(await made()).toEqual(IDS);
    expect(JSON.parse(rollcall('run', '--json').stdout)).toMatchObject({ status: 'done', rowsWritten: 0 });
    expect(await made()).toEqual(IDS);
  },
);

it.skipIf(process.platform !== 'linux')(
  'stopped and then killed: the next process takes over, and each account is made once',
  async () => {
    const { ended } = await frozen('sending');
    child!.kill('SIGKILL');
    await ended;
    for (let i = 0; i < 3; i++) expect(rollcall('run').signal).toBe(null);
    expect(await made()).toEqual(IDS);
    expect(JSON.parse(rollcall('run', '--json').stdout)).toMatchObject({ status: 'done', rowsWritten: 0 });
  },
);
