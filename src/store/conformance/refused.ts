/** What a target refused: what goes out again by itself, and when. */
import { deepEqual } from 'node:assert/strict';
import type { StagedRow } from '../contract.ts';
import { answer, answers, take } from './attempts.ts';
import { account, commit, NOW, type Opened, object, type Suite, withStore } from './sample.ts';

export function refusedSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`refused: ${name}`, () => withStore(suite, use));

  test('of what was refused, what goes out again by itself until then is listed; put back it waits for no time', async (opened) => {
    await commit(opened, {
      objects: [1, 2, 3, 4].map((id) => object(id)),
      staged: [1, 2, 3, 4].map((id) => account(id, id)),
    });
    const rows = await take(opened, 'a');
    const refused = { outcome: 'failed', fault: '{"kind":"permission"}', parts: [] } as const;
    await answers(
      opened,
      'a',
      rows.map((row, i) => answer(row, { ...refused, notBefore: [0, NOW + 5, NOW + 9, NOW + 5][i]! })),
    );
    const again = async (until: number, after = 0): Promise<readonly StagedRow[]> =>
      await opened.store.exports.list('ad', ['failed'], { after, limit: 9, again: until });
    const ids = async (until: number, after = 0): Promise<number[]> => (await again(until, after)).map((row) => row.id);
    deepEqual([await ids(NOW + 4), await ids(NOW + 5), await ids(NOW + 5, 2), await ids(NOW + 9)], [[], [2, 4], [4], [2, 3, 4]]);
    const [two] = await again(NOW + 5);
    const mark = {
      id: 2,
      revision: two!.export!.revision,
      state: 'waiting',
      holdId: null,
      approved: null,
      discarded: null,
    } as const;
    await opened.store.exports.mark({ connection: 'ad', epoch: opened.epoch, rows: [mark] });
    deepEqual(
      (await take(opened, 'b')).map((row) => row.id),
      [2],
    );
  });

  test('how many there are is counted without what was never sent and what is ignored', async (opened) => {
    await commit(opened, {
      objects: [1, 2, 3, 4].map((id) => object(id)),
      staged: [1, 2, 3, 4].map((id) => account(id, id)),
    });
    const { decisions } = opened.store;
    deepEqual(await decisions.refusals('ad'), { count: 0, first: null });
    const rows = await take(opened, 'a');
    const fault = (row: StagedRow): string =>
      `{"kind":"permission","message":"${row.id}"${row.id === 2 ? ',"unsent":true' : ''}}`;
    await answers(
      opened,
      'a',
      rows.map((row) => answer(row, { outcome: 'failed', fault: fault(row), parts: [] })),
    );
    const about = { stagedId: 1, objectId: null, connection: 'ad', by: 'Ada', at: NOW, reason: 'known' };
    await decisions.record({ ...about, kind: 'ignore', detail: '{"parked":"invalidValue"}' }, []);
    deepEqual(await decisions.refusals('ad'), { count: 3, first: fault(rows[0]!) });
    const id = await decisions.record({ ...about, kind: 'ignore', detail: '{"parked":"refused"}' }, []);
    deepEqual(await decisions.refusals('ad'), { count: 2, first: fault(rows[2]!) });
    await decisions.revoke(id, NOW, []);
    deepEqual([(await decisions.refusals('ad')).count, (await decisions.refusals('hr')).count], [3, 0]);
  });
}
