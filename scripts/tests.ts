/** Vitest as a child process: its own counts are believed, its exit code as well. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Count, command } from './steps.ts';

export const ROOT: string = fileURLToPath(new URL('..', import.meta.url));

interface Told {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly status: string;
    /** Why the file could not be run. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[] | null;
    }[];
  }[];
}

/** Test files that took longest: how many are named. */
const SLOWEST = 8;

export function node(script: string, ...args: readonly string[]): void {
  command(process.execPath, [join(ROOT, script), ...args], { cwd: ROOT });
}

/** One project of vitest.config.ts. */
export function tests(project: string, ...filter: readonly string[]): Count {
  const { told, failed } = runTests(project, filter);
  if (told.numPassedTests === 0) throw new Error(`no test of ${project} passed`);
  // A process that died while it loaded a file leaves no test of it behind.
  const cutShort = told.testResults.filter(
    (file) =>
      file.status === 'failed' ||
      file.assertionResults.length === 0 ||
      file.assertionResults.some((one) => one.status === 'pending'),
  );
  if (!failed || told.numFailedTests > 0 || cutShort.length === 0)
    return { passed: told.numPassedTests, failed: Math.max(told.numFailedTests, failed ? 1 : 0), failures: failures(told) };
  // Node.js 24 was seen to abort by itself where a thread ends, once in some ten thousand threads.
  const files = cutShort.map(({ name }) => name);
  process.stdout.write(`the process that ran ${files.join(', ')} died: these run once more, and must pass\n`);
  const again = runTests(project, files);
  const passed = told.numPassedTests + again.told.numPassedTests;
  const left = Math.max(again.told.numFailedTests, again.failed || again.told.numPassedTests === 0 ? 1 : 0);
  return { passed, failed: left, failures: failures(again.told) };
}

/** A test a text: its file, its name, its errors; a file that could not be run likewise. */
function failures({ testResults }: Told): string[] {
  return testResults.flatMap(({ name, message, status, assertionResults }) => {
    const file = relative(ROOT, name);
    const failed = assertionResults.filter((one) => one.status === 'failed');
    if (failed.length === 0 && status === 'failed') return [`${file}\n${message}`];
    return failed.map((one) => [`${file}: ${one.fullName}`, ...(one.failureMessages ?? [])].join('\n'));
  });
}

/** The whole tests on either store; `more`: environment. */
export function wholeTests(store: 'sqlite' | 'postgres', more: NodeJS.ProcessEnv = {}): Count {
  const given = { ROLLCALL_TEST_STORE: store, ...more };
  Object.assign(process.env, given);
  try {
    return tests('whole');
  } finally {
    for (const name of Object.keys(given)) delete process.env[name];
  }
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
    const told = JSON.parse(readFileSync(file, 'utf8')) as Told;
    process.stdout.write(`longest: ${slowest(told).join(', ')}\n`);
    return { told, failed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function slowest({ testResults }: Told): string[] {
  return testResults
    .map(({ name, startTime, endTime }) => ({ name: relative(ROOT, name), seconds: (endTime - startTime) / 1000 }))
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, SLOWEST)
    .map(({ name, seconds }) => `${name} ${seconds.toFixed(0)} s`);
}
