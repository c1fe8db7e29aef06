/** Exports: stored before sent, kept until answered, never sent twice by mistake. */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import type { ExportOperation, StagedRow } from '../contract.ts';
import { answer, answers, take } from './attempts.ts';
import { account, beginRun, commit, item, NOW, type Opened, object, type Suite, stage, WISH, withStore } from './sample.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

async function accounts(opened: Opened, n: number): Promise<void> {
  const ids = Array.from({ length: n }, (_, i) => i + 1);
  await commit(opened, { objects: ids.map((id) => object(id)), staged: ids.map((id) => account(id, id)) });
}

const rowOf = async ({ store }: Pick<Opened, 'store'>, id: number): Promise<StagedRow> => (await store.spaces.byIds([id]))[0]!;

export function exportsSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`exports: ${name}`, () => withStore(suite, use));

  test('what is on its way is known until it is answered, or its deadline is over', async (opened) => {
    const { store } = opened;
    await accounts(opened, 3);
    const [first] = await take(opened, 'a', { only: [1] });
    await take(opened, 'b', { only: [3] });
    const sending = async (at: number): Promise<number[]> => [...(await store.exports.sending('ad', at))];
    deepEqual([await sending(NOW + 29_999), await sending(NOW + 30_000)], [[1, 3], []]);
    await answers(opened, 'a', [answer(first!)]);
    deepEqual([await sending(NOW), [...(await store.exports.sending('hr', NOW))]], [[3], []]);
  });

  test('many answers end one attempt: what it left out is unknown, also when more were answered before', async (opened) => {
    const { store, run, epoch } = opened;
    await accounts(opened, 900);
    const rows = await take(opened, 't', { limit: 900 });
    const dirty = rows.map(({ id }) => ({ subject: 'object' as const, from: 2 * id, to: 2 * id, cause: 'answered' }));
    const told = rows.slice(0, 898).map((row) => answer(row));
    const common = { connection: 'ad', run, epoch, attempt: 't', at: NOW };
    const ranges = await store.exports.answer({ ...common, answers: told, changes: [], dirty });
    equal((await store.sync.dirty(ranges)).ranges.length, 900);
    deepEqual(await store.exports.counts('ad'), { unknown: 2 });
    deepEqual(
      (await store.exports.gateCounts('ad', NOW - HOUR)).map(({ part, sent }) => [part, sent]),
      [['create', 900]],
    );
    equal((await take(opened, 'u')).length, 0);
  });

  test('creates, updates, deletes, each by id; what is on its way is not taken again', async (opened) => {
    await accounts(opened, 6);
    const change = (id: number, operation: ExportOperation, more = {}): Parameters<typeof commit>[1] => ({
      staged: [{ staged: id, expectRevision: 1, export: { ...WISH, operation, ...more } }],
    });
    await commit(opened, change(1, 'delete'));
    await commit(opened, change(2, 'update'));
    await commit(opened, change(4, 'create', { notBefore: NOW + 1 }));
    await commit(opened, change(5, 'create', { state: 'held' }));
    deepEqual(
      (await take(opened, 'a', { limit: 1 })).map((row) => row.id),
      [3],
    );
    deepEqual(
      (await take(opened, 'b', { only: [1, 2] })).map((row) => row.id),
      [2, 1],
    );
    deepEqual(await take(opened, 'behind', { after: 6 }), []);
    deepEqual(
      (await take(opened, 'c', { after: 5 })).map((row) => row.id),
      [6],
    );
    deepEqual(await take(opened, 'd'), []);
    deepEqual(
      (await take(opened, 'e', { now: NOW + 1, operations: ['create'] })).map((row) => row.id),
      [4],
    );
    deepEqual(
      (await opened.store.exports.list('ad', ['waiting', 'held'], { after: 4, limit: 9 })).map((row) => row.id),
      [5, 6],
    );
    deepEqual(await opened.store.exports.list('ad', [], { after: 0, limit: 9 }), []);
    deepEqual(
      (await opened.store.exports.list('ad', ['waiting'], { after: 0, limit: 9, operation: 'delete' })).map((row) => row.id),
      [1],
    );
  });

  test('nothing waits for a time that a clock said which was ahead', async (opened) => {
    const { store, epoch } = opened;
    await accounts(opened, 4);
    const ahead = NOW + 365 * DAY;
    await take(opened, 'a', { now: ahead });
    await opened.store.exports.answer({
      connection: 'ad',
      run: opened.run,
      epoch,
      attempt: 'a',
      at: ahead,
      changes: [],
      answers: (await store.spaces.byIds([1, 2, 3, 4])).map((row, i) =>
        answer(
          row,
          [
            { outcome: 'retry', notBefore: ahead, anchor: null } as const,
            { outcome: 'retry', notBefore: NOW + HOUR, anchor: null } as const,
            { outcome: 'unknown', anchor: null } as const,
            { outcome: 'unknown', anchor: null } as const,
          ][i],
        ),
      ),
    });
    await store.exports.setTimesBack({ connection: 'ad', epoch, at: NOW, latest: NOW + DAY });
    const rows = await store.spaces.byIds([1, 2, 3, 4]);
    deepEqual(
      rows.map((row) => [row.export!.notBefore, row.export!.attemptedAt]),
      [
        [NOW, NOW],
        [NOW + HOUR, NOW],
        [0, NOW],
        [0, NOW],
      ],
    );
    deepEqual(
      (await take(opened, 'b')).map((row) => row.id),
      [1],
    );
    const sent = async (since: number): Promise<number> => (await store.exports.gateCounts('ad', since))[0]!.sent;
    deepEqual([await sent(NOW), await sent(NOW + DAY)], [2, 0]);
  });

  test('every outcome has its end', async (opened) => {
    await accounts(opened, 6);
    const rows = await take(opened, 'a');
    await answers(opened, 'a', [
      answer(rows[0]!),
      answer(rows[1]!, { outcome: 'sent', sent: '{"a":1}', seen: null, confirmed: null, digest: null }),
      answer(rows[2]!, { outcome: 'failed', fault: '{"kind":"invalidValue"}', anchor: null }),
      answer(rows[3]!, { outcome: 'retry', notBefore: NOW + 5, anchor: null }),
      answer(rows[4]!, { outcome: 'unknown', anchor: null }),
    ]);
    const [proven, sent, failed, retry, unknown, unanswered] = await opened.store.spaces.byIds([1, 2, 3, 4, 5, 6]);
    deepEqual(
      [proven!.presence, proven!.anchor, proven!.seen, proven!.confirmed, proven!.export],
      ['present', 'u1', '{"a":1}', '{"a":1}', null],
    );
    deepEqual(
      [sent!.presence, sent!.anchor, sent!.sent, sent!.export!.state, sent!.export!.attempts],
      ['pending', 'u2', '{"a":1}', 'sent', 1],
    );
    deepEqual([failed!.export!.state, failed!.export!.fault, failed!.anchor], ['failed', '{"kind":"invalidValue"}', null]);
    deepEqual(
      [retry!.export!.state, retry!.export!.notBefore, retry!.export!.attempts, retry!.export!.attemptedAt],
      ['waiting', NOW + 5, 1, NOW],
    );
    equal(unknown!.export!.state, 'unknown');
    equal(unanswered!.export!.state, 'unknown');
    deepEqual(
      (await take(opened, 'b', { now: NOW + 5 })).map((row) => row.id),
      [4],
    );
    deepEqual((await opened.store.spaces.count('ad'))['user'], { present: 1, linked: 1, gone: 0 });
    deepEqual(
      (await opened.store.exports.gateCounts('ad', NOW)).map((row) => [row.part, row.pending, row.sent]),
      [['create', 2, 4]],
      'what may have been done counts as sent',
    );
    deepEqual(
      (await opened.store.exports.gateCounts('ad', NOW + HOUR)).map((row) => row.sent),
      [0],
    );
  });

  test('a newer wish stays in place; what is there now is changed, not created again', async (opened) => {
    await accounts(opened, 1);
    const [row] = await take(opened, 'a');
    await commit(opened, { staged: [{ staged: 1, expectRevision: row!.revision, export: { ...WISH, wanted: '{"a":2}' } }] });
    await answers(opened, 'a', [answer(row!)]);
    const now = await rowOf(opened, 1);
    deepEqual(
      [now.presence, now.seen, now.export!.wanted, now.export!.state, now.export!.operation],
      ['present', '{"a":1}', '{"a":2}', 'waiting', 'update'],
    );
    deepEqual(
      (await take(opened, 'b')).map((taken) => taken.id),
      [1],
    );
  });

  test('what a gate keeps back of an update remains, as a wish of its own', async (opened) => {
    await accounts(opened, 1);
    const [row] = await take(opened, 'a');
    await answers(opened, 'a', [
      answer(row!, { remaining: { wanted: '{"b":1}', wantedName: null, parts: '["attribute:b"]', state: 'held' } }),
    ]);
    const now = await rowOf(opened, 1);
    deepEqual(
      [now.presence, now.export!.wanted, now.export!.parts, now.export!.state, now.export!.operation],
      ['present', '{"b":1}', '["attribute:b"]', 'held', 'update'],
    );
  });

  test('a proven delete is gone', async (opened) => {
    await accounts(opened, 1);
    const [row] = await take(opened, 'a');
    await answers(opened, 'a', [answer(row!)]);
    await commit(opened, {
      staged: [
        { staged: 1, expectRevision: (await rowOf(opened, 1)).revision, export: { ...WISH, operation: 'delete', wanted: null } },
      ],
    });
    const [again] = await take(opened, 'b');
    await answers(opened, 'b', [answer(again!, { seen: null, confirmed: null, digest: null, keys: null })]);
    const now = await rowOf(opened, 1);
    deepEqual([now.presence, now.goneAt, now.export], ['gone', NOW, null]);
    deepEqual((await opened.store.spaces.count('ad'))['user'], { present: 0, linked: 0, gone: 1 });
  });

  test('an account that is somebody else’s stays so, whatever a target answers', async (opened) => {
    await accounts(opened, 2);
    const [first, second] = await take(opened, 'a');
    await answers(opened, 'a', [answer(first!), answer(second!, { anchor: 'u1', anchorDigest: answer(first!).anchorDigest })]);
    const rows = await opened.store.spaces.scan('ad', { after: 0, limit: 9 });
    deepEqual(
      rows.map((one) => [one.id, one.anchor, one.objectId, one.presence, one.export?.state]),
      [
        [1, 'u1', 1, 'present', undefined],
        [2, null, 2, 'pending', 'failed'],
      ],
    );
    const parked = await opened.store.decisions.parked({ kind: 'refused' }, { after: 0, limit: 9 });
    deepEqual(
      parked.map((one) => [one.stagedId, (JSON.parse(one.detail) as { kind: string }).kind]),
      [[2, 'conflict']],
    );
  });

  test('an account that a read showed before its answer came is one account', async (opened) => {
    await accounts(opened, 1);
    const wished = { stagedId: 1, attribute: 'member', state: 'add', ours: true, debtSince: null } as const;
    await commit(opened, { edges: ['j', 'k'].map((key) => ({ ...wished, key, text: key })) });
    const [row] = await take(opened, 'a');
    // One of its members is wished for already.
    const edges = [{ attribute: 'member', all: { keys: ['k', 'l'], texts: null } }];
    await stage(opened, [item('u1', { kind: 'user', seen: '{"read":1}', edges })], { connection: 'ad' });
    await answers(opened, 'a', [answer(row!, { outcome: 'sent', sent: '{"a":1}', seen: null, digest: null })]);
    const rows = await opened.store.spaces.scan('ad', { after: 0, limit: 9 });
    deepEqual(
      rows.map((one) => [one.id, one.anchor, one.objectId]),
      [[1, 'u1', 1]],
    );
    deepEqual(
      (await opened.store.spaces.edgesOf([1], { limit: 9 })).map((edge) => edge.key),
      ['j', 'k', 'l'],
    );
  });

  test('what a complete read did not show is sent again or parked, and was not sent where no answer came', async (opened) => {
    await accounts(opened, 3);
    const [a, b, c] = await take(opened, 'a');
    const unknown = { outcome: 'unknown', anchor: null } as const;
    await answers(opened, 'a', [
      answer(a!, unknown),
      answer(b!, unknown),
      answer(c!, { outcome: 'sent', sent: '{}', seen: null }),
    ]);
    const rows = await opened.store.spaces.byIds([1, 2, 3]);
    const unshown = (id: number, more: object) => ({
      id,
      revision: rows[id - 1]!.revision,
      fault: null,
      steps: null,
      undone: [],
      ...more,
    });
    const { store, run, epoch } = opened;
    await store.exports.unshown({
      connection: 'ad',
      run,
      epoch,
      at: NOW,
      rows: [
        unshown(1, { undone: ['create'], steps: '{"a":1}' }),
        unshown(2, { undone: ['create'], revision: 0 }),
        unshown(3, { fault: '{"kind":"notFound"}' }),
      ],
    });
    deepEqual(
      (await store.spaces.byIds([1, 2, 3])).map((row) => [row.export!.state, row.steps, row.export!.fault]),
      [
        ['waiting', '{"a":1}', null],
        ['unknown', null, null],
        ['failed', null, '{"kind":"notFound"}'],
      ],
    );
    deepEqual(
      (await store.decisions.parked({}, { after: 0, limit: 9 })).map((one) => [one.kind, one.stagedId, one.detail]),
      [['refused', 3, '{"kind":"notFound"}']],
    );
    deepEqual(
      (await store.exports.gateCounts('ad', NOW)).map((row) => [row.part, row.pending, row.sent]),
      [['create', 2, 2]],
    );
  });

  test('marks apply to the wish they were made for', async (opened) => {
    await accounts(opened, 2);
    const { store, epoch } = opened;
    const mark = (id: number, revision: number): Promise<void> =>
      store.exports.mark({
        connection: 'ad',
        epoch,
        rows: [{ id, revision, state: 'held', holdId: 4, approved: 'x', discarded: null }],
      });
    await mark(1, 1);
    await mark(2, 7);
    deepEqual(
      (await store.spaces.byIds([1, 2])).map((row) => [row.export!.state, row.export!.holdId, row.export!.approved]),
      [
        ['held', 4, 'x'],
        ['waiting', null, null],
      ],
    );
    deepEqual(
      (await store.exports.gateCounts('ad', NOW)).map((row) => [row.part, row.pending]),
      [['create', 1]],
    );
  });

  test('after the end of a run what it had on the way is unknown', async (opened) => {
    await accounts(opened, 2);
    await take(opened, 'a', { limit: 1 });
    await opened.store.runs.finish(opened.run, opened.epoch, {
      status: 'failed',
      endedAt: NOW,
      counts: '{}',
      rowsWritten: 0,
      believed: false,
    });
    deepEqual(
      (await opened.store.spaces.byIds([1, 2])).map((row) => row.export!.state),
      ['unknown', 'waiting'],
    );
    const next = await beginRun(opened.store);
    deepEqual(
      (await take({ ...opened, ...next }, 'a')).map((row) => row.id),
      [2],
    );
  });

  test('a successor interrupts what a dead process left, and its epoch is the only one', async (opened) => {
    await accounts(opened, 2);
    await take(opened, 'a', { limit: 1 });
    await opened.store.close();
    const store = await opened.place.open();
    try {
      equal((await rowOf({ store }, 1)).export!.state, 'waiting');
      await rejects(take({ ...opened, store }, 'b'), { kind: 'conflict', name: 'Superseded' });
      const next = await beginRun(store, NOW + 1);
      equal(next.epoch, opened.epoch + 1);
      deepEqual(
        (await store.spaces.byIds([1, 2])).map((row) => row.export!.state),
        ['unknown', 'waiting'],
      );
      deepEqual(
        (await store.runs.list({ limit: 9 })).map((run) => run.status),
        ['running', 'interrupted'],
      );
      await rejects(commit({ ...opened, store }, {}), { kind: 'conflict', name: 'Superseded' });
      await rejects(stage({ ...opened, store }, [item('a')]), { kind: 'conflict', name: 'Superseded' });
      const second = await beginRun(store, NOW + 2);
      equal(second.epoch, next.epoch, 'runs of one process go side by side');
      await commit({ store, ...next }, {});
    } finally {
      await store.close();
    }
  });
}
