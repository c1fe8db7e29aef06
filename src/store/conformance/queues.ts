/** What waits, and since when. */
import { deepEqual, equal } from 'node:assert/strict';
import { account, commit, item, NOW, object, type Suite, settled, stage, WISH, withStore } from './sample.ts';

export function queuesSuite(suite: Suite): void {
  suite.test('queues: what waits is counted by connection, with the oldest of it', () =>
    withStore(suite, async (opened) => {
      const { store } = opened;
      deepEqual(await store.queues.look(), { dirty: { oldest: null, newest: 0 }, exports: [], parked: [] });
      await stage(opened, [item('a')]);
      const { oldest, newest } = (await store.queues.look()).dirty;
      equal(oldest !== null && oldest <= newest, true);
      await settled(opened);
      await commit(opened, {
        objects: [object(1), object(2), object(3)],
        staged: [account(11, 1), account(12, 2), account(13, 3, { export: { ...WISH, state: 'observed' } })],
        parked: [
          { subject: { objectId: 1 }, items: [{ kind: 'k', connection: 'ad', detail: '{}' }], at: NOW + 5 },
          { subject: { objectId: 2 }, items: [{ kind: 'k', connection: 'ad', detail: '{}' }], at: NOW + 7 },
          { subject: { objectId: 3 }, items: [{ kind: 'k', connection: null, detail: '{}' }], at: NOW + 9 },
        ],
      });
      const { dirty, exports, parked } = await store.queues.look();
      equal(dirty.oldest, null);
      deepEqual(exports, [{ connection: 'ad', count: 2, oldest: NOW }]);
      deepEqual(
        parked.toSorted((a, b) => (a.oldest ?? 0) - (b.oldest ?? 0)),
        [
          { connection: 'ad', count: 2, oldest: NOW + 5 },
          { connection: null, count: 1, oldest: NOW + 9 },
        ],
      );
    }),
  );
}
