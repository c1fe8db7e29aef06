import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { RollcallError } from '#core/errors';
import { WrongCommand } from '#core/unknown-name';
import type { RunId, Store } from '#store/contract';
import { open } from '#store/sqlite/open';
import type { Services } from './model.ts';
import { answeredOnce, KEPT_MS, once } from './once.ts';

let folder: string;
let store: Store;
let now: number;
let done: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-'));
  store = await open({ path: join(folder, 'store.db'), program: 'test', create: true });
  [now, done] = [10 * KEPT_MS, 0];
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const services = (): Pick<Services, 'store' | 'wall'> => ({ store, wall: () => now });
const kept = async (): Promise<string> => JSON.stringify(await store.claims.list('request'));

describe('a request that says when its run begins', () => {
  const ask = async (key: string, how = work, what: object = { profile: 'cycle' }, caller = 'ada') =>
    await once({ key, caller, what }, services(), how);
  const begin = async (): Promise<RunId> =>
    (await store.runs.begin({ profile: 'cycle', now, startedAt: now, by: 'ada', rulesHash: '' })).id;
  const work = async (begun: (run: RunId) => Promise<void>): Promise<{ n: number }> => {
    await begun(await begin());
    return { n: ++done };
  };
  /** Whoever worked on it is gone, before it had a run or after. */
  const leave = async (key: string, run: RunId | null): Promise<void> => {
    const [name, detail] = [['ada', key], { profile: 'cycle' }].map((one) => sha256Hex(canonicalJson(one))) as [string, string];
    const number = (await store.claims.take({ kind: 'request', name, seen: 0, at: now, until: now + 1, detail }))!;
    await store.claims.keep({ kind: 'request', name, number, until: now + 1, run });
    now += 2;
  };

  test('a double click, and somebody who asks again later, get what the first one got', async () => {
    const both = await Promise.all([ask('a'), ask('a')]);
    now += KEPT_MS / 2;
    const later = await ask('a');
    expect([...both, later].map(({ answer }) => answer)).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }]);
    expect([...both, later].map(({ again }) => again).sort()).toEqual([false, true, true]);
    expect(await ask('b')).toMatchObject({ answer: { n: 2 }, again: false });
    // After two days it is forgotten, with the next one.
    now += KEPT_MS + 1;
    await ask('c');
    expect(await store.claims.list('request')).toHaveLength(1);
    expect(await ask('a')).toMatchObject({ answer: { n: 4 }, again: false });
  });

  test('what failed has failed, as it did; what was never begun may be asked for again', async () => {
    const fails = async (begun: (run: RunId) => Promise<void>): Promise<never> => {
      await begun(await begin());
      throw new RollcallError('unavailable', 'gone', { remedy: 'wait', retryAfterMs: 5 });
    };
    const gone = { kind: 'unavailable', message: 'gone', remedy: 'wait', retryAfterMs: 5 };
    for (const one of [fails, work]) await expect(ask('a', one)).rejects.toMatchObject(gone);
    await expect(ask('b', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await ask('b')).toMatchObject({ answer: { n: 1 } });
  });

  test('an id stands for one thing', async () => {
    await ask('a');
    await expect(ask('a', work, { profile: 'export' })).rejects.toMatchObject({ kind: 'conflict' });
  });

  test('where the process that worked on it is gone, its run is told; what it had not begun is done', async () => {
    const run = await begin();
    await leave('begun', run);
    await expect(ask('begun')).rejects.toThrow(`begun as run ${run}, which did not end`);
    await leave('not begun', null);
    expect(await ask('not begun')).toMatchObject({ answer: { n: 1 } });
  });

  test('of an answer that is too long to be kept the run is told', async () => {
    const long = async (begun: (run: RunId) => Promise<void>) => ({ ...(await work(begun)), text: 'x'.repeat(100_000) });
    expect(await ask('a', long)).toMatchObject({ again: false });
    await expect(ask('a')).rejects.toThrow(/begun as run \d+, which did not end: its answer is too long/);
  });
});

describe('a request of which nobody knows what it does', () => {
  const work = async (): Promise<object> => ({ n: ++done, name: 'Zoë' });
  const ask = (
    more: { key?: string; caller?: string; what?: object; isSecret?: boolean } = {},
    how: () => Promise<unknown> = work,
  ) =>
    answeredOnce(
      { key: 'k-1', caller: 'token a', what: { name: 'hold' }, isSecret: false, saysBegun: false, ...more },
      services(),
      how,
    );

  test('the first answer again, to whose key it is, for the same; kept so that nobody else reads it, and for two days', async () => {
    const first = { n: 1, name: 'Zoë' };
    expect([await ask(), await ask()]).toEqual([
      { state: 'done', answer: first, again: false },
      { state: 'done', answer: first, again: true },
    ]);
    expect(await ask({ what: { name: 'release' } })).toEqual({ state: 'other' });
    expect(await ask({ caller: 'token b' })).toMatchObject({ answer: { n: 2 }, again: false });
    expect(await kept()).not.toMatch(/Zoë|k-1|token a/);
    now += KEPT_MS + 1;
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
      throw new WrongCommand(kind, 'nobody is Zoë', { remedy: 'look' });
    };
    await expect(ask({}, fails('notFound'))).rejects.toMatchObject({ kind: 'notFound' });
    await expect(ask({}, fails('unavailable'))).rejects.toMatchObject({ kind: 'unavailable' });
    await expect(ask()).rejects.toMatchObject({ kind: 'unavailable', message: 'nobody is Zoë', remedy: 'look' });
    await expect(ask()).rejects.toBeInstanceOf(WrongCommand);
    expect(done).toBe(2);
    expect(await kept()).not.toContain('Zoë');
  });

  test('a secret is in no store, and neither is what is long: that it was done is', async () => {
    expect(await ask({ isSecret: true })).toMatchObject({ answer: { n: 1 } });
    expect(await ask({ isSecret: true })).toEqual({ state: 'unkept', run: null });
    expect((await kept()).includes('locked')).toBe(false);
    await ask({ key: 'k-2' }, async () => ({ text: 'x'.repeat(100_000) }));
    expect([await ask({ key: 'k-2' }), done]).toEqual([{ state: 'unkept', run: null }, 1]);
  });

  test('where the process ended before it answered, it is not done a second time', async () => {
    await ask();
    const [claim] = await store.claims.list('request');
    const { kind, name, number, detail } = claim!;
    await store.claims.take({ kind, name, seen: number, at: now, until: now + 60_000, detail });
    expect(await ask()).toEqual({ state: 'working' });
    now += 60_001;
    expect([await ask(), done]).toEqual([{ state: 'lost', run: null }, 1]);
  });
});
