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
import { startMariadb } from './servers/mariadb.ts';
import { installMissing, KINDS, type Kind, need } from './servers/packages.ts';
import { startPostgres } from './servers/postgres.ts';
import { startSamba } from './servers/samba.ts';
import { type Count, ONE, runSteps, type Step } from './steps.ts';
import { temporaryInMemory } from './temporary.ts';
import { node, ROOT, tests, wholeTests } from './tests.ts';

const { fast } = optionsOf(import.meta.url, { fast: { type: 'boolean', default: false } }).values;

const leaveMemory = temporaryInMemory();

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

/** The random stories are the same, fewer of them, and half as many kills; `verify:long` tells all of them, and many more. */
const FEWER: NodeJS.ProcessEnv = {
  ...(process.env['ROLLCALL_RUNS'] === undefined ? { ROLLCALL_RUNS: '25%' } : {}),
  ...(process.env['ROLLCALL_KILLS'] === undefined ? { ROLLCALL_KILLS: '20' } : {}),
};

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

/** They end with this process, however that ends. */
const ends: (() => Promise<void>)[] = [];

/** What all tests share, and what they are told of it; of the other kinds each test starts its own. */
const SHARED: { readonly [kind in Kind]?: () => Promise<string> } = {
  async postgres() {
    const server = await startPostgres();
    ends.push(() => server.stop());
    return server.url;
  },
  async samba() {
    const server = await startSamba();
    ends.push(() => server.remove());
    return JSON.stringify(server);
  },
  async mariadb() {
    const server = await startMariadb();
    ends.push(() => server.remove());
    return JSON.stringify(server);
  },
};

/** One that cannot be had fails here, and the tests that need it; the others are there for theirs. */
async function servers(): Promise<Count> {
  process.env['ROLLCALL_TEST_REQUIRED'] = 'true';
  const wanted = KINDS.filter((kind) => process.env[`ROLLCALL_TEST_${kind.toUpperCase()}`] === undefined);
  installMissing(wanted);
  const started = wanted.map(async (kind) => {
    need(kind, { install: false });
    const told = await SHARED[kind]?.();
    if (told !== undefined) process.env[`ROLLCALL_TEST_${kind.toUpperCase()}`] = told;
  });
  const failed = (await Promise.allSettled(started)).filter((one) => one.status === 'rejected');
  const failures = failed.map(({ reason }) => (reason as Error).message);
  for (const failure of failures) process.stdout.write(`${failure}\n`);
  return { passed: KINDS.length - failures.length, failed: failures.length, failures };
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
  { name: 'package', slow: true, beside: true, run: checkPackage },
];

process.exitCode = (await runSteps(STEPS.filter((step) => !(fast && step.slow === true)))) ? 0 : 1;
await Promise.all(ends.map((end) => end()));
leaveMemory();
