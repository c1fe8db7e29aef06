/** The audit log: events in the transaction of what they describe, segments, what may leave it and what may not. */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import type { AuditEvent } from '../contract.ts';
import { beginRun, deletion, item, NOW, type Opened, type Suite, withStore } from './sample.ts';

const event = (more: Partial<AuditEvent> = {}): AuditEvent => ({
  at: NOW,
  action: 'test.done',
  actor: { kind: 'person', name: 'ann', token: null, source: null },
  subject: {},
  outcome: 'done',
  digest: null,
  values: null,
  ...more,
});
const VALUES = { digest: 'd', values: { salt: '00ff', before: null, after: '{"a":1}' } };
const ALL = { after: 0, limit: 10_000 };

export function auditSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`audit: ${name}`, () => withStore(suite, use));

  const seqs = async ({ store }: Pick<Opened, 'store'>, ...about: Parameters<typeof store.audit.list>): Promise<number[]> =>
    (await store.audit.list(...about)).events.map((row) => row.seq);

  test('events are there as they were given, and are found by what they say', async (opened) => {
    const { store } = opened;
    const token = { kind: 'token' as const, name: 'okta', token: 't1', source: '192.0.2.7' };
    await store.audit.append([
      event(),
      event({ actor: token, subject: { connection: 'hr', stagedId: 4, objectId: 5, runId: 6 }, ...VALUES }),
      event({ action: 'test', at: NOW + 5, outcome: 'refused' }),
      event({ action: 'tests.done', subject: { objectId: 9 } }),
    ]);
    const { events: all } = await store.audit.list({}, ALL);
    deepEqual(all[0], { ...event(), seq: 1 });
    const subject = { connection: 'hr', stagedId: 4, objectId: 5, runId: 6 };
    deepEqual(all[1], { ...event({ actor: token, subject, ...VALUES }), seq: 2 });
    deepEqual(await seqs(opened, { action: 'test' }, ALL), [1, 2, 3]);
    deepEqual(await seqs(opened, { action: 'test.done' }, { before: 9, limit: 9 }), [2, 1]);
    deepEqual(await seqs(opened, { actor: 'ann', outcome: 'done' }, ALL), [1, 4]);
    deepEqual(await seqs(opened, { token: 't1', source: '192.0.2.7', connection: 'hr', runId: 6 }, ALL), [2]);
    deepEqual(await seqs(opened, { connection: 'nobody' }, ALL), []);
    deepEqual(await seqs(opened, { since: NOW + 1, until: NOW + 5 }, ALL), [3]);
    deepEqual(await seqs(opened, { stagedIds: [4], objectIds: [9] }, ALL), [2, 4]);
    deepEqual(await seqs(opened, { objectIds: [4] }, ALL), []);
    deepEqual(await seqs(opened, {}, { after: 2, limit: 1 }), [3]);
  });

  test('a page ends where its events do, or after a mebibyte of values', async (opened) => {
    const { store } = opened;
    const large = (mebibytes: number): AuditEvent =>
      event({ digest: 'd', values: { salt: '00ff', before: null, after: `"${'ü'.repeat(mebibytes * 524_288)}"` } });
    await store.audit.append([event(), large(0.6), large(0.6), large(0.2), large(1.5), large(0.5)]);
    const pages = async (page: { limit: number } & ({ after: number } | { before: number })): Promise<unknown> => {
      const { events, next } = await store.audit.list({}, page);
      return [events.map(({ seq }) => seq), next];
    };
    deepEqual(await pages({ after: 0, limit: 2 }), [[1, 2], 2]);
    deepEqual(await pages({ after: 0, limit: 9 }), [[1, 2, 3], 3]);
    deepEqual(await pages({ after: 3, limit: 9 }), [[4, 5], 5]);
    deepEqual(await pages({ after: 5, limit: 1 }), [[6], null]);
    deepEqual(await pages({ before: 7, limit: 9 }), [[6, 5], 5]);
    deepEqual(await pages({ before: 5, limit: 4 }), [[4, 3, 2], 2]);
    deepEqual(await pages({ before: 2, limit: 1 }), [[1], null]);
    deepEqual(await pages({ before: 1, limit: 1 }), [[], null]);
  });

  test('what is staged, decided or begun has its event with it, or both are not there', async (opened) => {
    const { store, run, epoch } = opened;
    const items = [...Array.from({ length: 900 }, (_, i) => item(`p${999 - i}`)), item('old', { revision: 7 }), deletion('none')];
    const about = (place: number) => ({ ...event({ subject: { connection: 'hr' } }), item: place });
    const batch = { connection: 'hr', run, epoch, unlessTouchedSince: null, items };
    const { ids } = await store.spaces.stage({ ...batch, audit: [0, 450, 899, 900, 901].map(about) });
    const { events: rows } = await store.audit.list({}, ALL);
    deepEqual(
      rows.map((row) => row.subject.stagedId ?? 0).sort((a, b) => a - b),
      [0, ids[0]!, ids[450]!, ids[899]!].sort((a, b) => a - b),
    );
    await rejects(store.spaces.stage({ ...batch, epoch: epoch + 9, items: [item('x')], audit: [about(0)] }));
    equal((await store.audit.list({}, ALL)).events.length, rows.length);
    const row = {
      kind: 'barred' as const,
      stagedId: 3,
      objectId: 4,
      connection: 'hr',
      detail: '{}',
      by: 'ann',
      at: NOW,
      reason: '',
    };
    await store.decisions.record(row, [], [event({ action: 'decision.barred', subject: { stagedId: 3 } })]);
    const begun = { profile: 'cycle', now: NOW, startedAt: NOW, by: 'ann', rulesHash: 'rules' };
    const { id } = await store.runs.begin({ ...begun, audit: [event({ action: 'run.start' })] });
    const [decided, started] = (await store.audit.list({}, { after: rows.length, limit: 9 })).events;
    deepEqual([decided!.action, started!.action, started!.subject.runId], ['decision.barred', 'run.start', id]);
  });

  test('numbers have no gap, whoever writes at the same time', async ({ store, place, run, epoch }) => {
    const other = store.several === null ? store : await place.open();
    try {
      const failing = { connection: 'hr', run, epoch: epoch + 9, unlessTouchedSince: null, items: [item('a')] };
      await Promise.all(
        Array.from({ length: 40 }, (_, i) => [
          (i % 2 ? other : store).audit.append([event(), event()]),
          store.spaces.stage({ ...failing, audit: [{ ...event(), item: 0 }] }).catch(() => undefined),
        ]).flat(),
      );
    } finally {
      if (other !== store) await other.close();
    }
    deepEqual(
      (await store.audit.list({}, ALL)).events.map((row) => row.seq),
      Array.from({ length: 80 }, (_, i) => i + 1),
    );
  });

  test('a segment follows the one before it', async ({ store }) => {
    await store.audit.append([event(), event(), event()]);
    const segment = (from: number, to: number, previous: string, hash: string) => ({ from, to, previous, hash, at: NOW });
    equal(await store.audit.head(), null);
    equal(await store.audit.seal(segment(1, 2, 'first', 'h1')), true);
    equal(await store.audit.seal(segment(1, 3, 'first', 'hx')), false, 'another process did it');
    await rejects(store.audit.seal(segment(3, 4, 'h1', 'hx')), { kind: 'conflict' });
    await rejects(store.audit.seal(segment(3, 3, 'other', 'hx')), { kind: 'conflict' });
    equal(await store.audit.seal(segment(3, 3, 'h1', 'h2')), true);
    deepEqual(await store.audit.head(), { ...segment(3, 3, 'h1', 'h2'), removedAt: null });
    deepEqual(
      (await store.audit.segments({ after: 0, limit: 9 })).map((one) => one.hash),
      ['h1', 'h2'],
    );
    deepEqual(await store.audit.segments({ after: 2, limit: 1 }), [{ ...segment(3, 3, 'h1', 'h2'), removedAt: null }]);
  });

  test('values are erased and leave their digest; old segments go from the oldest, and leave what the next is chained to', async (opened) => {
    const { store } = opened;
    const about = (subject: AuditEvent['subject']): AuditEvent => event({ subject, ...VALUES });
    await store.audit.append([about({ stagedId: 1 }), about({ objectId: 2 }), about({ stagedId: 2, objectId: 9 }), event()]);
    equal(await store.audit.erase({ stagedIds: [1], objectIds: [9] }, []), 2);
    equal(await store.audit.erase({ objectIds: [4] }, [event({ subject: { objectId: 4 }, ...VALUES })]), 0);
    deepEqual(
      (await store.audit.list({}, ALL)).events.map(({ digest, values }) => [digest, values === null]),
      [
        ['d', true],
        ['d', false],
        ['d', true],
        [null, true],
        ['d', false],
      ],
    );
    equal(await store.audit.clean(NOW + 9, NOW + 9), 0, 'what is not sealed stays');
    await store.audit.seal({ from: 1, to: 2, previous: 'first', hash: 'h1', at: NOW });
    await store.audit.seal({ from: 3, to: 3, previous: 'h1', hash: 'h2', at: NOW + 1 });
    await store.audit.seal({ from: 4, to: 4, previous: 'h2', hash: 'h3', at: NOW + 2 });
    equal(await store.audit.clean(NOW, NOW + 9), 0);
    equal(await store.audit.clean(NOW + 2, NOW + 9), 2);
    equal(await store.audit.clean(NOW + 2, NOW + 9), 1);
    equal(await store.audit.clean(NOW + 2, NOW + 9), 0);
    deepEqual(await seqs(opened, {}, ALL), [4, 5]);
    deepEqual(
      (await store.audit.segments({ after: 0, limit: 9 })).map((one) => [one.hash, one.removedAt]),
      [
        ['h2', NOW + 9],
        ['h3', null],
      ],
    );
    await beginRun(store);
    await store.audit.append([event()]);
    deepEqual(await seqs(opened, {}, ALL), [4, 5, 6]);
  });
}
