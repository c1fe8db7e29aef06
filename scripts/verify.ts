/**
 * `npm run verify`: everything that must hold before a change is taken, in one command. The servers that tests need are started once
 * for all of them, installed where root may; one that cannot be had is a failure, not a skip.
 *
 *     --fast   without what takes minutes
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { branchesIn, branchReport, reachedIn } from './branches.ts';
import { optionsOf } from './options.ts';
import { checkPackage } from './package-check.ts';
import { catchPlanted } from './planted/run.ts';
import { KINDS, need } from './servers/packages.ts';
import { type PostgresServer, startPostgres } from './servers/postgres.ts';
import { type Count, ONE, runSteps, type Step } from './steps.ts';
import { node, ROOT, tests, wholeTests } from './tests.ts';

const { fast } = optionsOf(import.meta.url, { fast: { type: 'boolean', default: false } }).values;

const once =
  (run: () => void): (() => Count) =>
  () => {
    run();
    return ONE;
  };

/** Where the whole tests note which marked branches they reached. */
let reached: string | undefined;

/** All of them are written for either store (test/store.ts); what is about the one alone is listed in test/one-store.ts. */
function whole(store: 'sqlite' | 'postgres', more: NodeJS.ProcessEnv = {}): Count {
  reached ??= mkdtempSync(join(tmpdir(), 'rollcall-branches-'));
  return wholeTests(store, { ROLLCALL_BRANCHES: join(reached, store), ...more });
}

/** The random stories are the same, fewer of them; `verify:long` tells all of them, and many more. */
const FEWER: NodeJS.ProcessEnv = process.env['ROLLCALL_RUNS'] === undefined ? { ROLLCALL_RUNS: '25%' } : {};

/** Every branch that can park, hold, wait or try again was gone through; those that were not are named. */
function branches(): Count {
  try {
    const all = branchesIn(ROOT);
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
  const given = process.env['ROLLCALL_TEST_POSTGRES'] !== undefined;
  need(given ? KINDS.filter((kind) => kind !== 'postgres') : KINDS, { install: true });
  if (given) return ONE;
  postgres = await startPostgres();
  process.env['ROLLCALL_TEST_POSTGRES'] = postgres.url;
  return ONE;
}

const STEPS: readonly Step[] = [
  { name: 'lint', run: once(() => node('node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.')) },
  { name: 'types', run: once(() => node('node_modules/typescript/bin/tsc', '--noEmit')) },
  { name: 'servers', run: servers },
  { name: 'architecture', run: () => tests('unit', 'test/architecture') },
  { name: 'unit tests', run: () => tests('unit', 'src', 'test/scripts', 'test/servers') },
  { name: 'whole tests on SQLite', slow: true, run: () => whole('sqlite') },
  { name: 'whole tests on PostgreSQL', slow: true, run: () => whole('postgres', FEWER) },
  { name: 'branches', slow: true, run: branches },
  { name: 'planted bugs', slow: true, run: () => catchPlanted(ROOT) },
  { name: 'package', slow: true, run: checkPackage },
];

process.exitCode = (await runSteps(STEPS.filter((step) => !(fast && step.slow === true)))) ? 0 : 1;
await postgres?.stop();
