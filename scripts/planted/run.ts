/**
 * Plants each bug of test/planted in a copy of the sources and sees the tests that it names fail, each by what it expects; first, that
 * all of them pass without any. Two copies are worked on at a time where there are two processors.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Planted, planted, plantedBugs } from '../../test/planted/planted.ts';
import { REQUIRED } from '../../test/servers/required.ts';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import type { Count } from '../steps.ts';
import { type Copy, copyOf } from './copy.ts';
import type { Result } from './reporter.ts';

const MOST_COPIES = 2;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** `only`: names of bugs; none = all. A bug counts as passed when it is caught. */
export async function catchPlanted(root: string, only: readonly string[] = []): Promise<Count> {
  const bugs = plantedBugs().filter(({ name }) => only.length === 0 || only.includes(name));
  if (bugs.length === 0) throw new Error('there are no planted bugs');
  const { server, missing } = await postgresFor(bugs);
  const copies = Array.from({ length: Math.min(MOST_COPIES, availableParallelism(), bugs.length) }, () => copyOf(root));
  try {
    const sound = await unplanted(
      copies,
      bugs.filter((bug) => missing === undefined || bug.needsPostgres !== true),
    );
    for (const { name, needsPostgres } of bugs)
      if (missing !== undefined && needsPostgres) sound.set(name, `no PostgreSQL: ${missing}`);
    const width = Math.max(...bugs.map(({ name }) => name.length));
    const told = await each(copies, bugs, async (copy, bug) => {
      const begun = performance.now();
      const why = sound.get(bug.name) ?? (await escaped(copy, bug));
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      say(
        `${bug.name.padEnd(width)}  ${seconds.padStart(5)} s  ${why === null ? `caught  ${bug.breaks}` : `NOT CAUGHT: ${why}`}`,
      );
      return why === null;
    });
    const passed = told.filter(Boolean).length;
    return { passed, failed: told.length - passed };
  } finally {
    for (const copy of copies) copy.remove();
    await server?.stop();
  }
}

/** One for all of them, where none is given: each run would start its own. `missing`: why there is none. */
async function postgresFor(bugs: readonly Planted[]): Promise<{ readonly server?: PostgresServer; readonly missing?: string }> {
  if (process.env['ROLLCALL_TEST_POSTGRES'] !== undefined || !bugs.some(({ needsPostgres }) => needsPostgres)) return {};
  try {
    const server = await startPostgres({ install: REQUIRED });
    process.env['ROLLCALL_TEST_POSTGRES'] = server.url;
    return { server };
  } catch (error) {
    return { missing: (error as Error).message };
  }
}

/** By bug, why its tests prove nothing: they fail, or are not there, without it. Those of one seed run together. */
async function unplanted(copies: readonly Copy[], bugs: readonly Planted[]): Promise<Map<string, string>> {
  const out = new Map<string, string>();
  const groups = [...Map.groupBy(bugs, ({ seed, runs }) => `${seed} ${runs}`).values()];
  await each(copies, groups, async (copy, group) => {
    const tests = group.flatMap(({ caught }) => Object.entries(caught));
    const byFile = Map.groupBy(tests, ([file]) => file);
    const named = Object.fromEntries([...byFile].map(([file, all]) => [file, all.flatMap(([, names]) => names)]));
    const { results, output } = await copy.run({ named, seed: group[0]!.seed, runs: group[0]!.runs });
    for (const bug of group)
      for (const [test, result] of testsOf(bug, results)) {
        if (result?.state === 'passed') continue;
        out.set(bug.name, result ? `without it fails as well: ${test}: ${result.errors[0]}` : `there is no test ${test}`);
        if (results.length === 0) out.set(bug.name, `no test was run\n${output}`);
      }
  });
  return out;
}

/** Why the bug is not caught; null when it is. */
async function escaped(copy: Copy, bug: Planted): Promise<string | null> {
  let undo: () => void;
  try {
    undo = copy.write(bug.file, planted(readFileSync(join(copy.folder, bug.file), 'utf8'), bug));
  } catch (error) {
    return (error as Error).message;
  }
  try {
    const { results, output } = await copy.run({ named: bug.caught, seed: bug.seed, runs: bug.runs });
    for (const [test, result] of testsOf(bug, results)) {
      if (!result) return `${test} came to no end\n${output}`;
      if (result.state !== 'failed') return `${test} passes`;
      if (!result.errors.some((error) => error.startsWith('AssertionError: ')))
        return `${test} fails otherwise than by what it expects: ${result.errors.join(', because of ')}`;
    }
    return null;
  } finally {
    undo();
  }
}

function testsOf({ caught }: Planted, results: readonly Result[]): readonly (readonly [string, Result | undefined])[] {
  return Object.entries(caught).flatMap(([file, names]) =>
    names.map((name) => [`${file}: ${name}`, results.find((one) => one.file === file && one.name === name)] as const),
  );
}

async function each<T, R>(copies: readonly Copy[], all: readonly T[], work: (copy: Copy, one: T) => Promise<R>): Promise<R[]> {
  const out: R[] = [];
  let next = 0;
  await Promise.all(
    copies.map(async (copy) => {
      for (let i = next++; i < all.length; i = next++) out[i] = await work(copy, all[i]!);
    }),
  );
  return out;
}
