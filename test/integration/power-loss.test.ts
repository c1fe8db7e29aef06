/**
 * STORE 3: the power fails. What a real process asks of the file system is traced, and replayed call by call onto a disk that keeps
 * what was synced under names that were synced. Everything is durable before something else relies on it; and whatever is left at
 * any moment is enough to end as if the power had not failed.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect } from 'vitest';
import { random } from '../../examples/demo/random.ts';
import { PowerLoss } from '../power-loss.ts';
import { type FileCall, testTraced, traced } from '../traced.ts';
import { type Place, place } from './place.ts';
import { approve, FOUR, filesYaml, people, quiet, settled, WAIT } from './target-files.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const PEOPLE = 20;
/** Of each traced run: so many moments, besides those around a file that takes its place. */
const CUTS = Number(process.env['ROLLCALL_CUTS'] ?? 2);
const seed = Number(process.env['ROLLCALL_SEED'] ?? Date.now() % 100_000);
const { below } = random(seed);

let here: Place;
const left: string[] = [];
afterEach(async () => {
  await here.remove();
  for (const folder of left.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Traced {
  readonly name: string;
  /** The folder as it was before. */
  readonly before: string;
  readonly calls: readonly FileCall[];
  readonly now: number;
}

/** A run of the program itself, in a process of its own. */
function run(name: string): Traced {
  const before = mkdtempSync(join(tmpdir(), 'rollcall-power-'));
  left.push(before);
  cpSync(here.folder, before, { recursive: true });
  here.now += WAIT;
  return { name, before, calls: traced(here.folder, ['--conditions=source', MAIN, 'run']), now: here.now };
}

/** The first run makes the store; the second writes all targets for the first time, the third changes them. */
async function story(): Promise<Traced[]> {
  here = await place(filesYaml('sqlite:rollcall.db', '', FOUR));
  await here.write('hr.csv', people(1, PEOPLE));
  const first = run('the store is made');
  await approve(here, FOUR);
  const second = run('targets are made');
  await here.write('hr.csv', people(2, PEOPLE));
  return [first, second, run('targets are changed')];
}

const diskOf = ({ before }: Traced): PowerLoss => new PowerLoss(here.folder, before);
const TARGETS = Object.values(FOUR);
/** They are made anew whenever the store is opened. */
const PASSING = ['rollcall.db-shm', 'rollcall.db.lock'];

/** What each call relies on, and whether that was durable when it began: `rule: kept`, or `rule: broken` and where. */
function judged(one: Traced): string[] {
  const disk = diskOf(one);
  const path = (name: string): string => join(here.folder, name);
  const said = new Map<string, string>();
  const rule = (name: string, kept: boolean, at: number): void => {
    if (said.get(name) === undefined || (said.get(name) === 'kept' && !kept))
      said.set(name, kept ? 'kept' : `broken at call ${at}`);
  };
  for (const [i, call] of one.calls.entries()) {
    const inFolder = dirname(call.path) === here.folder;
    const name = basename(call.call === 'rename' ? call.to : call.path);
    const writes = inFolder && (call.call === 'write' || call.call === 'rename' || call.call === 'truncate');
    const store = ['rollcall.db', 'rollcall.db-wal', 'rollcall.db-journal'];
    if (call.call === 'rename' && TARGETS.includes(name))
      rule('a file is synced before it takes its place', disk.isSynced(call.path), i);
    if (writes && TARGETS.includes(name))
      rule(
        'an attempt is durable before it is sent',
        store.every((file) => disk.isDurable(path(file))),
        i,
      );
    if (writes && name === 'rollcall.db-wal')
      rule(
        'a target is durable before its answer is recorded',
        TARGETS.every((file) => disk.isDurable(path(file))),
        i,
      );
    if (writes && name === 'rollcall.db') {
      rule('a store is there before it is written', disk.isNamed(path(name)), i);
      rule(
        'the log is durable before the store is written',
        store.slice(1).every((file) => disk.isDurable(path(file))),
        i,
      );
    }
    if (call.call === 'write' && call.fd === 1 && !call.path.startsWith('/')) {
      const files = disk.files().filter((file) => !PASSING.includes(basename(file)));
      rule(
        'all is durable before it is said',
        files.every((file) => disk.isDurable(file)),
        i,
      );
    }
    disk.replay(call);
  }
  return [...said].map(([name, how]) => `${name}: ${how}`).sort();
}

/** Targets that were added to, or replaced. */
function writtenBy({ calls }: Traced): string[] {
  const paths = calls.map((call) => (call.call === 'write' ? call.path : call.call === 'rename' ? call.to : ''));
  return TARGETS.filter((name) => paths.includes(join(here.folder, name)));
}

const kept = (...rules: readonly string[]): string[] => rules.map((rule) => `${rule}: kept`).sort();
const OF_STORE = [
  'a store is there before it is written',
  'the log is durable before the store is written',
  'a target is durable before its answer is recorded',
  'all is durable before it is said',
];

testTraced('everything is durable before something else relies on it', async () => {
  const [first, second, third] = await story();
  expect({ [first!.name]: judged(first!) }).toEqual({ [first!.name]: kept(...OF_STORE) });
  for (const one of [second!, third!]) {
    const rules = [...OF_STORE, 'a file is synced before it takes its place', 'an attempt is durable before it is sent'];
    expect({ [one.name]: judged(one) }).toEqual({ [one.name]: kept(...rules) });
    // Otherwise nothing was judged of one of them.
    expect({ [one.name]: writtenBy(one) }).toEqual({ [one.name]: TARGETS });
  }
});

/** By chance, and right before and after a file took its place. */
function momentsIn(calls: readonly FileCall[]): number[] {
  const chosen = Array.from({ length: CUTS }, () => below(calls.length));
  const renames = calls.flatMap((call, i) => (call.call === 'rename' && TARGETS.includes(basename(call.to)) ? [i, i + 1] : []));
  return [...new Set([...chosen, ...renames])];
}

testTraced(`a power cut at any moment (ROLLCALL_SEED=${seed}): the next runs end as if there had been none`, async () => {
  const runs = await story();
  const { last, end } = await settled(here, '', FOUR);
  expect(last).toMatchObject(quiet(FOUR));
  for (const [day, one] of runs.entries()) {
    for (const moment of momentsIn(one.calls)) {
      const disk = diskOf(one);
      for (const call of one.calls.slice(0, moment)) disk.replay(call);
      const there = await place(filesYaml('sqlite:rollcall.db', '', FOUR));
      try {
        disk.leave(there.folder);
        there.now = one.now + WAIT;
        await there.run();
        if (day === 0) await approve(there, FOUR);
        if (day < 2) await settled(there, '', FOUR);
        await there.write('hr.csv', people(2, PEOPLE));
        const at = `${one.name}, call ${moment} of ${one.calls.length}`;
        const after = await settled(there, '', FOUR);
        expect({ at, last: after.last }).toMatchObject({ at, last: quiet(FOUR) });
        expect({ at, end: after.end }).toEqual({ at, end });
      } finally {
        await there.remove();
      }
    }
  }
});
