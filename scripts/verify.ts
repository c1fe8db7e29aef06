/**
 * Everything that must hold before a change is taken, in one command: `npm run verify`. `--fast` leaves out what takes
 * minutes. With CI=true a real server that a test needs and cannot have is a failure, not a skip.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { branchesIn, branchReport, reachedIn } from './branches.ts';
import { checkPackage } from './package-check.ts';
import { type Count, command, ONE, runSteps, type Step } from './steps.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = (script: string, ...args: readonly string[]): void =>
  command(process.execPath, [join(root, script), ...args], { cwd: root });

/** One project of vitest.config.ts. Its own counts are believed, its exit code as well. */
function tests(project: string, ...filter: readonly string[]): Count {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-verify-'));
  const file = join(folder, 'result.json');
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`];
  let failure: unknown;
  try {
    node('node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters, ...filter);
  } catch (error) {
    failure = error;
  }
  try {
    const told = JSON.parse(readFileSync(file, 'utf8')) as { numPassedTests: number; numFailedTests: number };
    if (told.numPassedTests === 0) throw new Error(`no test of ${project} passed`);
    return { passed: told.numPassedTests, failed: Math.max(told.numFailedTests, failure === undefined ? 0 : 1) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const once =
  (run: () => void): (() => Count) =>
  () => {
    run();
    return ONE;
  };

/** Where the whole tests note which marked branches they reached. */
let reached = '';

function wholeTests(): Count {
  reached = mkdtempSync(join(tmpdir(), 'rollcall-branches-'));
  process.env['ROLLCALL_BRANCHES'] = reached;
  try {
    return tests('whole');
  } finally {
    delete process.env['ROLLCALL_BRANCHES'];
  }
}

/** Every branch that can park, hold, wait or try again was gone through; those that were not are named. */
function branches(): Count {
  try {
    const all = branchesIn(root);
    const { text, missed } = branchReport(all, reachedIn(reached));
    process.stdout.write(`${text}\n`);
    for (const { name, file, line } of missed) process.stdout.write(`no test reached "${name}" (${file}:${line})\n`);
    return { passed: all.length - missed.length, failed: missed.length };
  } finally {
    rmSync(reached, { recursive: true, force: true });
  }
}

const STEPS: readonly Step[] = [
  { name: 'lint', run: once(() => node('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.')) },
  { name: 'types', run: once(() => node('node_modules/typescript/bin/tsc', '--noEmit')) },
  { name: 'architecture', run: () => tests('unit', 'test/architecture') },
  { name: 'unit tests', run: () => tests('unit', 'src') },
  { name: 'whole tests', slow: true, run: wholeTests },
  { name: 'branches', slow: true, run: branches },
  { name: 'package', slow: true, run: checkPackage },
];

const fast = process.argv.includes('--fast');
process.exitCode = (await runSteps(STEPS.filter((step) => !(fast && step.slow === true)))) ? 0 : 1;
