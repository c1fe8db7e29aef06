/** A wish on its way whose place another one took: what may have been written stays known (SEMANTICS 9). */
import { deepEqual, equal } from 'node:assert/strict';
import type { StagedRow, StagedWrite } from '../contract.ts';
import { answer, answers, take } from './attempts.ts';
import {
  account,
  beginRun,
  commit,
  dirtyOf,
  item,
  NOW,
  type Opened,
  object,
  type Suite,
  settled,
  stage,
  WISH,
  withStore,
} from './sample.ts';

const SENT = '{"a":1}';
const NEWER: NonNullable<StagedWrite['export']> = { ...WISH, operation: 'update', wanted: '{"a":2}', parts: '["attribute:b"]' };
const OLDER = { ...NEWER, wanted: SENT, parts: '["attribute:a"]' };
const UNKNOWN = { outcome: 'unknown', anchor: null, parts: ['update'] } as const;
const NOTED = { before: null, after: '{"unanswered":{"a":[1]}}' };

/** One account that is there, and a change of it on its way. */
async function onItsWay(opened: Opened): Promise<StagedRow> {
  await commit(opened, { objects: [object(1)], staged: [account(1, 1)] });
  const [made] = await take(opened, 'made');
  await answers(opened, 'made', [answer(made!, { seen: '{"a":0}', confirmed: '{"a":0}' })]);
  await wants(opened, OLDER);
  await settled(opened);
  return (await take(opened, 'a'))[0]!;
}

async function rowOf({ store }: Pick<Opened, 'store'>): Promise<StagedRow> {
  return (await store.spaces.byIds([1]))[0]!;
}

async function wants(opened: Opened, wish: StagedWrite['export'], more: Partial<StagedWrite> = {}): Promise<void> {
  const { revision } = await rowOf(opened);
  await commit(opened, {
    staged: [{ staged: 1, expectRevision: revision, ...(wish === undefined ? {} : { export: wish }), ...more }],
  });
}

async function ends({ store, run, epoch }: Opened): Promise<void> {
  await store.runs.finish(run, epoch, { status: 'failed', endedAt: NOW, counts: '{}', rowsWritten: 0, believed: false });
}

const shown = ({ export: wish, steps, overtaken }: StagedRow) => ({
  state: wish?.state ?? null,
  wanted: wish?.wanted ?? null,
  attempts: wish?.attempts ?? null,
  steps,
  overtaken,
});

export function overtakenSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`overtaken: ${name}`, () => withStore(suite, use));

  test('an answer of unknown outcome is noted also where a newer wish is in place', async (opened) => {
    const row = await onItsWay(opened);
    await wants(opened, NEWER, { steps: '{"disabledAt":7}' });
    equal((await rowOf(opened)).overtaken, SENT);
    await answers(opened, 'a', [answer(row, { ...UNKNOWN, steps: NOTED })]);
    const steps = '{"disabledAt":7,"unanswered":{"a":[1]}}';
    deepEqual(shown(await rowOf(opened)), { state: 'unknown', wanted: '{"a":2}', attempts: 0, steps, overtaken: null });
  });

  test('what was noted while a write was on its way stays when it is answered', async (opened) => {
    const row = await onItsWay(opened);
    await wants(opened, NEWER, { steps: '{"disabledAt":7}' });
    await answers(opened, 'a', [answer(row, { seen: SENT, steps: { before: null, after: '{"confirmedAt":9}' } })]);
    equal((await rowOf(opened)).steps, '{"confirmedAt":9,"disabledAt":7}');
  });

  test('a wish that was taken back waits for a read where no answer came', async (opened) => {
    const row = await onItsWay(opened);
    await wants(opened, null);
    deepEqual(shown(await rowOf(opened)), { state: null, wanted: null, attempts: null, steps: null, overtaken: SENT });
    await answers(opened, 'a', [answer(row, { ...UNKNOWN, steps: NOTED })]);
    const { steps, ...now } = shown(await rowOf(opened));
    deepEqual([now, steps], [{ state: 'unknown', wanted: SENT, attempts: 1, overtaken: null }, NOTED.after]);
    equal((await rowOf(opened)).export!.attemptedAt, NOW);
  });

  test('and is gone where the answer says that nothing was done', async (opened) => {
    const row = await onItsWay(opened);
    await wants(opened, null);
    await answers(opened, 'a', [answer(row, { outcome: 'retry', anchor: null })]);
    deepEqual(shown(await rowOf(opened)), { state: null, wanted: null, attempts: null, steps: null, overtaken: null });
    deepEqual(await dirtyOf(opened), []);
  });

  for (const [how, wish] of [
    ['newer', NEWER],
    ['taken back', null],
  ] as const) {
    test(`what was done for an older wish is looked at again (${how})`, async (opened) => {
      const row = await onItsWay(opened);
      await wants(opened, wish);
      await answers(opened, 'a', [answer(row, { seen: SENT })]);
      deepEqual(await dirtyOf(opened), ['staged 1-1 overtaken']);
    });

    test(`an attempt that was lost had what it wanted, not what came after it (${how})`, async (opened) => {
      await onItsWay(opened);
      await wants(opened, wish);
      await ends(opened);
      deepEqual(
        shown(await rowOf(opened)),
        wish
          ? { state: 'unknown', wanted: '{"a":2}', attempts: 0, steps: null, overtaken: SENT }
          : { state: 'unknown', wanted: SENT, attempts: 1, steps: null, overtaken: null },
      );
      const counts = await opened.store.exports.gateCounts('ad', NOW);
      deepEqual(
        counts.map(({ part, sent }) => [part, sent]),
        [
          ['attribute:a', 1],
          ['create', 1],
        ],
      );
    });
  }

  test('it is forgotten where a complete read shows that nothing of it was done', async (opened) => {
    const { store, run, epoch } = opened;
    await onItsWay(opened);
    await wants(opened, NEWER);
    await ends(opened);
    const { revision, overtaken } = await rowOf(opened);
    equal(overtaken, SENT);
    const rows = [{ id: 1, revision, fault: null, steps: null, undone: [] }];
    await store.exports.unshown({ connection: 'ad', run, epoch, at: NOW, rows });
    const { overtaken: kept, export: wish } = await rowOf(opened);
    deepEqual([kept, wish!.state, wish!.wanted], [null, 'waiting', '{"a":2}']);
  });

  test('it is kept until the steps remember it', async (opened) => {
    await onItsWay(opened);
    await wants(opened, NEWER);
    await wants(opened, undefined, { steps: '{"b":1}' });
    equal((await rowOf(opened)).overtaken, SENT, 'it is on its way still');
    await ends(opened);
    const next = { ...opened, ...(await beginRun(opened.store)) };
    const settle = { confirmed: null, settled: false };
    await stage(next, [item('u1', { kind: 'user', seen: '{"c":1}', settle })], { connection: 'ad' });
    equal((await rowOf(next)).overtaken, SENT);
    await stage(next, [item('u1', { kind: 'user', seen: '{"c":2}', settle: { ...settle, steps: '{"d":1}' } })], {
      connection: 'ad',
    });
    deepEqual([(await rowOf(next)).overtaken, (await rowOf(next)).steps], [null, '{"d":1}']);
  });
}
