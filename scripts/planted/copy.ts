/** A copy of the sources in a temporary folder, where bugs can be planted and tests be run. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Result } from './reporter.ts';

/** A bug may make a program go round for ever. */
const LONGEST_MS = 180_000;

export interface Tests {
  /** Test file → names of tests, as they are printed. */
  readonly named: { readonly [file: string]: readonly string[] };
  readonly seed?: number | undefined;
  readonly runs?: number | undefined;
}

export interface Copy {
  readonly folder: string;
  /** What the named tests did there; `output`: all that was printed. */
  run(tests: Tests): Promise<{ readonly results: readonly Result[]; readonly output: string }>;
  /** Puts this in place of the file until `undo`. */
  write(file: string, text: string): () => void;
  remove(): void;
}

const LEFT_OUT = new Set(['node_modules', '.git', 'dist', 'bench', 'docs']);

export function copyOf(root: string): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-planted-'));
  cpSync(root, folder, { recursive: true, filter: (from) => !LEFT_OUT.has(relative(root, from)) });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return {
    folder,
    run: (tests) => run(folder, tests),
    write(file, changed) {
      const path = join(folder, file);
      const before = readFileSync(path);
      writeFileSync(path, changed);
      return () => writeFileSync(path, before);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function run(folder: string, { named, seed, runs }: Tests): ReturnType<Copy['run']> {
  const told = join(folder, 'planted-results.jsonl');
  rmSync(told, { force: true });
  const names = Object.values(named).flatMap((all) => all.map((name) => name.replaceAll(' > ', ' ')));
  const pattern = `^(${names.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})$`;
  const vitest = [join(folder, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter=default'];
  const reporter = `--reporter=${join(folder, 'scripts/planted/reporter.ts')}`;
  // From run to run all sources but one are the same.
  const cache = ['--experimental.fsModuleCache', `--experimental.fsModuleCachePath=${join(folder, 'planted-modules')}`];
  const child = spawn(
    process.execPath,
    [
      '--conditions=source',
      ...vitest,
      reporter,
      ...cache,
      '--maxWorkers=1',
      `--testNamePattern=${pattern}`,
      ...Object.keys(named),
    ],
    {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its processes, which may go round for ever, end with it.
      detached: true,
      env: {
        ...process.env,
        NO_COLOR: '1',
        PLANTED_RESULTS: told,
        ...(seed === undefined ? {} : { ROLLCALL_SEED: String(seed) }),
        ...(runs === undefined ? {} : { ROLLCALL_RUNS: String(runs) }),
      },
    },
  );
  const end = (): void => {
    try {
      process.kill(-child.pid!, 'SIGKILL');
    } catch {
      // All of them ended.
    }
  };
  const timer = setTimeout(end, LONGEST_MS);
  process.once('exit', end);
  const [out, error] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  clearTimeout(timer);
  end();
  process.off('exit', end);
  const lines = existsSync(told) ? readFileSync(told, 'utf8').split('\n').slice(0, -1) : [];
  return { results: lines.map((line) => JSON.parse(line) as Result), output: out + error };
}
