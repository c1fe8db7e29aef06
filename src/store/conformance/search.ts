/** Finding people and groups by words, and the index of them. */
import { deepEqual, equal } from 'node:assert/strict';
import { wholeWord } from '#core/searched';
import { commit, type Opened, object, type Suite, withStore } from './sample.ts';

export function searchSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`search: ${name}`, () => withStore(suite, use));

  test('people are found by the beginnings of their words, changed ones by the new ones', async (opened) => {
    const { store } = opened;
    const find = async (...words: string[]): Promise<number[]> =>
      (await store.people.search({ words, after: 0, limit: 9, beside: 9 })).rows.map((row) => row.id);
    await commit(opened, {
      objects: [
        object(1, { folded: 'anna muller' }),
        object(2, { folded: 'hannah mulder 王伟' }),
        object(3, { kind: 'group', folded: 'muller team' }),
      ],
    });
    deepEqual(await find('mul'), [1, 2, 3]);
    deepEqual(await find('mul', 'an'), [1]);
    deepEqual(await find('王'), [2]);
    deepEqual(await find('"mul'), [1, 2, 3], 'quotes are no syntax');
    await commit(opened, { objects: [object(1, { insert: false, expectRevision: 1, folded: 'anna schmidt' })] });
    const reader = await opened.place.open({ readOnly: true });
    deepEqual(
      (await reader.people.search({ words: ['schm'], after: 0, limit: 9, beside: 9 })).rows.map((row) => row.id),
      [1],
      'before anything was indexed',
    );
    deepEqual(
      (await reader.people.search({ words: ['mul'], kind: 'person', after: 0, limit: 9, beside: 9 })).rows.map((row) => row.id),
      [2],
    );
    await reader.close();
    deepEqual([await find('muller'), await find('schmidt'), await find()], [[3], [1], []]);
    deepEqual(
      (await store.people.search({ words: ['mul'], after: 2, limit: 9, beside: 9 })).rows.map((row) => row.id),
      [3],
    );
  });

  test('who is called so is found by the whole value, and whom the index does not know yet is counted', async (opened) => {
    const { store } = opened;
    const find = async (words: string[], beside = 0): Promise<[number[], number]> => {
      const { rows, unindexed } = await store.people.search({ words, after: 0, limit: 9, beside });
      return [rows.map((row) => row.id), unindexed];
    };
    const folded = ['annabel ray', `anna ray ${wholeWord('anna@firm.example')}`, 'anna rayleigh', 'annegret ray'];
    await commit(opened, { objects: folded.map((text, i) => object(i + 1, { folded: text })) });
    deepEqual(await find(['anna']), [[], 4]);
    deepEqual(await find(['anna'], 2), [[3], 2], 'the newest first');
    for (;;) if (!(await store.people.indexForSearch(1))) break;
    deepEqual(await find(['anna', 'ray']), [[1, 2, 3], 0]);
    deepEqual(await find([wholeWord('ANNA@firm.example')]), [[2], 0]);
    deepEqual(await find([wholeWord('anna')]), [[], 0], 'a beginning is not the whole');
    await store.people.foldAgain({
      state: { shape: 'other', upTo: 2 },
      texts: [
        { id: 1, revision: 1, folded: 'bella' },
        { id: 2, revision: 7, folded: 'somebody else' },
        { id: 3, revision: 1, folded: 'anna rayleigh' },
      ],
    });
    deepEqual(await store.people.searchState(), { shape: 'other', upTo: 2 });
    deepEqual(
      [await find(['anna']), await find(['bel'], 1)],
      [
        [[2, 3], 1],
        [[1], 0],
      ],
    );
    equal(await store.people.indexForSearch(9), false);
    deepEqual(
      [await find(['annab']), await find(['bel'])],
      [
        [[], 0],
        [[1], 0],
      ],
    );
  });

  test('a few of many are found: a rare word beside common ones, a kind that few are of', async (opened) => {
    const { store } = opened;
    const many = Array.from({ length: 2_200 }, (_, i) =>
      object(i + 1, { kind: i === 2_100 ? 'group' : 'person', folded: `anna${i === 1_900 ? 'bel' : ''} example number${i}` }),
    );
    await commit(opened, { objects: many });
    while (await store.people.indexForSearch(5_000));
    const find = async (words: string[], more: { kind?: string; after?: number } = {}): Promise<number[]> =>
      (await store.people.search({ words, after: 0, limit: 3, beside: 0, ...more })).rows.map((row) => row.id);
    deepEqual(await find(['annabel', 'example']), [1_901]);
    deepEqual(await find(['anna', 'exam']), [1, 2, 3]);
    deepEqual(await find(['anna', 'exam'], { after: 2_198 }), [2_199, 2_200]);
    deepEqual(await find(['anna'], { kind: 'group' }), [2_101]);
    deepEqual(await find(['number2', 'annab']), []);
  });
}
