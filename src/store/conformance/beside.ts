/** What an operation finds beside the rows it is given: what hangs on others, counts of other hours, what others wrote meanwhile. */
import { deepEqual, doesNotReject, ok } from 'node:assert/strict';
import { answer, answers, take } from './attempts.ts';
import { account, commit, item, NOW, type Opened, object, type Suite, stage, WISH, withStore } from './sample.ts';

const HOUR = 3_600_000;

async function accounts(opened: Opened, n: number, first = 1): Promise<void> {
  const ids = Array.from({ length: n }, (_, i) => first + i);
  await commit(opened, { objects: ids.map((id) => object(id)), staged: ids.map((id) => account(id, id)) });
}

export function besideSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`beside: ${name}`, () => withStore(suite, use));

  test('no more is pending than it is said to be at most, whatever is written meanwhile', async (opened) => {
    const { store } = opened;
    const parts = ['create', 'attribute:a', 'delete'];
    const isBound = async (): Promise<void> => {
      const most = await store.exports.gateBounds('ad', NOW, parts);
      deepEqual(
        most.map(({ part }) => part),
        parts,
      );
      for (const count of await store.exports.gateCounts('ad', NOW)) {
        const { pending, sent } = most.find(({ part }) => part === count.part)!;
        ok(pending >= count.pending && sent === count.sent, `${count.part}: ${pending} of ${count.pending}`);
      }
    };
    await isBound();
    await accounts(opened, 3);
    await isBound();
    const rows = await take(opened, 'a');
    await isBound();
    await store.exports.answer({
      ...{ connection: 'ad', run: opened.run, epoch: opened.epoch, attempt: 'a', at: NOW },
      answers: [answer(rows[0]!), answer(rows[1]!, { outcome: 'failed', fault: '{}' })],
      changes: [],
      dirty: [],
    });
    await isBound();
    await accounts(opened, 2, 10);
    await isBound();
  });

  test('what hangs on a row goes with it when another one takes its place', async (opened) => {
    await accounts(opened, 1);
    const [row] = await take(opened, 'a');
    await stage(opened, [item('u1', { kind: 'user' })], { connection: 'ad' });
    const key = { scope: 'join:user.mail', norm: 'a' };
    await commit(opened, {
      parked: [{ subject: { stagedId: 2 }, items: [{ kind: 'joinAmbiguous', connection: 'ad', detail: '{}' }], at: NOW }],
      waiting: [{ stagedId: 2, keys: [key] }],
    });
    await answers(opened, 'a', [answer(row!)]);
    deepEqual(
      (await opened.store.spaces.scan('ad', { after: 0, limit: 9 })).map((one) => [one.id, one.anchor]),
      [[1, 'u1']],
    );
    deepEqual(await opened.store.decisions.parked({}, { after: 0, limit: 9 }), []);
    deepEqual(await opened.store.sync.waiting([key]), []);
  });

  test('anchors that move on from account to account are given in one batch', async (opened) => {
    const n = 9;
    await accounts(opened, n);
    await answers(
      opened,
      'made',
      (await take(opened, 'made')).map((row) => answer(row)),
    );
    await commit(opened, {
      staged: (await opened.store.spaces.scan('ad', { after: 0, limit: n })).map(({ id, revision }) => ({
        staged: id,
        expectRevision: revision,
        export: { ...WISH, operation: 'update' as const },
      })),
    });
    // The last one first: each takes what the one before it has just left.
    const moved = (await take(opened, 'moved')).toReversed().map((row) => answer(row, { anchor: `u${row.id + 1}` }));
    await doesNotReject(answers(opened, 'moved', moved));
    deepEqual(
      (await opened.store.spaces.scan('ad', { after: 0, limit: n })).map((row) => row.anchor),
      Array.from({ length: n }, (_, i) => `u${i + 2}`),
    );
  });

  test('what was not done is not counted, in the hour in which it was sent', async (opened) => {
    const { store, run, epoch } = opened;
    await accounts(opened, 2);
    const unknown = (await take(opened, 'a')).map((row) => answer(row, { outcome: 'unknown', anchor: null }));
    await answers(opened, 'a', unknown);
    const { revision } = (await store.spaces.byIds([1]))[0]!;
    const row = { id: 1, revision, fault: null, steps: null, undone: ['create'] };
    await store.exports.unshown({ connection: 'ad', run, epoch, at: NOW + 5 * HOUR, rows: [row] });
    deepEqual(
      (await store.exports.gateCounts('ad', NOW)).map(({ part, sent }) => [part, sent]),
      [['create', 1]],
    );
  });

  test('what was lost is counted beside what was counted before, hour by hour', async (opened) => {
    const { store, run, epoch } = opened;
    await accounts(opened, 4);
    for (const [id, at] of [
      [1, NOW],
      [2, NOW + 2 * HOUR],
    ] as const)
      await answers(opened, `proven ${id}`, [answer((await take(opened, `proven ${id}`, { only: [id], now: at }))[0]!)], at);
    await take(opened, 'lost', { only: [3] });
    await take(opened, 'lost later', { only: [4], now: NOW + 2 * HOUR });
    await stage(opened, [item('g', { kind: 'group', edges: [{ attribute: 'member', all: { keys: ['a', 'b'], texts: null } }] })]);
    const members = { connection: 'hr', run, epoch, attempt: 'members' };
    const groups = await store.spaces.byAnchors('hr', 'group', ['g']);
    const edge = (key: string) => ({ stagedId: groups[0]!.id, attribute: 'member', key, text: key, ours: true, debtSince: null });
    const counted = [{ stagedId: edge('a').stagedId, attribute: 'member', added: 0, removed: 1 }];
    await store.exports.answerEdges({ ...members, at: NOW, edges: [{ ...edge('a'), state: 'drop' }], counted, changes: [] });
    const leaving = { ...edge('b'), state: 'remove' as const, decided: null, counted: false };
    await store.exports.attemptEdges({ ...members, now: NOW, deadline: NOW, edges: [leaving] });
    const end = { status: 'interrupted' as const, endedAt: NOW, counts: '[]', rowsWritten: 0, believed: false };
    await doesNotReject(store.runs.finish(run, epoch, end));
    const sent = async (connection: string, since: number): Promise<unknown[]> =>
      (await store.exports.gateCounts(connection, since)).map((count) => [count.part, count.sent]);
    deepEqual(await sent('ad', NOW), [['create', 4]]);
    deepEqual(await sent('ad', NOW + HOUR), [['create', 2]]);
    deepEqual(await sent('hr', NOW), [['member', 2]]);
    deepEqual(
      (await store.exports.groupLosses([{ stagedId: edge('a').stagedId, attribute: 'member', pending: 0 }], NOW)).map(
        ({ removed }) => removed,
      ),
      [2],
    );
  });

  test('what another process wrote is there for the next write, though it was one', async ({ place, store }) => {
    if (store.several === null) return;
    const other = await place.open();
    try {
      const mark = (of: typeof store, id: number): Promise<unknown> =>
        of.sync.markDirty([{ subject: 'object', from: id, to: id, cause: 'edited' }], null);
      for (const [id, of] of [store, other, store, other].entries()) await doesNotReject(mark(of, id + 1));
      deepEqual(
        (await store.sync.dirty()).ranges.map(({ from }) => from),
        [1, 2, 3, 4],
      );
    } finally {
      await other.close();
    }
  });
}
