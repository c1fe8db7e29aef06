/** The suite `directories`: real directory servers and databases, started for it and gone after it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measured } from '../case.ts';
import type { Result } from '../result.ts';
import { runCase } from '../spawn.ts';
import { DIRECTORY_CASES } from './cases.ts';
import type { DirectoryCase, Place } from './directory-case.ts';

interface Ran {
  readonly measured: Measured;
  readonly peakMb: number;
  readonly limit: number | null;
  /** The peak of what was done before; null for nothing. */
  readonly firstMb: number | null;
}

/** `people`: null for what the goals are for. A case that fails is told by `failed`, and the others go on. */
export async function runDirectories(
  chosen: readonly string[],
  people: number | null,
  done: (result: Result) => void,
  failed: (name: string, error: unknown) => void,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
  try {
    for (const one of DIRECTORY_CASES.filter(({ name }) => chosen.includes(name))) {
      try {
        done(await resultOf(one, folder, people ?? one.size));
      } catch (error) {
        failed(one.name, error);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function resultOf(one: DirectoryCase, folder: string, people: number): Promise<Result> {
  const { measured, peakMb, limit, firstMb } = await ran(one, join(folder, one.name), people);
  const besides = one.besides === undefined ? undefined : await ran(one, join(folder, `${one.name}-besides`), one.besides);
  const { seconds, objects, rowsWritten } = measured;
  const compared = {
    objectsPerSecond: objects / seconds,
    ratioToLimit: limit === null ? null : seconds / limit,
    peakRssMb: peakMb,
  };
  const more =
    besides === undefined ? {} : { secondsBesides: besides.measured.seconds, timesBesides: seconds / besides.measured.seconds };
  const also = {
    ...measured.also,
    ...(limit === null ? {} : { limitSeconds: limit }),
    ...(firstMb === null ? {} : { firstPeakRssMb: firstMb }),
    ...more,
  };
  const all = { ...measured, ...compared, also };
  return {
    case: one.name,
    size: people,
    goalSize: one.size,
    seconds,
    ...compared,
    rowsWritten: rowsWritten ?? null,
    bytesPerPerson: null,
    runs: 1,
    also,
    goals: one.goals.map(({ text, reached }) => ({ text, reached: reached(all) })),
  };
}

async function ran(one: DirectoryCase, folder: string, people: number): Promise<Ran> {
  mkdirSync(folder, { recursive: true });
  const prepared = await one.prepare(folder, people);
  try {
    const limit = await prepared.limit();
    const inOwnProcess = (isFirst: boolean): ReturnType<typeof runCase> =>
      runCase(one.name, { folder, people, more: prepared.more, isFirst } satisfies Place, { child: 'directories/child.ts' });
    const firstMb = one.first === undefined ? null : (await inOwnProcess(true)).peakMb;
    return { ...(await inOwnProcess(false)), limit, firstMb };
  } finally {
    await prepared.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}
