import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RollcallError } from '#core/errors';
import type { Store } from '#store/contract';
import { open } from '#store/sqlite/open';
import { answeredOnce, KEYS_KEPT_MS, type Keyed } from './keyed.ts';

let folder: string;
let store: Store;
let now: number;
let done: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-'));
  store = await open({ path: join(folder, 'store.db'), program: 'test', create: true });
  [now, done] = [KEYS_KEPT_MS * 10, 0];
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const work = async (): Promise<object> => ({ n: ++done, name: 'Zoë' });
const ask = (more: Partial<Keyed> = {}, how: () => Promise<unknown> = work) =>
  answeredOnce(
    { key: 'k-1', caller: 'token a', what: { name: 'hold' }, isSecret: false, ...more },
    { store, wall: () => now },
    how,
  );
const kept = async (): Promise<string> => JSON.stringify(await store.claims.list('answer'));

test('the first answer again, to whose key it is, for the same; kept so that nobody else reads it, and for a day', async () => {
  const first = { n: 1, name: 'Zoë' };
  expect([await ask(), await ask()]).toEqual([
    { state: 'done', answer: first, again: false },
    { state: 'done', answer: first, again: true },
  ]);
  expect(await ask({ what: { name: 'release' } })).toEqual({ state: 'other' });
  expect(await ask({ caller: 'token b' })).toMatchObject({ answer: { n: 2 }, again: false });
  expect(await kept()).not.toMatch(/Zoë|k-1|token a/);
  now += KEYS_KEPT_MS + 1;
  expect(await ask({ what: { name: 'release' } })).toMatchObject({ answer: { n: 3 }, again: false });
});

test('while it goes on, whoever asks again is told so', async () => {
  const go = Promise.withResolvers<object>();
  const started = Promise.withResolvers<void>();
  const first = ask({}, () => {
    started.resolve();
    return go.promise;
  });
  await started.promise;
  expect(await ask()).toEqual({ state: 'working' });
  go.resolve({ n: 1 });
  expect(await first).toMatchObject({ state: 'done', again: false });
  const both = await Promise.all([ask({ key: 'k-2' }), ask({ key: 'k-2' })]);
  // The other one is told that it goes on, or what came of it.
  expect([done, both.filter((one) => one.state === 'done' && !one.again)]).toEqual([1, [expect.anything()]]);
});

test('what was refused may be asked for again; what failed has failed', async () => {
  const fails = (kind: 'notFound' | 'unavailable') => async (): Promise<never> => {
    done++;
    throw new RollcallError(kind, 'nobody is Zoë', { remedy: 'look' });
  };
  await expect(ask({}, fails('notFound'))).rejects.toMatchObject({ kind: 'notFound' });
  await expect(ask({}, fails('unavailable'))).rejects.toMatchObject({ kind: 'unavailable' });
  await expect(ask()).rejects.toMatchObject({ kind: 'unavailable', message: 'nobody is Zoë', remedy: 'look' });
  expect(done).toBe(2);
  expect(await kept()).not.toContain('Zoë');
});

test('a secret is in no store, and neither is what is long: that it was done is', async () => {
  expect(await ask({ isSecret: true })).toMatchObject({ answer: { n: 1 } });
  expect(await ask({ isSecret: true })).toEqual({ state: 'unkept' });
  expect((await kept()).includes('locked')).toBe(false);
  await ask({ key: 'k-2' }, async () => ({ text: 'x'.repeat(100_000) }));
  expect([await ask({ key: 'k-2' }), done]).toEqual([{ state: 'unkept' }, 1]);
});

test('where the process ended before it answered, it is not done a second time', async () => {
  await ask();
  const [claim] = await store.claims.list('answer');
  const { kind, name, number, detail } = claim!;
  await store.claims.take({ kind, name, seen: number, at: now, until: now + 60_000, detail });
  expect(await ask()).toEqual({ state: 'working' });
  now += 60_001;
  expect([await ask(), done]).toEqual([{ state: 'lost' }, 1]);
});
