/** One piece in a process of its own; what it prints goes to a file that is kept when it fails. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../tests.ts';
import type { Piece } from './parts.ts';
import type { Done } from './record.ts';

/** Of what was printed, so much is in the result. */
const END_CHARACTERS = 4_000;
/** A piece that hangs fails; the others go on. */
const LONGEST_MS = 4 * 3_600_000;

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));

/** Null when it was ended from outside: it is no result. */
export async function runPiece(piece: Piece, outputs: string, signal: AbortSignal): Promise<Done | null> {
  const output = join(outputs, `${piece.part}-${piece.number}.txt`);
  const told = join(outputs, `${piece.part}-${piece.number}.json`);
  const begun = performance.now();
  const env = { ...piece.env, ROLLCALL_SEED: String(piece.seed) };
  const reporters = piece.isVitest ? ['--reporter=default', '--reporter=json', `--outputFile.json=${told}`] : [];
  const file = openSync(output, 'w');
  const child = spawn(process.execPath, [...process.execArgv, CHILD, ...piece.command, ...reporters], {
    cwd: ROOT,
    stdio: ['pipe', file, file],
    // How much is tried is the piece's to say.
    env: { ...process.env, ROLLCALL_RUNS: undefined, NO_COLOR: '1', ...env },
    // Ctrl-C is for this process, which ends the piece.
    detached: true,
  });
  closeSync(file);
  const end = (): void => void child.stdin?.end();
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const timer = setTimeout(end, LONGEST_MS);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  endGroup(child.pid!);
  signal.removeEventListener('abort', end);
  if (signal.aborted) return null;
  const { passed, failed } = countOf(piece, told, code);
  const done: Done = {
    part: piece.part,
    piece: piece.number,
    of: piece.of,
    seed: piece.seed,
    amount: piece.amount,
    ended: new Date().toISOString(),
    seconds: Math.round((performance.now() - begun) / 1000),
    passed,
    failed,
  };
  rmSync(told, { force: true });
  if (failed === 0) {
    rmSync(output);
    return done;
  }
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  return {
    ...done,
    again: [...settings, 'node', 'bin/run.cjs', ...piece.command].join(' '),
    end: readFileSync(output, 'utf8').slice(-END_CHARACTERS),
    output: relative(ROOT, output),
  };
}

/** What a piece that died by itself had started: the next one would meet it. */
function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // All of it ended.
  }
}

/** Vitest's own counts are believed, its exit code as well: what passed nothing proved nothing. */
function countOf({ isVitest }: Piece, told: string, code: number | null): Pick<Done, 'passed' | 'failed'> {
  if (!isVitest) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  if (!existsSync(told)) return { passed: 0, failed: 1 };
  const { numPassedTests: passed, numFailedTests } = JSON.parse(readFileSync(told, 'utf8')) as {
    numPassedTests: number;
    numFailedTests: number;
  };
  return { passed, failed: Math.max(numFailedTests, code === 0 && passed > 0 ? 0 : 1) };
}
