/** Decision 15: a process that listens, killed with `kill -9` while changes come, loses none of them: the next one passes them on. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TestStore, testStore, WRITTEN } from '../store.ts';
import { hrAndDirectory, unlimited } from './hr-and-directory.ts';

const LISTENER = fileURLToPath(new URL('killed/listener.ts', import.meta.url));
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const PEOPLE = 40;
/** By each process; the last one makes none. */
const EDITS = 120;
const KILLS = [1, 37, 90];

let folder: string;
let kept: TestStore;
const alive = new Set<ChildProcess>();
afterEach(async () => {
  for (const child of alive) child.kill('SIGKILL');
  await kept.remove();
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  readonly said: string;
  readonly code: number | null;
}

/** Told this when it says that. */
function started(args: readonly string[], told: { readonly at: string; readonly signal: NodeJS.Signals } | null): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=source', ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  alive.add(child);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const before = told === null || said.includes(told.at);
    said += chunk.toString();
    if (!before && said.includes(told.at)) child.kill(told.signal);
  });
  return new Promise((resolve) => {
    child.on('close', (code) => {
      alive.delete(child);
      resolve({ said, code });
    });
  });
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-live-'));
  kept = await testStore(folder);
  const yaml = hrAndDirectory({
    top: `gates: { ${unlimited('create', 'update', 'attribute')} }`,
    hr: 'live: true\npath: hr.journal',
    read: 'phone: phone',
    dir: 'mode: on\npath: dir.journal',
    written: 'phone: phone',
  });
  writeFileSync(join(folder, 'rollcall.yaml'), yaml.replace(WRITTEN, kept.place));
  const deeds = Array.from({ length: PEOPLE }, (_, i) => {
    const attributes = [
      ['id', `p${i}`],
      ['phone', '0'],
    ];
    return JSON.stringify({ put: { kind: 'person', anchor: `p${i}`, attributes } });
  });
  writeFileSync(join(folder, 'hr.journal'), `${deeds.join('\n')}\n`);
});

it('loses nothing', async () => {
  let edits = 0;
  for (const kill of KILLS) {
    const args = [LISTENER, folder, String(edits + 1), String(edits + EDITS)];
    const { said } = await started(args, { at: `edit ${edits + kill}\n`, signal: 'SIGKILL' });
    expect(said).not.toContain('end ');
    edits = said.split('\n').filter((line) => line.startsWith('edit ')).length + edits;
  }
  const { said } = await started([LISTENER, folder, '1', '0'], null);
  const end = JSON.parse(said.slice(said.indexOf('end ') + 4)) as [string, string][];
  expect(new Set(end.map(([anchor]) => anchor)).size).toBe(PEOPLE);
  expect(end).toHaveLength(PEOPLE);
  expect(end.find(([anchor]) => anchor === `p${edits % PEOPLE}`)?.[1]).toBe(String(edits));
});

it('told to end, it ends well', async () => {
  const { said, code } = await started([MAIN, 'live'], { at: 'cycle over all', signal: 'SIGTERM' });
  expect(code).toBe(0);
  expect(said).toMatch(/Stopped\. .*1 cycle/);
});
