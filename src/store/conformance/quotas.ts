/** What was sent to targets that take only so much in a time. */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { type Opened, type Suite, withStore } from './sample.ts';

const HOUR = 3_600_000;

export function quotasSuite(suite: Suite): void {
  suite.test('quotas: as much is given as every limit has room for, and what was not sent is given back', () =>
    withStore(suite, async ({ store: { quotas }, epoch, place }: Opened) => {
      const spend = (want: number, hour: number, limits: readonly { since: number; most: number }[]): Promise<number> =>
        quotas.spend({ connection: 'dir', epoch, at: hour * HOUR + 1, want, limits });
      deepEqual(await quotas.spent('dir', 0), []);
      equal(await spend(7, 100, [{ since: 100, most: 10 }]), 7);
      equal(await spend(7, 100, [{ since: 100, most: 10 }]), 3);
      equal(await spend(7, 100, [{ since: 100, most: 10 }]), 0);
      equal(await spend(-4, 100, []), -4);
      const both = [
        { since: 101, most: 10 },
        { since: 90, most: 12 },
      ];
      equal(await spend(9, 101, both), 6);
      equal(await spend(1, 101, both), 0);
      const now = [
        { hour: 100, items: 6 },
        { hour: 101, items: 6 },
      ];
      const reader = await place.open({ readOnly: true });
      deepEqual([await reader.quotas.spent('dir', 0), await reader.quotas.spent('dir', 101)], [now, now.slice(1)]);
      deepEqual(await reader.quotas.spent('other', 0), []);
      await reader.close();
      // Long ago is forgotten.
      equal(await spend(1, 300, []), 1);
      deepEqual(await quotas.spent('dir', 0), [{ hour: 300, items: 1 }]);
      await rejects(quotas.spend({ connection: 'dir', epoch: epoch + 1, at: 0, want: 1, limits: [] }), { kind: 'conflict' });
    }),
  );
}
