/** Several write to one staged object: what was worked out from another row than the present one is left out. */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { beginRun, deletion, item, NOW, type Opened, type Suite, stage, withStore } from './sample.ts';

/** Several slices. */
const MANY = 2_500;

export function sideBySideSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`side by side: ${name}`, () => withStore(suite, use));

  test('one process at a time syncs: another one is kept out, or takes its turn', async (opened) => {
    const { place, store, epoch } = opened;
    if (store.several === null) {
      await rejects(place.open(), { kind: 'conflict' });
      return;
    }
    await store.several.take({ at: NOW, signal: undefined, waits: () => undefined });
    const other = await place.open();
    try {
      equal(await other.several!.tryTake({ at: NOW }), false);
      await store.several.leave();
      equal(await other.several!.tryTake({ at: NOW }), true);
      equal((await beginRun(other)).epoch, epoch + 2);
      await rejects(stage(opened, [item('a')]), { kind: 'conflict', name: 'Superseded' });
      equal((await other.runs.get(opened.run))!.status, 'interrupted');
    } finally {
      await other.close();
    }
  });

  test('a row touched since the read began is left as it is, and counts as seen', async (opened) => {
    await stage(opened, [item('a'), item('b')]);
    const mark = await opened.store.spaces.mark();
    await stage(opened, [item('a', { seen: '{"pushed":1}' })]);
    const result = await stage(opened, [item('a'), item('b', { seen: '{"x":1}' }), deletion('a')], { unlessTouchedSince: mark });
    deepEqual([result.skipped, result.changed, result.ids[0]], [[0, 2], 1, 1]);
    equal((await opened.store.spaces.byIds([1]))[0]!.seen, '{"pushed":1}');
  });

  test('what was worked out from a row of another revision is left out, in slices too', async (opened) => {
    const many = Array.from({ length: 900 }, (_, i) => item(`b${1_000 + i}`, { revision: 0 }));
    deepEqual((await stage(opened, many)).skipped, []);
    await stage(opened, [item('b1005', { seen: '{"pushed":1}', revision: 1 })]);
    const again = many.map((one) => ({ ...one, seen: '{"x":1}', revision: 1 }));
    const { skipped, changed } = await stage(opened, [
      ...again,
      { ...deletion('b1005'), revision: 1 },
      item('b1005', { revision: 0 }),
    ]);
    deepEqual([skipped, changed], [[5, 900, 901], 899]);
    const [row] = await opened.store.spaces.byAnchors('hr', 'person', ['b1005']);
    equal(row!.seen, '{"pushed":1}');
    deepEqual((await stage(opened, [item('never', { revision: 3 })])).skipped, [0]);
  });

  test('batches of several connections that come at once are kept apart, however many slices each has', async (opened) => {
    const many = (connection: string, seen: string) =>
      stage(
        opened,
        Array.from({ length: MANY }, (_, i) => item(`${connection}${10_000 + i}`, { seen })),
        { connection },
      );
    for (const seen of ['{}', '{"x":1}']) {
      const results = await Promise.all(['hr', 'ad', 'badge'].map((connection) => many(connection, seen)));
      deepEqual(
        results.map(({ inserted, changed, skipped }) => [inserted + changed, skipped]),
        [
          [MANY, []],
          [MANY, []],
          [MANY, []],
        ],
      );
    }
    deepEqual({ ...(await opened.store.spaces.count('ad')) }, { person: { present: MANY, linked: 0, gone: 0 } });
  });

  test('closing while a large batch is on its way settles both: all of it is kept, or none', async (opened) => {
    const { place, store } = opened;
    for (const [n, moments] of [0, 1, 3].entries()) {
      const own = n === 0 ? store : await place.open();
      const session = n === 0 ? opened : { ...opened, store: own, ...(await beginRun(own)) };
      const batch = stage(
        session,
        Array.from({ length: MANY }, (_, i) => item(`c${n}-${10_000 + i}`)),
      ).then(
        () => MANY,
        () => 0,
      );
      for (let i = 0; i < moments; i++) await new Promise((resolve) => setImmediate(resolve));
      await own.close();
      const kept = await batch;
      const again = await place.open();
      try {
        const anchors = Array.from({ length: MANY }, (_, i) => `c${n}-${10_000 + i}`);
        equal((await again.spaces.byAnchors('hr', 'person', anchors)).length, kept);
      } finally {
        await again.close();
      }
    }
  });
}
