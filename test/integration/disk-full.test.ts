/**
 * STORE 3: the disk is full, at ever later moments of a run: under the store, and under files that are targets. Each time
 * it is said what does not fit, where, and what to do; once there is room, the end is that of a run that had it all along.
 */
import { afterEach, beforeEach, expect } from 'vitest';
import { onSmallTablespace } from '../servers/small-tablespace.ts';
import { type SmallDisk, smallDisk, testOnSmallDisk } from '../small-disk.ts';
import { STORE, WRITTEN } from '../store.ts';
import { type Place, place } from './place.ts';
import { approve, filesYaml, people, quiet, settled, TWO, WAIT } from './target-files.ts';

const PEOPLE = 150;
const MEGABYTES = 12;
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
  here = await place(filesYaml(store, folder, TWO));
  await here.write('hr.csv', people(1, PEOPLE));
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

async function end(folder: string): Promise<unknown> {
  const { last, end: ended } = await settled(here, folder, TWO);
  expect(last).toMatchObject(quiet(TWO));
  return ended;
}

async function undisturbed(): Promise<unknown> {
  await begin(WRITTEN, '');
  await attempt('cycle');
  await approve(here, TWO);
  await attempt('cycle');
  await here.write('hr.csv', people(2, PEOPLE));
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
  await approve(here, TWO);
  const first = await everMoreRoom('cycle', 3 * step);
  await here.write('hr.csv', people(2, PEOPLE));
  const phases = {
    import: await everMoreRoom('full-import', step),
    sync: await everMoreRoom('delta-sync', step),
    export: await everMoreRoom('export', step),
  };
  return { runs: [...observed, ...first, ...Object.values(phases).flat()], phases, ended: await end(folder) };
}

testOnSmallDisk('under the store: it says so, keeps what it had, and goes on when there is room', async () => {
  const expected = await undisturbed();
  const tablespace = STORE === 'postgres' ? await onSmallTablespace(3 * MEGABYTES) : undefined;
  try {
    await begin(tablespace?.url ?? 'sqlite:disk/rollcall.db', '');
    disk = tablespace === undefined ? smallDisk(here.path('disk'), MEGABYTES) : { ...tablespace.disk, remove: () => undefined };
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
  const files = Object.values(TWO).map((name) => here.path(`disk/${name}`));
  for (const { said, failed } of runs) {
    expect({ said, failed }).toMatchObject({ failed: false, said: [DISK_FULL, ...said.slice(1)] });
    for (const { message, where } of said)
      expect(files.filter((file) => message.includes(file))).toEqual([(where as { file: string }).file]);
  }
  for (const file of files) expect(runs.some(({ said }) => said.some(({ message }) => message.includes(file)))).toBe(true);
  expect(ended).toEqual(expected);
});
