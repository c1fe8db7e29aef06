/** What was pushed is found: by keys, by conditions, in pages; a unique key has one owner. */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { type Condition, type Folded, foldedText, holds } from '#core/condition';
import type { PushedKey, PushedPosition, PushedSort, StageItem, Store } from '../contract.ts';
import { RandomConditions } from './random-conditions.ts';
import { deletion, item, NOW, type Opened, rowsOf, type Suite, stage, withStore } from './sample.ts';

type PageRequest = Parameters<Store['pushed']['page']>[0];

const ALL = { connection: 'hr', kind: 'person', condition: null, keys: null } as const;
const EQ = (path: string, value: string): Condition => ({ compare: 'eq', path: path.split('.'), value });

const key = (path: string, norm: string, unique = false): PushedKey => ({ path, norm, unique });

function user(anchor: string, userName: string, more: Folded = {}, rest: Partial<StageItem> = {}): StageItem {
  const document = foldedText({ userName: [userName], ...more });
  return item(anchor, { ...rest, pushed: { document, keys: [key('userName', userName, true), key('title', 'x')] } });
}

export function pushedSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`pushed: ${name}`, () => withStore(suite, use));
  const page = async ({ store }: Opened, request: Partial<PageRequest>) =>
    await store.pushed.page({ ...ALL, sort: null, after: null, offset: 0, limit: 100, ...request });
  const anchors = async (opened: Opened, request: Partial<PageRequest>): Promise<(string | null)[]> =>
    (await page(opened, request)).rows.map(({ anchor }) => anchor);
  const owners = async ({ store }: Opened, ...names: string[]): Promise<(string | null)[]> =>
    (await store.pushed.byKeys('hr', 'person', 'userName', names)).map(({ anchor }) => anchor);

  test('an object is found by its keys and by what its document says, in its connection and kind', async (opened) => {
    const { pushed } = opened.store;
    await stage(opened, [user('1', 'ada', { active: [true] }), user('2', 'bob'), item('never pushed')]);
    await stage(opened, [user('3', 'ada', {}, { kind: 'group' })]);
    await stage(opened, [user('4', 'ada')], { connection: 'other' });
    deepEqual(await owners(opened, 'bob', 'ada', 'bob', 'none'), ['1', '2']);
    deepEqual(await anchors(opened, { condition: EQ('userName', 'ada') }), ['1']);
    deepEqual(await anchors(opened, { condition: EQ('userName', 'ada'), kind: null }), ['1', '3']);
    deepEqual(await anchors(opened, { kind: null }), ['1', '2', '3']);
    deepEqual(await anchors(opened, { connection: 'none', kind: null }), []);
    const keys = [key('title', 'x'), key('userName', 'ada')];
    deepEqual(await anchors(opened, { condition: EQ('userName', 'bob'), keys }), ['2']);
    deepEqual(await anchors(opened, { keys: [] }), []);
    deepEqual(await anchors(opened, { keys, kind: null, offset: 1, limit: 1 }), ['2']);
    deepEqual(
      [
        await pushed.count({ ...ALL, most: 9 }),
        await pushed.count({ ...ALL, kind: null, most: 9 }),
        await pushed.count({ ...ALL, kind: null, most: 2 }),
        await pushed.count({ ...ALL, condition: EQ('userName', 'bob'), most: 9 }),
        await pushed.count({ ...ALL, condition: { and: [] }, most: 1 }),
        await pushed.count({ ...ALL, keys, condition: null, most: 9 }),
      ],
      [2, 3, 2, 1, 1, 2],
    );
  });

  test('it is found as it was last pushed, and what is as it was is not written', async (opened) => {
    await stage(opened, [user('1', 'ada')]);
    const before = await rowsOf(opened);
    await stage(opened, [user('1', 'ada'), item('1')]);
    equal(await rowsOf(opened), before);
    await stage(opened, [user('1', 'ada.l')]);
    deepEqual([await owners(opened, 'ada'), await owners(opened, 'ada.l')], [[], ['1']]);
    deepEqual(await anchors(opened, { condition: EQ('userName', 'ada.l') }), ['1']);
    equal(await opened.store.pushed.count({ ...ALL, most: 9 }), 1);
  });

  test('what is gone is not found, however it went, and its keys are free; what comes back is found again', async (opened) => {
    const { store, run, epoch } = opened;
    const { ids } = await stage(opened, [user('1', 'ada'), user('2', 'bob')]);
    await stage(opened, [deletion('1')]);
    await store.spaces.markAbsent({ connection: 'hr', run, epoch, ids: [ids[1]!], presence: 'held', at: NOW });
    deepEqual(await anchors(opened, {}), ['2']);
    await store.spaces.markAbsent({ connection: 'hr', run, epoch, ids: [ids[1]!], presence: 'gone', at: NOW });
    deepEqual(
      [await anchors(opened, {}), await owners(opened, 'ada', 'bob'), await store.pushed.count({ ...ALL, most: 9 })],
      [[], [], 0],
    );
    await stage(opened, [user('3', 'ada')]);
    const { refused } = await stage(opened, [user('1', 'ada'), user('2', 'bob')]);
    deepEqual(refused, [{ at: 0, path: 'userName', by: 3 }]);
    deepEqual([await owners(opened, 'ada', 'bob'), (await store.spaces.byIds([1]))[0]!.presence], [['2', '3'], 'gone']);
  });

  test('of what is refused the audit log keeps no values: they may be those of another, and nobody would find them to erase them', async (opened) => {
    await stage(opened, [user('1', 'ada'), user('2', 'bob')]);
    const actor = { kind: 'token' as const, name: 'okta', token: 't1', source: null };
    const about = { at: NOW, action: 'scim.create', actor, subject: { connection: 'hr' }, outcome: 'done' as const, digest: 'd' };
    const values = { salt: '00ff', before: null, after: '{"userName":"ada"}' };
    const audit = [0, 1].map((place) => ({ ...about, values, item: place }));
    await stage(opened, [user('3', 'ada'), user('2', 'ada')], { audit });
    deepEqual(
      (await opened.store.audit.list({}, { after: 0, limit: 9 })).events.map((row) => [
        row.outcome,
        row.subject.stagedId,
        row.digest,
        row.values,
      ]),
      [
        ['refused', undefined, null, null],
        ['refused', 2, null, null],
      ],
    );
  });

  test('a unique key has one owner, and nothing is written of what would be a second', async (opened) => {
    await stage(opened, [user('1', 'ada'), user('2', 'bob')]);
    const before = await opened.store.checksums();
    const { ids, refused, inserted, changed } = await stage(opened, [user('3', 'ada'), user('2', 'ada', { active: [true] })]);
    deepEqual(
      [ids, refused.map(({ at, by }) => [at, by]), inserted, changed],
      [
        [0, 2],
        [
          [0, 1],
          [1, 1],
        ],
        0,
        0,
      ],
    );
    deepEqual(await opened.store.checksums(), before);
    // What one gives up the next may take; others of the batch are written.
    const moved = await stage(opened, [user('9', 'ada'), user('1', 'eve'), user('0', 'ada'), user('2', 'bob')]);
    deepEqual(moved.refused, [{ at: 0, path: 'userName', by: 1 }]);
    deepEqual([await owners(opened, 'eve'), await owners(opened, 'ada')], [['1'], ['0']]);
    const long = 'x'.repeat(5_000);
    deepEqual((await stage(opened, [user('5', long), user('6', `${long}y`), user('7', long)])).refused.length, 1);
    deepEqual(await owners(opened, `${long}y`), ['6']);
  });

  test('of those who want a unique key at once one gets it, in large batches too', async (opened) => {
    const batch = (who: number) => Array.from({ length: 150 }, (_, i) => user(`${who}-${i}`, i === 149 ? 'last' : `${who}.${i}`));
    const results = await Promise.all([0, 1, 2, 3].map((who) => stage(opened, who < 2 ? batch(who) : batch(who).slice(-1))));
    const refused = results.flatMap((result) => result.refused.map(({ at }) => result.ids[at]));
    deepEqual(refused, [0, 0, 0]);
    deepEqual(
      results
        .slice(0, 2)
        .flatMap((result) => result.refused.map(({ at }) => at))
        .filter((at) => at !== 149),
      [],
    );
    equal((await owners(opened, 'last')).length, 1);
    equal(await opened.store.pushed.count({ ...ALL, most: 999 }), 299);
  });

  test('pages follow one another while others are added and go', async (opened) => {
    const names = Array.from({ length: 30 }, (_, i) => String(i).padStart(3, '0'));
    await stage(
      opened,
      names.map((name) => user(name, name)),
    );
    const seen: string[] = [];
    let after: PushedPosition | null = null;
    for (let n = 0; ; n++) {
      const { rows, more, position }: Awaited<ReturnType<typeof page>> = await page(opened, { after, limit: 7 });
      seen.push(...rows.map(({ anchor }) => anchor!));
      if (!more) break;
      after = position;
      await stage(opened, [user(`new ${n}`, `new ${n}`), deletion(names[n]!)]);
    }
    deepEqual(seen.slice(0, 30), names);
    deepEqual(seen.slice(30), ['new 0', 'new 1', 'new 2', 'new 3']);
    deepEqual(await anchors(opened, { offset: 20, limit: 3 }), ['024', '025', '026']);
    deepEqual(await anchors(opened, { offset: 99, limit: 3 }), []);
  });

  test('a condition finds what its predicate holds for, and pages are in the order asked for', async (opened) => {
    const random = new RandomConditions(20_260_301);
    const documents = new Map<string, Folded>();
    for (let i = 0; i < 120; i++) documents.set(String(i).padStart(4, '0'), random.document());
    await stage(
      opened,
      [...documents].map(([anchor, document]) => item(anchor, { pushed: { document: foldedText(document), keys: [] } })),
    );
    for (let n = 0; n < 250; n++) {
      const condition = random.condition();
      const expected = [...documents].filter(([, document]) => holds(condition, document)).map(([anchor]) => anchor);
      const where = `condition ${n}: ${JSON.stringify(condition)}`;
      deepEqual(await anchors(opened, { condition, limit: 200 }), expected, where);
      if (n % 10 > 0) continue;
      equal(await opened.store.pushed.count({ ...ALL, condition, most: 200 }), expected.length, where);
      const sort = { path: random.path(), descending: n % 20 === 0 };
      const sorted = inOrder(expected, documents, sort);
      deepEqual(await anchors(opened, { condition, sort, limit: 200 }), sorted, `${where} ${JSON.stringify(sort)}`);
      const { rows, position, more } = await page(opened, { condition, sort, limit: 40, offset: 5 });
      deepEqual([rows.map(({ anchor }) => anchor), more], [sorted.slice(5, 45), sorted.length > 45], where);
      if (position !== null)
        deepEqual(await anchors(opened, { condition, sort, after: position, limit: 200 }), sorted.slice(45), where);
    }
  });

  test('what is sorted by a unique key comes in the order of its index, as without it', async (opened) => {
    const names = ['b', 'é', 'ab', 'a', '\uffff', '😀', 'x'.repeat(300), 'B', ''];
    await stage(
      opened,
      names.map((name, i) => user(String(i), name, i % 2 === 0 ? { active: [true] } : {})),
    );
    for (const descending of [false, true])
      for (const condition of [null, { present: ['active'] }]) {
        const sort = { path: ['userName'], descending };
        const expected = await anchors(opened, { sort, condition });
        const seen: (string | null)[] = [];
        for (let after: PushedPosition | null = null; ; ) {
          const { rows, more, position }: Awaited<ReturnType<typeof page>> = await page(opened, {
            sort: { ...sort, key: 'userName' },
            condition,
            after,
            limit: 2,
          });
          seen.push(...rows.map(({ anchor }) => anchor));
          if (!more) break;
          after = position;
        }
        deepEqual(seen, expected);
        deepEqual(
          await anchors(opened, { sort: { ...sort, key: 'userName' }, condition, offset: 3, limit: 2 }),
          expected.slice(3, 5),
        );
      }
  });

  test('a condition as large as a filter may be is answered, and many at once are', async (opened) => {
    await stage(opened, [user('1', 'ada', { emails: [{ value: ['ada@x'] }] }), user('2', 'bob')]);
    const email: Condition = { any: ['emails'], of: { compare: 'ne', path: ['value'], value: 'none' } };
    let deep: Condition = { or: Array.from({ length: 200 }, (_, i) => (i === 150 ? email : EQ('userName', `none ${i}`))) };
    for (let i = 0; i < 40; i++) deep = i % 2 === 0 ? { not: deep } : { and: [deep, { present: ['userName'] }] };
    const expected = holds(deep, { userName: ['ada'], emails: [{ value: ['ada@x'] }] }) ? ['1'] : ['2'];
    const found = await Promise.all(Array.from({ length: 8 }, () => anchors(opened, { condition: deep })));
    deepEqual(found, new Array(8).fill(expected));
  });

  test('text that no store holds is refused, in a document and in a condition', async (opened) => {
    for (const text of ['a\0b', '\ud800', '\\\ud800']) {
      await rejects(stage(opened, [user('1', 'a', { title: [text] })]), { kind: 'invalidValue' });
      await rejects(page(opened, { condition: EQ('title', text) }), { kind: 'invalidValue' });
    }
    await stage(opened, [user('1', 'a', { title: ['\\u0000'] })]);
    deepEqual(await anchors(opened, { condition: EQ('title', '\\u0000') }), ['1']);
  });

  test('a search is given up after the time it was given', async (opened) => {
    const long = 'a'.repeat(20_000);
    await stage(
      opened,
      Array.from({ length: 40 }, (_, i) => user(String(i), String(i), { title: [long] })),
    );
    const condition = {
      or: Array.from({ length: 150 }, (_, i) => ({ compare: 'co' as const, path: ['title'], value: `b${i}` })),
    };
    await rejects(page(opened, { condition, mostMs: 0 }), { kind: 'unavailable', message: /given up/ });
    deepEqual(await anchors(opened, { condition, mostMs: 60_000 }), []);
  });
}

/** As PushedSort says it. */
function inOrder(anchors: readonly string[], documents: ReadonlyMap<string, Folded>, { path, descending }: PushedSort): string[] {
  const place = (anchor: string): readonly [number, string | number | boolean] => {
    let value: unknown = documents.get(anchor)!;
    for (const name of path)
      value = typeof value === 'object' && Object.hasOwn(value!, name) ? (value as Folded)[name]![0] : undefined;
    const rank = ['boolean', 'number', 'string'].indexOf(typeof value);
    return rank < 0 ? [3, 0] : [rank, value as string];
  };
  const compare = (a: string, b: string): number => {
    const [[left, one], [right, other]] = [place(a), place(b)];
    if (left !== right) return left - right;
    if (typeof one === 'string') return Buffer.compare(Buffer.from(one), Buffer.from(String(other))) || Number(a) - Number(b);
    return Number(one) - Number(other) || Number(a) - Number(b);
  };
  return [...anchors].sort((a, b) => (descending ? compare(b, a) : compare(a, b)));
}
