/**
 * STORE 3: the disk is full, at ever later moments of a run: under the store, and under files that are targets. Each time
 * it is said what does not fit, where, and what to do; once there is room, the end is that of a run that had it all along.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { createProgram } from '#main';
import { command, database } from '../servers/postgres.ts';
import { endOf } from '../simulation/end.ts';
import { comparable, createdIn } from '../simulation/house.ts';
import { memoryOf, parkedOf, rowsOf } from '../simulation/memory-of.ts';
import { type SmallDisk, smallDisk, testOnSmallDisk } from '../small-disk.ts';
import { STORE, WRITTEN } from '../store.ts';
import { BOOK, HR, type Place, place } from './place.ts';

const PEOPLE = 150;
const MEGABYTES = 12;
/** Longer than what was refused waits before it is tried again. */
const WAIT = 3_600_000;
const open = '{ percent: 100, count: 1000 }';

/** A file that is replaced whole, and one that grows. */
const yaml = (store: string, folder: string): string => `store: ${store}
gates: { create: ${open}, update: ${open}, delete: ${open}, attribute: ${open} }
${HR}${BOOK.replace('path: book.csv', `path: ${folder}book.csv`)}  feed:
    type: jsonl
    path: ${folder}feed.jsonl
    format: changes
    mode: on
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName } }
`;

function people(day: 1 | 2): string {
  const rows = Array.from({ length: PEOPLE + 40 * day }, (_, i) => `E${1000 + i},Name of day ${day} ${i},${100 + i}`);
  return `id,name,phone\n${rows.filter((_, i) => day === 1 || i % 10 !== 3).join('\n')}\n`;
}

interface Ended {
  readonly phases: readonly string[];
  /** What a person reads of what went wrong. */
  readonly said: readonly { readonly message: string; readonly where: object; readonly remedy?: string }[];
  readonly failed: boolean;
}

let here: Place;
let disk: SmallDisk | undefined;
beforeEach(() => {
  disk = undefined;
});
afterEach(async () => {
  disk?.remove();
  await here.remove();
});

async function begin(store: string, folder: string): Promise<void> {
  here = await place(yaml(store, folder));
  await here.write('hr.csv', people(1));
}

async function attempt(profile: string): Promise<Ended> {
  here.now += WAIT;
  const phases: string[] = [];
  try {
    const { faults, status } = await here.runWhile(({ phase }) => void phases.push(phase), profile);
    return { phases, said: faults, failed: status === 'failed' };
  } catch (error) {
    return { phases, said: [error as Ended['said'][number]], failed: true };
  }
}

async function approve(): Promise<void> {
  for (const target of ['book', 'feed'])
    expect(await here.call('approve', target, '--as', 'Ada', '--reason', 'looked at it')).toMatchObject({ code: 0 });
}

/** Until nothing is left to do; then all that there is, by the names of things. */
async function end(folder: string): Promise<unknown> {
  let last: Awaited<ReturnType<Place['run']>> | undefined;
  for (let i = 0; i < 6 && last?.rowsWritten !== 0; i++) {
    here.now += WAIT;
    last = await here.run();
  }
  expect(last).toMatchObject({ rowsWritten: 0, faults: [], connections: [{}, { waiting: 0 }, { waiting: 0 }] });
  const program = await createProgram();
  const loaded = await program.loadConfig(here.path('rollcall.yaml'));
  if (!loaded.ok) throw new Error('the configuration has faults');
  const store = await program.openStore(loaded.config, { readOnly: true });
  try {
    const rows = await rowsOf(store, loaded.config);
    const memory = memoryOf(rows, loaded.config);
    const ended = endOf({ memory, systems: new Map(), parked: parkedOf(rows) }, loaded.config);
    return {
      ...comparable(ended, createdIn(memory)),
      book: readFileSync(here.path(`${folder}book.csv`), 'utf8')
        .split('\n')
        .sort(),
      // Each change of each account, however often it was tried: none is missing and none is there twice.
      feed: readFileSync(here.path(`${folder}feed.jsonl`), 'utf8')
        .split('\n')
        .sort(),
    };
  } finally {
    await store.close();
  }
}

async function undisturbed(): Promise<unknown> {
  await begin(WRITTEN, '');
  await attempt('cycle');
  await approve();
  await attempt('cycle');
  await here.write('hr.csv', people(2));
  const ended = await end('');
  await here.remove();
  return ended;
}

/** Runs with ever more room, until one comes to its end; what each said. */
async function everMoreRoom(profile: string, step: number): Promise<readonly Ended[]> {
  const runs: Ended[] = [];
  for (let room = 0; runs.at(-1)?.said.length !== 0; room += step) {
    expect(runs.length).toBeLessThan(60);
    disk!.fill(room);
    runs.push(await attempt(profile));
  }
  disk!.free();
  return runs.slice(0, -1);
}

const DISK_FULL = {
  kind: 'unavailable',
  message: expect.stringMatching(/disk .*full/),
  remedy: expect.stringMatching(/room|space/),
};

interface Days {
  readonly runs: readonly Ended[];
  /** Of the second day, by phase. */
  readonly phases: { readonly [phase: string]: readonly Ended[] };
  readonly ended: unknown;
}

async function twoDays(step: number, folder: string): Promise<Days> {
  const observed = await everMoreRoom('cycle', 3 * step);
  await approve();
  const first = await everMoreRoom('cycle', 3 * step);
  await here.write('hr.csv', people(2));
  const phases = {
    import: await everMoreRoom('full-import', step),
    sync: await everMoreRoom('delta-sync', step),
    export: await everMoreRoom('export', step),
  };
  return { runs: [...observed, ...first, ...Object.values(phases).flat()], phases, ended: await end(folder) };
}

testOnSmallDisk('under the store: it says so, keeps what it had, and goes on when there is room', async () => {
  const expected = await undisturbed();
  const tablespace = STORE === 'postgres' ? await onSmallTablespace() : undefined;
  try {
    await begin(tablespace?.url ?? 'sqlite:disk/rollcall.db', '');
    disk = tablespace?.disk ?? smallDisk(here.path('disk'), MEGABYTES);
    const { runs, phases, ended } = await twoDays(32 * 1024, '');
    for (const { said } of runs) expect(said[0]).toMatchObject(DISK_FULL);
    if (STORE === 'sqlite')
      for (const { said } of runs) expect(said[0]).toMatchObject({ where: { file: here.path('disk/rollcall.db') } });
    for (const [phase, broken] of Object.entries(phases))
      expect({ phase, at: broken.map((one) => one.phases.at(-1)) }).toEqual({ phase, at: expect.arrayContaining([phase]) });
    expect(ended).toEqual(expected);
  } finally {
    await tablespace?.remove();
  }
});

testOnSmallDisk('under target files: what does not fit waits, the files stay whole', async () => {
  const expected = await undisturbed();
  await begin(WRITTEN, 'disk/');
  disk = smallDisk(here.path('disk'), MEGABYTES);
  const { runs, ended } = await twoDays(4 * 1024, 'disk/');
  const files = ['book.csv', 'feed.jsonl'].map((name) => here.path(`disk/${name}`));
  for (const { said, failed } of runs) {
    expect({ said, failed }).toMatchObject({ failed: false, said: [DISK_FULL, ...said.slice(1)] });
    for (const { message, where } of said)
      expect(files.filter((file) => message.includes(file))).toEqual([(where as { file: string }).file]);
  }
  for (const file of files) expect(runs.some(({ said }) => said.some(({ message }) => message.includes(file)))).toBe(true);
  expect(ended).toEqual(expected);
});

/** A database whose tables are on a small disk. The server's log is not: without room for that it stops, and nothing can be said. */
async function onSmallTablespace(): Promise<{ readonly url: string; readonly disk: SmallDisk; remove(): Promise<void> }> {
  const parent = mkdtempSync(join(tmpdir(), 'rollcall-tablespace-'));
  chmodSync(parent, 0o755);
  const small = smallDisk(join(parent, 'disk'), 3 * MEGABYTES);
  const tables = join(small.folder, 'tables');
  mkdirSync(tables);
  const [uid, gid] = ['-u', '-g'].map((what) => Number(execFileSync('id', [what, 'postgres'], { encoding: 'utf8' })));
  chownSync(tables, uid!, gid!);
  const name = `rollcall_test_${Date.now()}_small`;
  await command(`create tablespace ${name} location '${tables}'`);
  await command(`create database ${name} tablespace ${name}`);
  const { url, remove } = await database(name);
  return {
    url,
    disk: { ...small, remove: () => undefined },
    async remove() {
      await remove();
      await command(`drop tablespace ${name}`);
      small.remove();
      rmSync(parent, { recursive: true });
    },
  };
}
