import { appendFileSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Hearing, watchFile } from './watch.ts';

let root: string;
let path: string;
let stop: AbortController;
let rings: number;
let over: Promise<void>;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rollcall-watch-'));
  await mkdir(join(root, 'in'));
  path = join(root, 'in', 'people.csv');
  stop = new AbortController();
  rings = 0;
});
afterEach(async () => {
  stop.abort();
  await over;
  vi.useRealTimers();
  await rm(root, { recursive: true, force: true });
});

async function listen(hearing: Hearing = { grows: false }): Promise<void> {
  over = (async () => {
    for await (const _ of watchFile(path, hearing, stop.signal)) rings++;
  })();
  await rung(1);
}

async function rung(times: number): Promise<void> {
  await expect.poll(() => rings, { interval: 5, timeout: 10_000 }).toBe(times);
}

/** What fs.watch holds in this thread. */
const watchers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'FSEventWrap').length;

async function replace(text: string): Promise<void> {
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
}

it.each([true, false])('a file that is written, replaced, added to or cut rings (a log: %s), and nobody else', async (grows) => {
  await writeFile(path, 'id\n1\n');
  // Told by the system alone.
  await listen({ grows, lookEveryMs: 3_600_000 });
  await appendFile(path, '2\n');
  await rung(2);
  for (let i = 0; i < 100; i++) await writeFile(join(root, 'in', `other-${i}`), 'x');
  await replace('id\n3\n');
  await rung(3);
  await truncate(path, 3);
  await rung(4);
});

it('where nobody tells, it is looked at: a folder that comes, goes and is replaced, and a file in it', async () => {
  const folder = join(root, 'in');
  await rm(folder, { recursive: true });
  await listen({ grows: false, lookEveryMs: 10 });
  await mkdir(folder);
  await writeFile(path, 'id\n1\n');
  await rung(2);
  await rename(folder, join(root, 'old'));
  await mkdir(folder);
  await writeFile(path, 'id\n2\n');
  await rung(3);
  await rm(folder, { recursive: true });
  await mkdir(folder);
  await replace('id\n2\n');
  await rung(4);
});

it('a file that goes away is no news, and one that comes back is', async () => {
  await writeFile(path, 'id\n1\n');
  await listen({ grows: false, lookEveryMs: 10 });
  await rename(path, `${path}.away`);
  // As it was, to the inode: what was read when it was not there was something else.
  await rename(`${path}.away`, path);
  await rung(2);
});

it('thousands of changes are one ring', async () => {
  await writeFile(path, '');
  await listen();
  for (let i = 0; i < 2_000; i++) appendFileSync(path, `${i}\n`);
  await rung(2);
  await replace('end\n');
  await rung(3);
});

it.each([true, false])('what is written to without a pause rings only if it is a log (%s)', async (grows) => {
  await writeFile(path, '');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  over = (async () => {
    for await (const _ of watchFile(path, { grows, lookEveryMs: 3_600_000 }, stop.signal)) rings++;
  })();
  const until = async (holds: () => boolean): Promise<void> => {
    while (!holds()) await turn();
  };
  /** Seen, and looked at again after a pause. */
  const waits = (): boolean => vi.getTimerCount() === 2;
  await until(() => rings === 1 && vi.getTimerCount() === 1);
  await appendFile(path, 'some\n');
  await until(waits);
  for (let i = 0; i < 25 && rings === 1; i++) {
    await appendFile(path, 'more\n');
    vi.advanceTimersByTime(grows ? 50 : 250);
    await until(() => waits() || rings === 2);
  }
  expect(rings).toBe(grows ? 2 : 1);
  vi.advanceTimersByTime(250);
  await until(() => rings === 2);
});

it('leaves nothing behind', async () => {
  const before = watchers();
  await writeFile(path, 'id\n');
  await listen();
  expect(watchers()).toBe(before + 1);
  await appendFile(path, '1\n');
  stop.abort();
  await over;
  await expect.poll(watchers).toBe(before);
  // Also where it is told to end while it begins.
  const early = new AbortController();
  const none = watchFile(path, { grows: false }, early.signal)[Symbol.asyncIterator]();
  const ended = none.next();
  early.abort();
  expect(await ended).toMatchObject({ done: true });
  for (let i = 0; i < 10; i++) await turn();
  expect(watchers()).toBe(before);
});
