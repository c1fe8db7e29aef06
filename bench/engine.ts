/** The suite `engine`: files and change feeds, on SQLite or PostgreSQL, beside what the machine itself could do. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Case, Measured } from './case.ts';
import { CASES } from './cases.ts';
import { type DataRequest, IN_FOLDER } from './data.ts';
import { newDatabase, startServer } from './databases.ts';
import { type Limit, rawRead, rawWrite, rawWritePostgres } from './limits.ts';
import { copyOf, organisation, remove, settledCopy } from './organisation.ts';
import { median, type Result } from './result.ts';
import { keepFlameGraph, type Run, save } from './save.ts';
import { runCase } from './spawn.ts';

export interface EngineRun {
  readonly kept: Run;
  /** Names of cases. */
  readonly chosen: readonly string[];
  /** Where the data are made, and stay; else a temporary folder. */
  readonly folder: string | undefined;
  readonly flame: boolean;
  readonly save: boolean;
  readonly results: readonly Result[];
  add(result: Result): void;
  failed(name: string, error: unknown): void;
  note(text: string): void;
}

export async function runEngine(asked: EngineRun): Promise<void> {
  const { kept, chosen, folder: given, flame, save: keeps, results, add, failed, note } = asked;
  const { people, seed, keys, store } = kept;
  const server = store === 'postgres' ? await startServer() : null;
  const folder = given === undefined ? mkdtempSync(join(tmpdir(), 'rollcall-bench-')) : resolve(given);
  try {
    note(`making ${people} people`);
    const request = { people, seed, keys } as const;
    const storeOf = async (): Promise<string> => (server === null ? IN_FOLDER : await newDatabase(server.url, null));
    const home = organisation('files', { folder: join(folder, 'files', 'home'), ...request, store: await storeOf() });
    const made = new Map<number, DataRequest>();
    const feed = async (size: number): Promise<DataRequest> => {
      const there = made.get(size);
      if (there !== undefined) return there;
      const where = { folder: join(folder, `feed-${size}`, 'home'), ...request, people: size, store: await storeOf() };
      const one = organisation('feed', where);
      made.set(size, one);
      return one;
    };
    note('measuring the limits');
    const read = await rawRead(home.folder);
    const write: Limit =
      server === null ? rawWrite(home.folder, people, keys, 'steady') : await rawWritePostgres(server.url, people, keys);
    const seconds = { read: read.seconds, readAndWrite: read.seconds + write.seconds };
    const none = { ratioToLimit: null, peakRssMb: null, rowsWritten: null, bytesPerPerson: null, runs: 1 };
    add({ case: 'limit: raw read', size: people, seconds: read.seconds, objectsPerSecond: read.objects / read.seconds, ...none });
    add({ case: 'limit: raw write', size: people, seconds: write.seconds, objectsPerSecond: people / write.seconds, ...none });
    if (server === null) {
      const load = rawWrite(home.folder, people, keys, 'loading');
      add({ case: 'raw write, loading', size: people, seconds: load.seconds, objectsPerSecond: people / load.seconds, ...none });
    }

    for (const one of CASES.filter(({ name }) => chosen.includes(name))) {
      note(one.name);
      try {
        const from = one.organisation === 'files' ? home : await feed(people);
        const besides = one.besides === undefined ? undefined : (await runs(one, await feed(one.besides))).seconds;
        add(result(one, await runs(one, from), seconds, besides, kept));
        // At once: at a million people it takes hours until the last.
        if (keeps) note(`kept in ${save(results, kept)}`);
        if (flame) note(`kept in ${await profile(one, from, folder, kept)}`);
      } catch (error) {
        failed(one.name, error);
      }
    }
  } finally {
    if (given === undefined) rmSync(folder, { recursive: true, force: true });
    await server?.stop();
  }
}

async function startOf(one: Case, from: DataRequest): Promise<DataRequest> {
  return one.start === 'settled' ? await settledCopy(from, one.name) : await copyOf(from, one.name);
}

async function profile(one: Case, from: DataRequest, folder: string, kept: Run): Promise<string> {
  const data = await startOf(one, from);
  const profiles = mkdtempSync(join(folder, 'profiles-'));
  await runCase(one.name, data, { profiles });
  await remove(data);
  return keepFlameGraph(profiles, one.name, kept);
}

interface Runs {
  readonly seconds: number;
  readonly measured: Measured;
  readonly peakMb: number;
  readonly count: number;
}

/** In as many processes as the case asks, one after the other on one copy. */
async function runs(one: Case, from: DataRequest): Promise<Runs> {
  const data = await startOf(one, from);
  const times: Awaited<ReturnType<typeof runCase>>[] = [];
  for (let i = 0; i < (one.processes ?? 1); i++) times.push(await runCase(one.name, data, { round: i }));
  await remove(data);
  return {
    seconds: median(times.map(({ measured }) => measured.seconds)),
    measured: times.at(-1)!.measured,
    peakMb: Math.max(...times.map(({ peakMb }) => peakMb)),
    count: times.length,
  };
}

/** `besides`: what `one` took with the other number of people, in seconds. */
function result(
  one: Case,
  { seconds, measured, peakMb, count }: Runs,
  limits: { readonly read: number; readonly readAndWrite: number },
  besides: number | undefined,
  { people, store }: Run,
): Result {
  const compared = {
    objectsPerSecond: measured.objects / seconds,
    ratioToLimit: one.limit === null ? null : seconds / limits[one.limit],
    peakRssMb: peakMb,
  };
  const more = besides === undefined ? {} : { secondsBesides: besides, timesBesides: seconds / besides };
  const also = measured.also === undefined && besides === undefined ? undefined : { ...measured.also, ...more };
  const asked = one.goals.filter((goal) => goal.store === undefined || goal.store === store);
  return {
    case: one.name,
    size: people,
    seconds,
    ...compared,
    rowsWritten: measured.rowsWritten ?? null,
    bytesPerPerson: measured.bytesPerPerson ?? null,
    runs: count,
    ...(also === undefined ? {} : { also }),
    goals: asked.map(({ text, reached }) => {
      const all = { ...measured, seconds, ...compared, ...(also === undefined ? {} : { also }) };
      return { text, reached: reached(all) };
    }),
  };
}
