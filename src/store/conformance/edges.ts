/** Memberships and other edges of connector spaces: only differences are written, whatever the size of a list. */
import { deepEqual, equal } from 'node:assert/strict';
import type { EdgeRow } from '../contract.ts';
import { commit, dirtyOf, group, item, type Opened, rowsOf, type Suite, settled, stage, withStore } from './sample.ts';

const members = (rows: readonly EdgeRow[]): string[] => rows.map((row) => `${row.key}:${row.state}`);

export function edgesSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`edges: ${name}`, () => withStore(suite, use));

  test('one changed membership is one edge, one dirty row, whatever the size of the group', async (opened) => {
    const all = Array.from({ length: 500 }, (_, i) => `m${String(i).padStart(4, '0')}`);
    await stage(opened, [group('g', all)]);
    await settled(opened);
    const result = await stage(opened, [group('g', [...all.slice(1), 'new'])]);
    deepEqual([result.edgesAdded, result.edgesRemoved, result.changed], [1, 1, 1]);
    deepEqual((await dirtyOf(opened)).sort(), ['edge 1-1 edge member=m0000', 'edge 1-1 edge member=new']);
    equal((await opened.store.spaces.byIds([1]))[0]!.revision, 2);
    const at = (stagedId: number, attribute: string, key: string) => ({ stagedId, attribute, key });
    const wanted = [
      at(1, 'member', 'new'),
      at(1, 'member', 'm0001'),
      at(1, 'member', 'm0000'),
      at(1, 'owner', 'new'),
      at(2, 'member', 'new'),
    ];
    deepEqual(members(await opened.store.spaces.edgesAt(wanted)), ['m0001:seen', 'new:seen']);
  });

  test('a list comes in any order, with texts of its own, and of two with one key the last counts', async (opened) => {
    const read = (keys: readonly string[], texts: readonly string[] | null) =>
      stage(opened, [item('g', { kind: 'group', edges: [{ attribute: 'member', all: { keys, texts } }] })]);
    const shown = async () => (await opened.store.spaces.edgesOf([1], { limit: 9 })).map(({ key, text }) => `${key}=${text}`);
    await read(['\u{10000}', 'b', '\u{ffff}', 'a', 'b'], ['\u{10000}', 'x', 'F', 'A', 'B']);
    const all = ['a=A', 'b=B', '\u{10000}=\u{10000}', '\u{ffff}=F'].sort();
    deepEqual((await shown()).sort(), all);
    await settled(opened);
    const before = await rowsOf(opened);
    const same = await read(['b', 'a', '\u{ffff}', '\u{10000}'], ['B', 'A', 'F', '\u{10000}']);
    deepEqual([same.edgesAdded, same.edgesRemoved, same.changed, (await rowsOf(opened)) - before], [0, 0, 0, 0]);
    const written = await read(['a', 'b', '\u{10000}', '\u{ffff}'], ['A', 'b', '\u{10000}', 'f']);
    deepEqual([written.edgesAdded, written.edgesRemoved, written.changed], [0, 0, 1]);
    deepEqual((await shown()).sort(), ['a=A', 'b=b', '\u{10000}=\u{10000}', '\u{ffff}=f'].sort());
    deepEqual(await dirtyOf(opened), []);
    const plain = await read(['a', 'b', 'c'], null);
    deepEqual([plain.edgesAdded, plain.edgesRemoved], [1, 2]);
    deepEqual(await shown(), ['a=a', 'b=b', 'c=c']);
  });

  test('differences of a list are added and removed; other attributes stay', async (opened) => {
    await stage(opened, [group('g', ['a', 'b'])]);
    const edges = [
      {
        attribute: 'member',
        add: { keys: ['c'], texts: ['C'] },
        remove: ['a', 'none'],
      },
    ];
    const result = await stage(opened, [item('g', { kind: 'group', edges })]);
    deepEqual([result.edgesAdded, result.edgesRemoved], [1, 1]);
    const rows = await opened.store.spaces.edgesOf([1], { limit: 10 });
    deepEqual(
      rows.map((row) => [row.key, row.text]),
      [
        ['b', 'b'],
        ['c', 'C'],
      ],
    );
  });

  test('a membership that Rollcall had added is told when it is not shown, and is its own again where that is said', async (opened) => {
    await stage(opened, [group('g', ['own'])]);
    const edge = { stagedId: 1, attribute: 'member', key: 'k', text: 'k', state: 'add' as const, ours: true, debtSince: null };
    await commit(opened, { edges: [edge] });
    deepEqual((await stage(opened, [group('g', ['own', 'k'])])).oursRemoved, []);
    const removed = [{ stagedId: 1, attribute: 'member', key: 'k' }];
    deepEqual((await stage(opened, [group('g', [])])).oursRemoved, removed);
    const edges = [{ attribute: 'member', all: { keys: ['own', 'k'], texts: null }, ours: ['k'] }];
    await stage(opened, [item('g', { kind: 'group', edges })]);
    deepEqual(
      (await opened.store.spaces.edgesOf([1], { limit: 9 })).map(({ key, ours }) => [key, ours]),
      [
        ['k', true],
        ['own', false],
      ],
    );
  });

  test('a read proves what was wished for, and leaves what is not done yet', async (opened) => {
    await stage(opened, [group('g', ['stays', 'goes', 'leaves'])]);
    const edge = (key: string, state: 'add' | 'remove'): Parameters<typeof commit>[1] => ({
      edges: [{ stagedId: 1, attribute: 'member', key, text: key, state, ours: true, debtSince: null }],
    });
    for (const key of ['came', 'late']) await commit(opened, edge(key, 'add'));
    for (const key of ['goes', 'leaves']) await commit(opened, edge(key, 'remove'));
    equal((await opened.store.exports.pendingEdges('hr', { after: null, limit: 10 })).length, 4);
    await settled(opened);
    const result = await stage(opened, [group('g', ['stays', 'came', 'leaves'])]);
    deepEqual([result.edgesAdded, result.edgesRemoved], [0, 0]);
    deepEqual(members(await opened.store.spaces.edgesOf([1], { attribute: 'member', limit: 10 })), [
      'came:seen',
      'late:add',
      'leaves:remove',
      'stays:seen',
    ]);
    deepEqual(await dirtyOf(opened), []);
    const first = await opened.store.exports.pendingEdges('hr', { after: null, limit: 1 });
    deepEqual(members(await opened.store.exports.pendingEdges('hr', { after: first[0]!, limit: 9 })), ['leaves:remove']);
  });

  test('edges are paged, from both ends, without losing one', async (opened) => {
    const keys = ['k1', 'k2', 'k3'];
    await stage(
      opened,
      Array.from({ length: 7 }, (_, i) => group(`g${i}`, keys)),
    );
    const seen: string[] = [];
    for (let after = 0; ; ) {
      const page = await opened.store.spaces.edgesTo('hr', ['k1', 'k3', 'none'], { after, limit: 2 });
      if (page.length === 0) break;
      seen.push(...page.map((row) => `${row.stagedId}${row.key}`));
      after = page.at(-1)!.stagedId;
    }
    equal(new Set(seen).size, 14);
    equal(seen.length, 14);
    deepEqual(await opened.store.spaces.edgesTo('ad', ['k1'], { limit: 9 }), []);
    const [first] = await opened.store.spaces.edgesOf([1], { attribute: 'member', limit: 1 });
    deepEqual(members(await opened.store.spaces.edgesOf([1], { attribute: 'member', after: first!.key, limit: 9 })), [
      'k2:seen',
      'k3:seen',
    ]);
  });
}
