/** Connector spaces: what staging writes and leaves alone. */
import { deepEqual, equal, notEqual, ok, rejects } from 'node:assert/strict';
import { buildImportIndex, createSeenBitmap } from '../import-index.ts';
import {
  account,
  commit,
  deletion,
  digest,
  dirtyOf,
  group,
  item,
  NOW,
  type Opened,
  object,
  rowsOf,
  type Suite,
  settled,
  stage,
  withStore,
} from './sample.ts';

export function spacesSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`spaces: ${name}`, () => withStore(suite, use));

  test('new objects get consecutive ids, in the order asked for, and one dirty range', async (opened) => {
    const result = await stage(
      opened,
      ['c', 'a', 'b'].map((anchor) => item(anchor)),
    );
    deepEqual([result.inserted, result.changed, result.skipped], [3, 0, []]);
    deepEqual([...result.ids].sort(), [1, 2, 3]);
    const rows = await opened.store.spaces.byIds(result.ids);
    deepEqual(
      new Map(rows.map((row) => [row.anchor, row.id])),
      new Map(['c', 'a', 'b'].map((anchor, i) => [anchor, result.ids[i]!])),
    );
    deepEqual(await dirtyOf(opened), ['staged 1-3 new']);
    deepEqual(
      await opened.store.spaces.count('hr'),
      Object.assign(Object.create(null), { person: { present: 3, linked: 0, gone: 0 } }),
    );
  });

  test('what is believed to be new and is not comes out the same', async (opened) => {
    const items = [item('a'), item('b', { name: 'first' }), group('g', ['a'])];
    await stage(opened, items);
    await settled(opened);
    const before = await opened.store.spaces.byAnchors('hr', 'person', ['a', 'b']);
    const again = [item('a'), item('b', { name: 'second' }), group('g', ['a', 'b']), item('c'), item('c', { name: 'twice' })];
    const result = await stage(opened, again, { expectNew: true });
    deepEqual([result.inserted, result.changed, result.edgesAdded], [1, 3, 1]);
    const after = await opened.store.spaces.byAnchors('hr', 'person', ['a', 'b', 'c']);
    deepEqual(after[0], before[0]);
    deepEqual([after[1]!.id, after[1]!.revision, after[1]!.name], [before[1]!.id, 2, 'second']);
    deepEqual([after[2]!.revision, after[2]!.name], [2, 'twice']);
    const ids = [...before, ...after].map(({ id }) => id);
    ok(
      (await dirtyOf(opened)).every((range) => !range.startsWith(`staged ${ids[0]}-`)),
      'what is as it was waits for nobody',
    );
  });

  test('what is as it was is not written', async (opened) => {
    const items = [item('a'), group('g', ['a', 'b'])];
    await stage(opened, items);
    await settled(opened);
    const before = await rowsOf(opened);
    const result = await stage(opened, items);
    deepEqual([result.inserted, result.changed, result.edgesAdded, result.edgesRemoved], [0, 0, 0, 0]);
    equal(await rowsOf(opened), before);
    deepEqual(await dirtyOf(opened), []);
  });

  test('another digest alone is noted without a revision', async (opened) => {
    await stage(opened, [item('a', { digest: null })]);
    await settled(opened);
    await stage(opened, [item('a')]);
    equal((await opened.store.spaces.byAnchors('hr', 'person', ['a']))[0]!.revision, 1);
    deepEqual(await dirtyOf(opened), []);
    const index = buildImportIndex(await opened.store.spaces.importIndex('hr'));
    equal(index.unchanged(item('a').anchorDigest, item('a').digest!), 1);
  });

  test('changed rows are dirty in runs of ids; kinds are spaces of their own', async (opened) => {
    await stage(
      opened,
      ['a', 'b', 'c', 'd', 'e'].map((anchor) => item(anchor)),
    );
    await stage(opened, [item('a', { kind: 'group' })]);
    await settled(opened);
    const result = await stage(
      opened,
      ['a', 'b', 'd'].map((anchor) => item(anchor, { seen: '{"x":1}' })),
    );
    equal(result.changed, 3);
    deepEqual(await dirtyOf(opened), ['staged 1-2 changed', 'staged 4-4 changed']);
    const [row] = await opened.store.spaces.byAnchors('hr', 'person', ['a']);
    deepEqual([row!.seen, row!.revision], ['{"x":1}', 2]);
    equal((await opened.store.spaces.byAnchors('hr', 'group', ['a']))[0]!.seen, '{"id":"a"}');
  });

  test('two items of one anchor in one batch: the last one stands', async (opened) => {
    const { ids } = await stage(opened, [item('a'), item('a', { seen: '{"x":2}' })]);
    equal(ids[0], ids[1]);
    equal((await opened.store.spaces.byIds(ids))[0]!.seen, '{"x":2}');
  });

  test('deleted is gone, not forgotten; read again it is the same row', async (opened) => {
    await stage(opened, [item('a')]);
    const result = await stage(opened, [deletion('a'), deletion('never')]);
    deepEqual(result.ids, [1, 0]);
    const [gone] = await opened.store.spaces.byIds([1]);
    deepEqual([gone!.presence, gone!.goneAt, gone!.seen], ['gone', NOW, '{"id":"a"}']);
    deepEqual((await opened.store.spaces.count('hr'))['person'], { present: 0, linked: 0, gone: 1 });
    await settled(opened);
    await stage(opened, [item('a')]);
    const [back] = await opened.store.spaces.byIds([1]);
    deepEqual([back!.presence, back!.goneAt, back!.incarnation], ['present', null, 2]);
    deepEqual(await dirtyOf(opened), ['staged 1-1 changed']);
  });

  test('lookup keys of a staged object are its list, complete each time', async (opened) => {
    const key = (norm: string): { scope: string; norm: string } => ({ scope: 'staged:hr.mail', norm });
    await stage(opened, [item('a', { keys: [key('x'), key('y')] }), item('b', { keys: [key('x')] })]);
    await stage(opened, [item('a', { keys: [key('y'), key('z')] })]);
    const rows = await opened.store.sync.keys(['x', 'y', 'z', 'none'].map(key));
    deepEqual(
      rows.map((row) => [row.norm, row.owner]),
      [
        ['x', 2],
        ['y', 1],
        ['z', 1],
      ],
    );
  });

  test('what is gone has no keys, however it went; read again it has them again', async (opened) => {
    const { store, run, epoch } = opened;
    const key = { scope: 'staged:hr.mail', norm: 'x' };
    const owners = async () => (await store.sync.keys([key])).map((row) => row.owner);
    const { ids } = await stage(opened, [item('a', { keys: [key] }), item('b', { keys: [key] })]);
    await store.spaces.markAbsent({ connection: 'hr', run, epoch, ids: [ids[0]!], presence: 'held', at: NOW });
    deepEqual(await owners(), ids);
    await store.spaces.markAbsent({ connection: 'hr', run, epoch, ids: [ids[0]!], presence: 'gone', at: NOW });
    deepEqual(await owners(), [ids[1]]);
    await stage(opened, [deletion('b')]);
    deepEqual(await owners(), []);
    await stage(opened, [item('a', { keys: [key] }), item('b', { keys: [key] })]);
    deepEqual(await owners(), ids);
  });

  test('a target that shows what was sent settles it, and nobody need look', async (opened) => {
    await commit(opened, {
      objects: [object(1)],
      staged: [account(1, 1, { insert: { ...account(1, 1).insert!, anchor: 'u1', anchorDigest: digest('user u1', 8) } })],
    });
    const { store, run, epoch } = opened;
    const [row] = await store.exports.take({
      connection: 'ad',
      run,
      epoch,
      attempt: 't',
      now: NOW,
      deadline: NOW,
      limit: 9,
      operations: ['create'],
    });
    const answer = {
      staged: 1,
      revision: row!.export!.revision,
      outcome: 'sent' as const,
      anchor: 'u1',
      anchorDigest: digest('user u1', 8),
      name: null,
      nameKey: null,
      seen: null,
      digest: null,
      sent: '{"a":1}',
      confirmed: null,
      keys: null,
      notBefore: 0,
      fault: null,
      remaining: null,
      parts: [],
      approved: false,
      edges: [],
    };
    await store.exports.answer({ connection: 'ad', run, epoch, attempt: 't', at: NOW, answers: [answer], changes: [] });
    equal((await store.spaces.byIds([1]))[0]!.export!.state, 'sent');
    await settled(opened);
    await stage(
      opened,
      [item('u1', { kind: 'user', seen: '{"a":1}', settle: { confirmed: '{"a":1}', settled: true }, quiet: true })],
      { connection: 'ad' },
    );
    const [done] = await store.spaces.byIds([1]);
    deepEqual([done!.presence, done!.sent, done!.confirmed, done!.export, done!.objectId], ['present', null, '{"a":1}', null, 1]);
    deepEqual(await dirtyOf(opened), []);
  });

  test('absence: only what was there before, not touched since', async (opened) => {
    await stage(
      opened,
      ['a', 'b', 'c', 'd'].map((anchor) => item(anchor)),
    );
    const { store, run, epoch } = opened;
    const mark = await store.spaces.mark();
    await stage(opened, [item('b', { seen: '{"pushed":1}' }), item('new')]);
    deepEqual(
      (await store.spaces.untouched('hr', mark, [5, 3, 2, 1, 99])).map((row) => [row.anchor, row.kind]),
      [
        ['a', 'person'],
        ['c', 'person'],
      ],
    );
    deepEqual(await store.spaces.untouched('ad', mark, [1]), []);
    await settled(opened);
    await store.spaces.markAbsent({
      connection: 'hr',
      run,
      epoch,
      at: NOW + 1,
      presence: 'gone',
      ids: [1, 2, 4],
      unlessTouchedSince: mark,
    });
    await store.spaces.markAbsent({ connection: 'hr', run, epoch, at: NOW + 1, presence: 'held', ids: [3] });
    deepEqual(
      (await store.spaces.scan('hr', { after: 0, limit: 9 })).map((row) => [row.presence, row.goneAt]),
      [
        ['gone', NOW + 1],
        ['present', null],
        ['held', null],
        ['gone', NOW + 1],
        ['present', null],
      ],
    );
    deepEqual(await dirtyOf(opened), ['staged 1-1 gone', 'staged 4-4 gone', 'staged 3-3 held']);
    deepEqual((await store.spaces.count('hr'))['person'], { present: 3, linked: 0, gone: 2 });
  });

  test('the import index finds what is present and the same, and nothing else', async (opened) => {
    const anchors = Array.from({ length: 200 }, (_, i) => `p${i}`);
    // An anchor digest of 8 bits: nearly every one is shared.
    const narrow = (anchor: string): Uint8Array => digest(anchor, 8).fill(0, 0, 7);
    await stage(
      opened,
      anchors.map((anchor) => item(anchor, { anchorDigest: narrow(anchor) })),
    );
    await stage(opened, [deletion('p3')]);
    await stage(opened, [item('p4', { anchorDigest: narrow('p4'), digest: null, seen: '{"n":1}' })]);
    const index = buildImportIndex(await opened.store.spaces.importIndex('hr'));
    equal(index.count, 200);
    const rows = new Map((await opened.store.spaces.scan('hr', { after: 0, limit: 500 })).map((row) => [row.anchor, row.id]));
    for (const anchor of anchors) {
      const expected = anchor === 'p3' || anchor === 'p4' ? 0 : rows.get(anchor);
      equal(index.unchanged(narrow(anchor), item(anchor).digest!), expected, anchor);
      equal(index.unchanged(narrow(anchor), digest('other')), 0);
    }
    equal(buildImportIndex(await opened.store.spaces.importIndex('none')).count, 0);
  });

  test('the bitmap and the state of a connection are kept and cleared', async (opened) => {
    const { store, epoch } = opened;
    equal(await store.spaces.loadBitmap('hr'), null);
    const bitmap = createSeenBitmap();
    for (const id of [1, 40_000, 5_000_000_000]) bitmap.add(id);
    await store.spaces.saveBitmap('hr', epoch, 'here', bitmap.changedPages());
    bitmap.add(2);
    await store.spaces.saveBitmap('hr', epoch, 'there', bitmap.changedPages());
    const saved = (await store.spaces.loadBitmap('hr'))!;
    equal(saved.checkpoint, 'there');
    const again = createSeenBitmap(saved.pages);
    deepEqual(
      [1, 2, 3, 40_000, 5_000_000_000].map((id) => again.has(id)),
      [true, true, false, true, true],
    );
    await store.spaces.clearBitmap('hr', epoch);
    equal(await store.spaces.loadBitmap('hr'), null);
    await store.spaces.saveState('hr', { cursor: 'c', readMark: 7, held: { reason: 'r', by: 'me', at: 1 } }, null);
    const before = await rowsOf(opened);
    await store.spaces.saveState('hr', { cursor: 'c' }, epoch);
    equal(await rowsOf(opened), before);
    const [state] = await store.spaces.states();
    deepEqual(
      [state!.name, state!.cursor, state!.readMark, state!.held, state!.mode],
      ['hr', 'c', 7, { reason: 'r', by: 'me', at: 1 }, null],
    );
  });

  test('a baseline is added to, whatever its names are; where there is none none is made', async (opened) => {
    const { store, epoch } = opened;
    const change = (n: number, soon: boolean) => ({
      counts: new Map([['person', n]]),
      filled: new Map([
        [
          'person',
          new Map([
            ['mail', n],
            ['__proto__', n],
          ]),
        ],
      ]),
      soon,
    });
    equal(await store.spaces.addToBaseline('hr', change(1, false), epoch), null);
    equal((await store.spaces.states()).find(({ name }) => name === 'hr')?.baseline ?? null, null);
    await store.spaces.saveState('hr', { baseline: '{"counts":{"group":2,"person":5},"filled":{"person":{"mail":4}}}' }, epoch);
    await store.spaces.addToBaseline('hr', change(3, true), epoch);
    await store.spaces.addToBaseline('hr', change(-4, false), epoch);
    const there = '{"counts":{"group":2,"person":4},"filled":{"person":{"mail":3}}}';
    equal((await store.spaces.states()).find(({ name }) => name === 'hr')!.baseline, there);
    const both = await Promise.all([1, 2].map((n) => store.spaces.addToBaseline('hr', change(n, true), epoch)));
    const last = '{"counts":{"group":2,"person":7},"filled":{"person":{"__proto__":3,"mail":6}}}';
    deepEqual(both, ['{"counts":{"group":2,"person":5},"filled":{"person":{"__proto__":1,"mail":4}}}', last]);
    equal((await store.spaces.states()).find(({ name }) => name === 'hr')!.baseline, last);
    await rejects(store.spaces.addToBaseline('hr', change(1, true), epoch + 1), { kind: 'conflict', name: 'Superseded' });
  });

  test('objects are found by anchor, name and owner', async (opened) => {
    const { store } = opened;
    await stage(opened, [item('a', { name: 'CN=A', nameKey: 'cn=a' })]);
    await stage(opened, [item('a', { kind: 'group', name: 'CN=G', nameKey: 'cn=g' })]);
    await commit(opened, {
      objects: [object(1)],
      staged: [{ staged: 1, expectRevision: 1, link: { object: 1, how: 'projected', origin: null } }],
    });
    deepEqual(
      (await store.spaces.resolve('hr', 'anchor', null, ['a', 'none'])).map((hit) => [hit.key, hit.stagedId, hit.objectId]),
      [
        ['a', 1, 1],
        ['a', 2, null],
      ],
    );
    deepEqual(
      (await store.spaces.resolve('hr', 'anchor', 'group', ['a'])).map((hit) => hit.stagedId),
      [2],
    );
    deepEqual(
      (await store.spaces.resolve('hr', 'nameKey', null, ['cn=a'])).map((hit) => [hit.stagedId, hit.presence]),
      [[1, 'present']],
    );
    deepEqual(await store.spaces.accounts('hr', [1, 7]), [
      { objectId: 1, stagedId: 1, kind: 'person', anchor: 'a', name: 'CN=A', presence: 'present' },
    ]);
    deepEqual((await store.spaces.count('hr'))['person'], { present: 1, linked: 1, gone: 0 });
    notEqual(store.info.storeId, '');
    ok(store.info.digestKey.length >= 16);
  });
}
