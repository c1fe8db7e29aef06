import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RollcallError } from '#core/errors';
import type { RunId, Store } from '#store/contract';
import { open } from '#store/sqlite/open';
import type { Services } from './model.ts';
import { once } from './once.ts';

const DAY = 86_400_000;
let folder: string;
let store: Store;
let now: number;
let done: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-'));
  store = await open({ path: join(folder, 'store.db'), program: 'test', create: true });
  [now, done] = [10 * DAY, 0];
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const services = (): Pick<Services, 'store' | 'wall'> => ({ store, wall: () => now });
const asked = (id: string, what: object = { profile: 'cycle' }) => ({ id, what, by: 'ada' });
const begin = async (): Promise<RunId> =>
  (await store.runs.begin({ profile: 'cycle', now, startedAt: now, by: 'ada', rulesHash: '' })).id;
const work = async (begun: (run: RunId) => Promise<void>): Promise<{ n: number }> => {
  await begun(await begin());
  return { n: ++done };
};

test('a double click, and somebody who asks again later, get what the first one got', async () => {
  const both = await Promise.all([once(asked('a'), services(), work), once(asked('a'), services(), work)]);
  now += DAY;
  const later = await once(asked('a'), services(), work);
  expect([...both, later]).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }]);
  expect(await once(asked('b'), services(), work)).toEqual({ n: 2 });
  // After two days it is forgotten, with the next one.
  now += 2 * DAY + 1;
  await once(asked('c'), services(), work);
  expect((await store.claims.list('request')).map(({ name }) => name)).toEqual(['c']);
});

test('what failed has failed; what was never begun may be asked for again', async () => {
  const fails = async (begun: (run: RunId) => Promise<void>): Promise<never> => {
    await begun(await begin());
    throw new RollcallError('unavailable', 'gone', { remedy: 'wait' });
  };
  const gone = { kind: 'unavailable', message: 'gone', remedy: 'wait' };
  for (const one of [fails, work]) await expect(once(asked('a'), services(), one)).rejects.toMatchObject(gone);
  await expect(once(asked('b'), services(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await once(asked('b'), services(), work)).toEqual({ n: 1 });
});

test('an id stands for one thing', async () => {
  await once(asked('a'), services(), work);
  await expect(once(asked('a', { profile: 'export' }), services(), work)).rejects.toMatchObject({ kind: 'conflict' });
  await expect(once({ ...asked('a'), by: 'eve' }, services(), work)).rejects.toMatchObject({ kind: 'conflict' });
});

test('where the process that worked on it is gone, its run is told; what it had not begun is done', async () => {
  const detail = await detailOf();
  for (const name of ['begun', 'not begun'])
    await store.claims.take({ kind: 'request', name, seen: 0, at: now, until: now + 1, detail });
  const run = await begin();
  await store.claims.keep({ kind: 'request', name: 'begun', number: 1, until: now + 1, run });
  now += 2;
  await expect(once(asked('begun'), services(), work)).rejects.toThrow(`begun as run ${run}, which did not end`);
  expect(await once(asked('not begun'), services(), work)).toEqual({ n: 1 });
});

async function detailOf(): Promise<string> {
  await once(asked('x'), services(), work);
  done = 0;
  return (await store.claims.get('request', 'x'))!.detail;
}
