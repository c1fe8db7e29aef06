/** What one process at a time works on: leases with a number that goes up. */
import { deepEqual, equal } from 'node:assert/strict';
import { NOW, type Opened, type Suite, withStore } from './sample.ts';

const hr = { kind: 'schedule', name: 'hr' } as const;
const taken = { ...hr, seen: 0, at: NOW, until: NOW + 60, detail: '0 2 * * *' };

export function claimsSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`claims: ${name}`, () => withStore(suite, use));

  test('of several that want it one gets it, with a number of its own', async ({ store: { claims }, place }) => {
    equal(await claims.get('schedule', 'hr'), null);
    const all = await Promise.all([claims.take(taken), claims.take(taken), claims.take(taken)]);
    deepEqual(all.toSorted(), [1, null, null]);
    equal(await claims.take(taken), null);
    equal(await claims.take({ ...taken, seen: 1, until: NOW + 90 }), 2);
    const reader = await place.open({ readOnly: true });
    const none = { run: null, outcome: null, endedAt: null };
    const now = { ...hr, number: 2, at: NOW, until: NOW + 90, detail: '0 2 * * *', ...none };
    deepEqual([await reader.claims.get('schedule', 'hr'), await reader.claims.list('schedule')], [now, [now]]);
    deepEqual(await reader.claims.list('request'), []);
    await reader.close();
  });

  test('with an older number nothing is noted any more', async ({ store: { claims }, run }) => {
    equal(await claims.take(taken), 1);
    equal(await claims.keep({ ...hr, number: 1, until: NOW + 70, run: null }), true);
    equal(await claims.take({ ...taken, seen: 1 }), 2);
    equal(await claims.keep({ ...hr, number: 1, until: NOW + 99, run }), false);
    equal(await claims.end({ ...hr, number: 1, outcome: 'late', endedAt: NOW + 9 }), false);
    equal(await claims.keep({ ...hr, number: 2, until: NOW + 99, run }), true);
    equal(await claims.keep({ ...hr, number: 2, until: NOW + 100, run: null }), true);
    equal(await claims.end({ ...hr, number: 2, outcome: 'done', endedAt: NOW + 9 }), true);
    // What is over is not kept.
    equal(await claims.keep({ ...hr, number: 2, until: NOW + 101, run }), false);
    // Without a lease nothing is begun, and what is known of the last run stays.
    equal(await claims.take({ ...taken, seen: 2, at: NOW + 5, until: null, detail: 'other' }), 3);
    deepEqual(await claims.get('schedule', 'hr'), {
      ...hr,
      number: 3,
      at: NOW + 5,
      until: null,
      detail: 'other',
      run,
      outcome: 'done',
      endedAt: NOW + 9,
    });
    equal(await claims.take({ ...taken, seen: 3 }), 4);
    const again = (await claims.get('schedule', 'hr'))!;
    deepEqual([again.run, again.outcome, again.endedAt], [null, null, null]);
  });

  test('what was over long ago is forgotten, of the same kind', async ({ store: { claims } }) => {
    const ended = { outcome: '', endedAt: NOW + 1 };
    await claims.take(taken);
    await claims.end({ ...hr, number: 1, ...ended });
    for (const name of ['a', 'b', 'c']) await claims.take({ ...taken, kind: 'request', name });
    for (const name of ['a', 'b']) await claims.end({ kind: 'request', name, number: 1, ...ended });
    await claims.take({ ...taken, kind: 'request', name: 'd', forgetBefore: NOW + 2 });
    deepEqual(
      (await claims.list('request')).map(({ name }) => name),
      ['c', 'd'],
    );
    equal((await claims.list('schedule')).length, 1);
    // Its own row may be among them: then it is new.
    await claims.end({ kind: 'request', name: 'c', number: 1, ...ended });
    equal(await claims.take({ ...taken, kind: 'request', name: 'c', forgetBefore: NOW + 2 }), 1);
  });

  test('what was answered is kept by its key, apart from what goes by another kind, for whoever opens it next', async ({
    store: { claims },
    place,
  }) => {
    const key = { kind: 'request', name: 'a'.repeat(64) } as const;
    const outcome = JSON.stringify({ locked: 'Zoë '.repeat(10_000) });
    equal(await claims.take({ ...taken, ...key }), 1);
    equal(await claims.take({ ...taken, ...key, kind: 'wake' }), 1);
    equal(await claims.end({ ...key, number: 1, outcome, endedAt: NOW + 1 }), true);
    const reader = await place.open({ readOnly: true });
    equal((await reader.claims.get('request', key.name))!.outcome, outcome);
    equal((await reader.claims.get('wake', key.name))!.outcome, null);
    await reader.close();
  });
}
