/** Ids: each is given once, and few are lost. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { beginRun, commit, item, NOW, type Opened, object, type Suite, stage, withStore } from './sample.ts';

export function idsSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`ids: ${name}`, () => withStore(suite, use));

  test('ids that were used are never given again, opened again or not', async (opened) => {
    await stage(opened, [item('a'), item('b')]);
    await commit(opened, { objects: [object(await opened.store.sync.reserve('object', 1))] });
    await opened.store.close();
    const again = await opened.place.open();
    await beginRun(again);
    deepEqual([await again.sync.reserve('staged', 1), await again.sync.reserve('object', 1)], [3, 2]);
    await again.close();
  });

  test('ids reserved and not used are given again by the next run, unless another one goes on', async (opened) => {
    const { store, run, epoch } = opened;
    const beside = await beginRun(store);
    const end = { status: 'done', endedAt: NOW, counts: '{}', rowsWritten: 0, believed: false } as const;
    await commit(opened, { objects: [object(await store.sync.reserve('object', 1_000))] });
    equal(await store.sync.reserve('staged', 1_000), 1);
    await store.runs.finish(run, epoch, end);
    const third = await beginRun(store);
    equal(await store.sync.reserve('object', 1), 1_001);
    for (const { run: id } of [beside, third]) await store.runs.finish(id, epoch, end);
    await beginRun(store);
    deepEqual([await store.sync.reserve('object', 1), await store.sync.reserve('staged', 1)], [2, 1]);
  });

  test('brief runs go on with ids that those before them reserved; nobody is given what somebody has', async (opened) => {
    const { store, run, epoch } = opened;
    const end = { status: 'done', endedAt: NOW, counts: '{}', rowsWritten: 0, believed: false, soon: true } as const;
    await store.runs.finish(run, epoch, end);
    const brief = () =>
      store.runs.begin({ profile: 'push', now: NOW, startedAt: NOW, by: 'test', rulesHash: 'rules', brief: true });
    const given: number[] = [];
    for (let round = 0; round < 30; round++) {
      const { id } = await brief();
      const n = [1, 3, 40, 7][round % 4]!;
      const [first, other] = await Promise.all([store.sync.reserve('staged', n), store.sync.reserve('staged', 2)]);
      given.push(...Array.from({ length: n }, (_, i) => first + i), other, other + 1);
      given.push(...(await stage({ store, run: id, epoch }, [item(`s${round}`)])).ids);
      await store.runs.finish(id, epoch, end);
    }
    equal(new Set(given).size, given.length);
    // Few are lost on the way.
    ok(Math.max(...given) < given.length + 30 * 8);
    await beginRun(store);
    equal(
      await store.sync.reserve('staged', 1),
      Math.max(...(await store.spaces.scan('hr', { after: 0, limit: 99 })).map(({ id }) => id)) + 1,
    );
  });
}
