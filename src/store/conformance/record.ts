/** The record of runs, people's decisions, search, bytes. */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import type { NewChange } from '../contract.ts';
import { beginRun, commit, deletion, item, NOW, type Opened, type Suite, stage, withStore } from './sample.ts';

export function recordSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`record: ${name}`, () => withStore(suite, use));

  test('the last time that is believed is that of the last run that ended so', async ({ store, run, epoch }) => {
    const end = { status: 'done', endedAt: NOW, counts: '{}', rowsWritten: 0 } as const;
    equal(await store.runs.believedNow(), 0);
    const later = await beginRun(store, NOW + 7);
    await store.runs.finish(later.run, epoch, { ...end, believed: false });
    equal(await store.runs.believedNow(), 0);
    await store.runs.finish(run, epoch, { ...end, believed: true });
    equal(await store.runs.believedNow(), NOW);
    const earlier = await beginRun(store, NOW - 7);
    await store.runs.finish(earlier.run, epoch, { ...end, believed: true });
    equal(await store.runs.believedNow(), NOW);
  });

  test('runs are listed newest first, with their end', async ({ store, run, epoch }) => {
    const second = await beginRun(store, NOW - 5);
    await store.runs.progress(run, epoch, '{"hr":1}');
    await store.runs.finish(run, epoch, {
      status: 'warnings',
      endedAt: NOW + 9,
      counts: '{"hr":2}',
      rowsWritten: 7,
      believed: false,
    });
    deepEqual(
      (await store.runs.list({ limit: 9 })).map((row) => [row.id, row.status]),
      [
        [second.run, 'running'],
        [run, 'warnings'],
      ],
    );
    deepEqual(
      (await store.runs.list({ limit: 9, before: second.run })).map((row) => row.id),
      [run],
    );
    const row = (await store.runs.get(run))!;
    deepEqual(
      [row.endedAt, row.counts, row.rowsWritten, row.by, row.profile, row.rulesHash],
      [NOW + 9, '{"hr":2}', 7, 'test', 'cycle', 'rules'],
    );
    equal(await store.runs.get(999), null);
    equal(await store.runs.latestNow(), NOW);
  });

  test('changes are found by run and by object, ranges included', async ({ store, run, epoch }) => {
    const update = (id: number): NewChange => ({
      subject: 'object',
      from: id,
      to: id,
      operation: 'update',
      before: '{"a":1}',
      after: '{"a":2}',
    });
    await store.runs.recordChanges(run, epoch, [
      { subject: 'object', from: 1, to: 100, operation: 'create', before: null, after: null },
      update(5),
      update(6),
    ]);
    const other = await beginRun(store);
    await store.runs.recordChanges(other.run, epoch, [
      update(5),
      { subject: 'staged', from: 5, to: 5, operation: 'delete', before: '{}', after: null },
    ]);
    await store.runs.recordChanges(run, epoch, [update(7)]);
    deepEqual(
      (await store.runs.changes({ run }, { limit: 9 })).map((row) => [row.from, row.to]),
      [
        [1, 100],
        [5, 5],
        [6, 6],
        [7, 7],
      ],
    );
    const history = await store.runs.changes({ subject: 'object', id: 5 }, { limit: 9 });
    deepEqual(
      history.map((row) => [row.run, row.operation, row.before]),
      [
        [run, 'create', null],
        [run, 'update', '{"a":1}'],
        [other.run, 'update', '{"a":1}'],
      ],
    );
    deepEqual(
      (await store.runs.changes({ subject: 'object', id: 5 }, { after: history[0]!.id, limit: 1 })).map((row) => row.id),
      [history[1]!.id],
    );
    deepEqual(await store.runs.changes({ subject: 'object', id: 101 }, { limit: 9 }), []);
    const ids = history.map((row) => row.id);
    const back = async (by: Parameters<typeof store.runs.changes>[0], before: number): Promise<number[]> =>
      (await store.runs.changes(by, { before, limit: 2 })).map((row) => row.id);
    deepEqual(await back({ subject: 'object', id: 5 }, Number.MAX_SAFE_INTEGER), [ids[2], ids[1]]);
    deepEqual(await back({ subject: 'object', id: 5 }, ids[1]!), [ids[0]]);
    deepEqual(await back({ run }, ids[2]!), [ids[1]! + 1, ids[1]]);
  });

  test('errors keep what was said', async ({ store, run, epoch }) => {
    const fault = { kind: 'invalidValue' as const, message: 'no', where: { line: 3 }, remedy: 'mend it' };
    await store.runs.recordErrors(
      [
        { run, connection: 'hr', subject: 'staged', subjectId: 4, fault },
        { run, connection: null, subject: null, subjectId: null, fault },
      ],
      epoch,
    );
    const rows = await store.runs.errors(run, { limit: 9 });
    deepEqual(
      rows.map((row) => [row.connection, row.subject, row.subjectId]),
      [
        ['hr', 'staged', 4],
        [null, null, null],
      ],
    );
    deepEqual(rows[0]!.fault, fault);
    equal((await store.runs.errors(run, { after: rows[0]!.id, limit: 9 })).length, 1);
  });

  test('old runs go in slices, with all that is theirs', async ({ store, run, epoch }) => {
    const change: NewChange = { subject: 'object', from: 1, to: 1, operation: 'update', before: null, after: null };
    await store.runs.recordChanges(run, epoch, [change, change, change]);
    await store.runs.recordErrors(
      [{ run, connection: null, subject: null, subjectId: null, fault: { kind: 'internal', message: '', where: {} } }],
      epoch,
    );
    await store.runs.finish(run, epoch, { status: 'done', endedAt: NOW, counts: '{}', rowsWritten: 0, believed: false });
    const kept = await beginRun(store);
    await store.runs.recordChanges(kept.run, epoch, [change]);
    equal(await store.runs.clean(NOW, 99), 0);
    deepEqual(
      [
        await store.runs.clean(NOW + 1, 2),
        await store.runs.clean(NOW + 1, 2),
        await store.runs.clean(NOW + 1, 2),
        await store.runs.clean(NOW + 1, 2),
      ],
      [2, 2, 1, 0],
    );
    deepEqual(
      (await store.runs.list({ limit: 9 })).map((row) => row.id),
      [kept.run],
    );
    equal((await store.runs.changes({ run: kept.run }, { limit: 9 })).length, 1);
  });

  test('decisions stand until they are taken back, and wake whom they concern', async ({ store }) => {
    const decision = {
      kind: 'barred' as const,
      stagedId: 3,
      objectId: 4,
      connection: 'hr',
      detail: '{}',
      by: 'ann',
      at: NOW,
      reason: 'wrong one',
    };
    const id = await store.decisions.record(decision, [{ subject: 'object', from: 4, to: 4, cause: 'decision' }]);
    const other = await store.decisions.record({ ...decision, kind: 'fixed', stagedId: null, objectId: 5, connection: null }, []);
    deepEqual(
      (await store.sync.dirty()).ranges.map((range) => range.cause),
      ['decision'],
    );
    deepEqual(await store.decisions.list({ stagedIds: [3], active: true }, { after: 0, limit: 9 }), [
      { ...decision, id, revokedAt: null },
    ]);
    deepEqual(
      (await store.decisions.list({ objectIds: [4, 5], active: true }, { after: 0, limit: 9 })).map((row) => row.id),
      [id, other],
    );
    deepEqual(
      (await store.decisions.list({ connection: 'hr', active: true }, { after: 0, limit: 9 })).map((row) => row.id),
      [id],
    );
    deepEqual(
      (await store.decisions.list({ kinds: ['fixed', 'link'], active: true }, { after: 0, limit: 9 })).map((row) => row.id),
      [other],
    );
    await store.decisions.revoke(id, NOW + 1, [{ subject: 'object', from: 4, to: 4, cause: 'revoked' }]);
    deepEqual(await store.decisions.list({ stagedIds: [3], active: true }, { after: 0, limit: 9 }), []);
    equal((await store.decisions.list({ active: false }, { after: 0, limit: 9 }))[0]!.revokedAt, NOW + 1);
  });

  test('debts are listed by place', async (opened) => {
    await stage(opened, [item('a'), item('b')]);
    const edge = (stagedId: number, key: string, debtSince: number | null): Parameters<typeof commit>[1] => ({
      edges: [{ stagedId, attribute: 'manager', key, text: key.toUpperCase(), state: 'seen', ours: false, debtSince }],
    });
    for (const [id, key, since] of [
      [1, 'x', 5],
      [1, 'y', null],
      [2, 'x', 6],
    ] as const)
      await commit(opened, edge(id, key, since));
    const debts = await opened.store.people.debts({ after: null, limit: 1 });
    deepEqual(
      debts.map((row) => [row.stagedId, row.key, row.text, row.debtSince, row.connection]),
      [[1, 'x', 'X', 5, 'hr']],
    );
    deepEqual(
      (await opened.store.people.debts({ after: debts[0]!, limit: 9 })).map((row) => row.stagedId),
      [2],
    );
    await commit(opened, edge(1, 'x', null));
    equal((await opened.store.people.debts({ after: null, limit: 9 })).length, 1);
    await stage(opened, [deletion('b')]);
    equal((await opened.store.people.debts({ after: null, limit: 9 })).length, 0);
  });

  test('bytes are kept once, by content', async ({ store }) => {
    const bytes = new Uint8Array([0, 1, 255]);
    await store.blobs.put([
      { hash: 'h', bytes },
      { hash: 'h', bytes },
    ]);
    deepEqual(Buffer.from((await store.blobs.get('h'))!), Buffer.from(bytes));
    equal(await store.blobs.get('none'), null);
  });

  test('what is not in the value domain is refused before it is written', async (opened) => {
    const { store, run, epoch } = opened;
    for (const anchor of ['a\0b', 'half \ud800', '\udc00'])
      await rejects(stage(opened, [item(anchor)]), { kind: 'invalidValue' });
    for (const changedAt of [0.5, Number.NaN, 2 ** 53])
      await rejects(stage(opened, [item('a', { changedAt })]), { kind: 'invalidValue' });
    await rejects(store.runs.progress(run, epoch, 'x\0'), { kind: 'invalidValue' });
    await stage(opened, [
      item('ok \u{1F600}', { changedAt: Number.MAX_SAFE_INTEGER, seen: JSON.stringify({ n: '9223372036854775807' }) }),
    ]);
    const [row] = await store.spaces.byIds([1]);
    deepEqual([row!.anchor, row!.changedAt, row!.seen], ['ok \u{1F600}', Number.MAX_SAFE_INTEGER, '{"n":"9223372036854775807"}']);
  });
}
