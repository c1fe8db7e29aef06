/**
 * Stopped at any moment: by Ctrl-C, which ends cleanly, and by `kill -9`, which does not. Whatever the moment, the next runs
 * come to the same end as if nothing had happened. Moments are random; ROLLCALL_SEED repeats them.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIRECTORY_FILE, PHONEBOOK_FILE, writeOrganisation } from '../../examples/demo/organisation.ts';
import { random } from '../../examples/demo/random.ts';

const ROUNDS = 10;
const seed = Number(process.env['ROLLCALL_SEED'] ?? Date.now() % 100_000);
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const ME = ['--as', 'Ada', '--reason', 'looked at it'];

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
  readonly ms: number;
}

/** `started` may end it before its time. */
function rollcall(
  folder: string,
  args: readonly string[],
  started: (child: ChildProcess) => void = () => undefined,
): Promise<Ended> {
  const child = spawn(process.execPath, ['--conditions=source', MAIN, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => void out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => void err.push(chunk));
  const begun = performance.now();
  started(child);
  return new Promise((resolve) => {
    child.on('close', (code, signal) =>
      resolve({
        code,
        signal,
        out: Buffer.concat(out).toString(),
        err: Buffer.concat(err).toString(),
        ms: performance.now() - begun,
      }),
    );
  });
}

async function run(folder: string): Promise<{ status: string; rowsWritten: number; ms: number }> {
  const { out, err, ms } = await rollcall(folder, ['run', '--json']);
  const report = JSON.parse(out === '' ? '{}' : out) as { status?: string; rowsWritten?: number; error?: unknown };
  if (report.status === undefined || report.status === 'failed') throw new Error(`${out}\n${err}`);
  return { status: report.status, rowsWritten: report.rowsWritten!, ms };
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
/** The organisation as it is before anything ran; how long each phase takes; how it ends when nobody disturbs it. */
let undisturbed: { readonly reading: number; readonly writing: number; readonly end: unknown };
const folders: string[] = [];

function fresh(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-kill-'));
  folders.push(folder);
  cpSync(base, folder, { recursive: true });
  return folder;
}

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'rollcall-kill-'));
  folders.push(base);
  writeOrganisation(base, { seed: 7, today: new Date().toISOString().slice(0, 10) });
  const folder = fresh();
  const reading = await run(folder);
  await approve(folder);
  const writing = await run(folder);
  await settle(folder);
  undisturbed = { reading: reading.ms, writing: writing.ms, end: await endOf(folder) };
}, 120_000);
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe(`kill -9 at random moments (ROLLCALL_SEED=${seed})`, () => {
  const { next } = random(seed);
  let killed = 0;
  const killAt = async (folder: string, ms: number): Promise<void> => {
    const { signal } = await rollcall(folder, ['run'], (child) => {
      setTimeout(() => child.kill('SIGKILL'), ms);
    });
    if (signal === 'SIGKILL') killed++;
  };

  it.each(Array.from({ length: ROUNDS }, (_, i) => [i + 1, next(), next()] as const))(
    'round %i',
    async (_, whileReading, whileWriting) => {
      const folder = fresh();
      await killAt(folder, whileReading * undisturbed.reading);
      await run(folder);
      await approve(folder);
      await killAt(folder, whileWriting * undisturbed.writing);
      await settle(folder);
      expect(await endOf(folder)).toEqual(undisturbed.end);
    },
    120_000,
  );

  it('came before the end, mostly', () => expect(killed).toBeGreaterThan(ROUNDS));
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

  it('ends with 130, is told as interrupted, and the next run finishes', async () => {
    const folder = fresh();
    const { code, err } = await stopIn(folder, /hr/);
    expect([code, err]).toEqual([130, expect.stringContaining('Stopping cleanly')]);
    const { out } = await rollcall(folder, ['runs', '--json']);
    expect((JSON.parse(out) as { runs: unknown }).runs).toMatchObject([{ status: 'interrupted' }]);
    await run(folder);
    await approve(folder);
    expect((await stopIn(folder, /hr/)).code).toBe(130);
    await settle(folder);
    expect(await endOf(folder)).toEqual(undisturbed.end);
  }, 120_000);
});
