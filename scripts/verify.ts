/**
 * Everything that must hold before a change is taken, in one command: `npm run verify`. `--fast` leaves out what takes
 * minutes. The servers that tests need are started once for all of them, installed where root may; one that cannot be had is a
 * failure, not a skip.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { branchesIn, branchReport, reachedIn } from './branches.ts';
import { checkPackage } from './package-check.ts';
import { catchPlanted } from './planted/run.ts';
import { type PostgresServer, startPostgres } from './servers/postgres.ts';
import { type Count, command, ONE, runSteps, type Step } from './steps.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = (script: string, ...args: readonly string[]): void =>
  command(process.execPath, [join(root, script), ...args], { cwd: root });

interface Told {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly { readonly name: string; readonly assertionResults: readonly { readonly status: string }[] }[];
}

/** One project of vitest.config.ts. Its own counts are believed, its exit code as well. */
function tests(project: string, ...filter: readonly string[]): Count {
  const { told, failed } = runTests(project, filter);
  if (told.numPassedTests === 0) throw new Error(`no test of ${project} passed`);
  const cutShort = told.testResults.filter((file) => file.assertionResults.some((one) => one.status === 'pending'));
  if (!failed || told.numFailedTests > 0 || cutShort.length === 0)
    return { passed: told.numPassedTests, failed: Math.max(told.numFailedTests, failed ? 1 : 0) };
  // Node.js 24 was seen to abort by itself where a thread ends, once in some ten thousand threads.
  const files = cutShort.map(({ name }) => name);
  process.stdout.write(`the process that ran ${files.join(', ')} died: these run once more, and must pass\n`);
  const again = runTests(project, files);
  const passed = told.numPassedTests + again.told.numPassedTests;
  return { passed, failed: Math.max(again.told.numFailedTests, again.failed || again.told.numPassedTests === 0 ? 1 : 0) };
}

function runTests(project: string, filter: readonly string[]): { readonly told: Told; readonly failed: boolean } {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-verify-'));
  const file = join(folder, 'result.json');
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${file}`];
  let failed = false;
  try {
    node('node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporters, ...filter);
  } catch {
    failed = true;
  }
  try {
    return { told: JSON.parse(readFileSync(file, 'utf8')) as Told, failed };
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
let reached: string | undefined;

/** All of them are written for either store (test/store.ts). */
function wholeTests(store: 'sqlite' | 'postgres'): Count {
  reached ??= mkdtempSync(join(tmpdir(), 'rollcall-branches-'));
  const given = { ROLLCALL_BRANCHES: join(reached, store), ROLLCALL_TEST_STORE: store };
  Object.assign(process.env, given);
  try {
    return tests('whole');
  } finally {
    for (const name of Object.keys(given)) delete process.env[name];
  }
}

/** Every branch that can park, hold, wait or try again was gone through; those that were not are named. */
function branches(): Count {
  try {
    const all = branchesIn(root);
    const { text, missed } = branchReport(all, reachedIn(join(reached!, 'sqlite')));
    process.stdout.write(`${text}\n`);
    for (const { name, file, line } of missed) process.stdout.write(`no test reached "${name}" (${file}:${line})\n`);
    return { passed: all.length - missed.length, failed: missed.length };
  } finally {
    rmSync(reached!, { recursive: true, force: true });
  }
}

let postgres: PostgresServer | undefined;

/** It ends with this process, however that ends. */
async function servers(): Promise<Count> {
  process.env['ROLLCALL_TEST_REQUIRED'] = 'true';
  if (process.env['ROLLCALL_TEST_POSTGRES'] !== undefined) return ONE;
  postgres = await startPostgres({ install: true });
  process.env['ROLLCALL_TEST_POSTGRES'] = postgres.url;
  return ONE;
}

const STEPS: readonly Step[] = [
  { name: 'lint', run: once(() => node('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.')) },
  { name: 'types', run: once(() => node('node_modules/typescript/bin/tsc', '--noEmit')) },
  { name: 'servers', run: servers },
  { name: 'architecture', run: () => tests('unit', 'test/architecture') },
  { name: 'unit tests', run: () => tests('unit', 'src', 'test/servers') },
  { name: 'whole tests', slow: true, run: () => wholeTests('sqlite') },
  { name: 'branches', slow: true, run: branches },
  { name: 'planted bugs', slow: true, run: () => catchPlanted(root) },
  { name: 'package', slow: true, run: checkPackage },
];

const fast = process.argv.includes('--fast');
process.exitCode = (await runSteps(STEPS.filter((step) => !(fast && step.slow === true)))) ? 0 : 1;
await postgres?.stop();
