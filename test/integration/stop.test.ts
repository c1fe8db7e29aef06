/** Stopped by Ctrl-C in the middle of a run: it ends cleanly, and the next runs come to the same end as if nothing had happened. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIRECTORY_FILE, PHONEBOOK_FILE, writeOrganisation } from '../../examples/demo/organisation.ts';
import { type TestStore, testStore, WRITTEN } from '../store.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
/** What a user types; it starts the program as another process. */
const LAUNCHER = fileURLToPath(new URL('../../bin/rollcall.cjs', import.meta.url));
const ME = ['--as', 'Ada', '--reason', 'looked at it'];

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** `started` may end it before its time. */
function rollcall(
  folder: string,
  args: readonly string[],
  started: (child: ChildProcess) => void = () => undefined,
  program: readonly string[] = ['--conditions=source', MAIN],
): Promise<Ended> {
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: folder,
    // A group of its own, as a terminal has for each command.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => void out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => void err.push(chunk));
  started(child);
  return new Promise((resolve) => {
    child.on('close', (code, signal) =>
      resolve({
        code,
        signal,
        out: Buffer.concat(out).toString(),
        err: Buffer.concat(err).toString(),
      }),
    );
  });
}

async function run(folder: string): Promise<{ status: string; rowsWritten: number }> {
  const { out, err } = await rollcall(folder, ['run', '--json']);
  const report = JSON.parse(out === '' ? '{}' : out) as { status?: string; rowsWritten?: number; error?: unknown };
  if (report.status === undefined || report.status === 'failed') throw new Error(`${out}\n${err}`);
  return { status: report.status, rowsWritten: report.rowsWritten! };
}

/** Runs until nothing is written any more. */
async function settle(folder: string): Promise<void> {
  for (let i = 0; i < 6; i++) if ((await run(folder)).rowsWritten === 0) return;
  throw new Error('after 6 runs there is still something to write');
}

async function approve(folder: string): Promise<void> {
  for (const target of ['directory', 'phonebook']) {
    const { code, err } = await rollcall(folder, ['approve', target, ...ME]);
    if (code !== 0) throw new Error(err);
  }
}

/** Target files as sets of records, and everybody with state and unique values. */
async function endOf(folder: string): Promise<unknown> {
  const { out } = await rollcall(folder, ['people', '--json', '--limit', '1000']);
  const { people } = JSON.parse(out) as { people: readonly { id: number }[] };
  return {
    people: people.map(({ id: _, ...rest }) => JSON.stringify(rest)).sort(),
    directory: readFileSync(join(folder, DIRECTORY_FILE), 'utf8').split(/\n\n+/).sort(),
    phonebook: readFileSync(join(folder, PHONEBOOK_FILE), 'utf8').split('\n').sort(),
  };
}

let base: string;
/** How it ends when nobody disturbs it. */
let undisturbed: unknown;
const folders: string[] = [];
const stores: TestStore[] = [];

/** As the demo is shipped, with a store of its own. */
async function fresh(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-stop-'));
  folders.push(folder);
  cpSync(base, folder, { recursive: true });
  const store = await testStore(folder);
  stores.push(store);
  const file = join(folder, 'rollcall.yaml');
  const yaml = readFileSync(file, 'utf8');
  expect(yaml).toContain(`store: ${WRITTEN}\n`);
  writeFileSync(file, yaml.replace(WRITTEN, store.place));
  return folder;
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'rollcall-stop-'));
  folders.push(base);
  writeOrganisation(base, { seed: 7, today: new Date().toISOString().slice(0, 10) });
  const folder = await fresh();
  await run(folder);
  await approve(folder);
  await settle(folder);
  undisturbed = await endOf(folder);
});
afterAll(async () => {
  for (const store of stores) await store.remove();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('Ctrl-C', () => {
  /** Presses it as soon as the progress line names the phase. */
  const stopIn = (folder: string, phase: RegExp): Promise<Ended> =>
    rollcall(folder, ['run'], (child) => {
      let said = '';
      child.stderr!.on('data', (chunk: Buffer) => {
        const before = phase.test(said);
        said += chunk.toString();
        if (!before && phase.test(said)) child.kill('SIGINT');
      });
    });

  it.each([
    ['the launcher alone', 1],
    ['its whole group, as a terminal does', -1],
  ])('that reaches %s is told once, and ends it cleanly', async (_, group) => {
    const folder = await fresh();
    let said = '';
    const pressed = (child: ChildProcess): void =>
      void child.stderr!.on('data', (chunk: Buffer) => {
        const before = /hr/.test(said);
        said += chunk.toString();
        if (!before && /hr/.test(said)) process.kill(group * child.pid!, 'SIGINT');
      });
    const { code, err } = await rollcall(folder, ['run'], pressed, [LAUNCHER]);
    expect([code, err.match(/Stopping cleanly/g)?.length]).toEqual([130, 1]);
    await run(folder);
  });

  it('ends with 130, is told as interrupted, and the next run finishes', async () => {
    const folder = await fresh();
    const { code, err } = await stopIn(folder, /hr/);
    expect([code, err]).toEqual([130, expect.stringContaining('Stopping cleanly')]);
    const { out } = await rollcall(folder, ['runs', '--json']);
    expect((JSON.parse(out) as { runs: unknown }).runs).toMatchObject([{ status: 'interrupted' }]);
    await run(folder);
    await approve(folder);
    expect((await stopIn(folder, /hr/)).code).toBe(130);
    await settle(folder);
    expect(await endOf(folder)).toEqual(undisturbed);
  });
});
