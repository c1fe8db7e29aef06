/** Sync: what waits is never lost, what changed meanwhile is left out whole. */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import type { DirtyRange, SeqRange, SyncConflicts } from '../contract.ts';
import { account, commit, created, item, NOW, type Opened, object, type Suite, stage, withStore } from './sample.ts';

function leftOut({ objects, staged }: SyncConflicts): Omit<SyncConflicts, 'dirty'> {
  return { objects, staged };
}

export function syncSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`sync: ${name}`, () => withStore(suite, use));

  test('a batch writes objects, links, accounts, keys and clears what it read', async (opened) => {
    const { store, run } = opened;
    await stage(opened, [item('a')]);
    const { upTo } = await store.sync.dirty();
    const conflicts = await commit(opened, {
      objects: [object(1, { dueAt: 500, state: 'leaving', frozen: '{}', owned: false })],
      staged: [
        { staged: 1, expectRevision: 1, link: { object: 1, how: 'joined', origin: null }, protected: true, times: '{"a":1}' },
        account(2, 1),
      ],
      keys: { add: [{ scope: 'join:person.mail', norm: 'x', owner: 1 }], remove: [] },
      changes: [created(1, 1)],
      done: [{ after: 0, upTo }],
    });
    deepEqual(leftOut(conflicts), { objects: [], staged: [] });
    const [one] = await store.sync.objects([1, 99]);
    deepEqual(
      [one!.state, one!.frozen, one!.owned, one!.dueAt, one!.revision, one!.createdRun],
      ['leaving', '{}', false, 500, 1, run],
    );
    const rows = await store.sync.linked([1]);
    deepEqual(
      rows.map((row) => [row.connection, row.linkHow, row.origin, row.protected, row.presence, row.linkRun]),
      [
        ['hr', 'joined', null, true, 'present', run],
        ['ad', 'provisioned', 'created', false, 'pending', run],
      ],
    );
    deepEqual(
      [rows[1]!.export!.state, rows[1]!.export!.revision, rows[1]!.export!.parts, rows[1]!.seen],
      ['waiting', 1, '["create"]', null],
    );
    deepEqual((await store.sync.dirty()).ranges, []);
    deepEqual({ ...(await store.people.counts()) }, { person: 1 });
    await commit(opened, { staged: [{ staged: 2, expectRevision: 1, export: null, link: null, presence: 'gone' }] });
    deepEqual(
      (await store.spaces.byIds([2])).map((row) => [row.export, row.objectId, row.presence]),
      [[null, null, 'gone']],
    );
    await commit(opened, { objects: [object(1, { insert: false, expectRevision: 1, frozen: null, owned: true })] });
    const [held] = await store.sync.objects([1]);
    deepEqual([held!.state, held!.frozen, held!.owned, held!.revision], ['active', null, true, 2]);
  });

  test('an object whose rows changed is left out with all that hangs on it, the others go', async (opened) => {
    const { store } = opened;
    await stage(
      opened,
      ['a', 'b', 'c'].map((anchor) => item(anchor)),
    );
    const link = (object: number): { object: number; how: 'projected'; origin: null } => ({
      object,
      how: 'projected',
      origin: null,
    });
    await commit(opened, {
      objects: [1, 2, 3].map((id) => object(id)),
      staged: [1, 2, 3].map((id) => ({ staged: id, expectRevision: 1, link: link(id) })),
    });
    await stage(opened, [item('b', { seen: '{"pushed":1}' })]);
    const reserved = await store.sync.reserve('staged', 3);
    const waits = await store.sync.dirty();
    const conflicts = await commit(opened, {
      done: [{ after: 0, upTo: waits.upTo }],
      objects: [1, 2, 3].map((id) => object(id, { insert: false, expectRevision: 1, attributes: '{"x":1}' })),
      staged: [
        ...[1, 2, 3].map((id) => ({ staged: id, expectRevision: 2, confirmed: '{}' })),
        ...[1, 2, 3].map((id) => account(reserved + id - 1, id)),
      ],
      keys: { add: [1, 2, 3].map((owner) => ({ scope: 'join:person.mail', norm: 'x', owner })), remove: [] },
      parked: [1, 2, 3].map((objectId) => ({
        subject: { objectId },
        items: [{ kind: 'circular', connection: null, detail: '{}' }],
        at: 1,
      })),
      changes: [created(1, 3)],
      waiting: [{ stagedId: 2, keys: [{ scope: 'join:person.mail', norm: 'y' }] }],
    });
    deepEqual(leftOut(conflicts), { objects: [2], staged: [2, reserved + 1] });
    // Nothing of it is done with: whom it leaves out waits as before.
    deepEqual((await store.sync.dirty([{ after: 0, upTo: waits.upTo }])).ranges, waits.ranges);
    deepEqual(
      (await store.sync.objects([1, 2, 3])).map((row) => row.attributes),
      ['{"x":1}', '{"n":2}', '{"x":1}'],
    );
    deepEqual(
      (await store.sync.keys([{ scope: 'join:person.mail', norm: 'x' }])).map((row) => row.owner),
      [1, 3],
    );
    deepEqual(
      (await store.decisions.parked({}, { after: 0, limit: 9 })).map((row) => row.objectId),
      [1, 3],
    );
    deepEqual(
      (await store.runs.changes({ run: opened.run }, { limit: 9 })).map((row) => [row.from, row.to]),
      [
        [1, 1],
        [3, 3],
      ],
    );
    deepEqual(await store.sync.waiting([{ scope: 'join:person.mail', norm: 'y' }]), []);
    equal((await store.spaces.scan('ad', { after: 0, limit: 9 })).length, 2);
  });

  test('a unique key has one owner; it may change hands within a batch', async (opened) => {
    const key = (norm: string, owner: number): { scope: string; norm: string; owner: number } => ({
      scope: 'join!:person.employeeId',
      norm,
      owner,
    });
    await commit(opened, { objects: [object(1)], keys: { add: [key('x', 1)], remove: [] } });
    const taken = await commit(opened, {
      objects: [object(2), object(3)],
      staged: [account(1, 2), account(2, 3)],
      keys: { add: [key('x', 2), key('y', 2), key('z', 3)], remove: [] },
      changes: [created(2, 3)],
    });
    deepEqual(leftOut(taken), { objects: [2], staged: [1] });
    deepEqual(
      (await opened.store.sync.objects([1, 2, 3])).map((row) => row.id),
      [1, 3],
    );
    deepEqual(
      (await opened.store.sync.keys(['x', 'y', 'z'].map((norm) => key(norm, 0)))).map((row) => [row.norm, row.owner]),
      [
        ['x', 1],
        ['z', 3],
      ],
    );
    const moved = await commit(opened, {
      objects: [object(4)],
      keys: { add: [key('x', 4), key('x', 4)], remove: [key('x', 1)] },
    });
    deepEqual(moved.objects, []);
    deepEqual(
      (await opened.store.sync.keys([key('x', 0)])).map((row) => row.owner),
      [4],
    );
    deepEqual((await opened.store.spaces.count('ad'))['user'], { present: 0, linked: 0, gone: 0 });
  });

  test('who was made because nobody had a join key has it alone; it is found and removed as a plain one', async (opened) => {
    const { store } = opened;
    const plain = (owner: number) => ({ scope: 'join:person.mail', norm: 'x', owner });
    const strong = (owner: number) => ({ ...plain(owner), scope: 'join!:person.mail' });
    const owners = async () => (await store.sync.keys([plain(0)])).map((row) => [row.scope, row.owner]);
    await commit(opened, { objects: [object(1)], keys: { add: [strong(1)], remove: [] } });
    deepEqual((await commit(opened, { objects: [object(2)], keys: { add: [strong(2)], remove: [] } })).objects, [2]);
    // Who came to have it later, by a changed value, shares it.
    deepEqual((await commit(opened, { objects: [object(3)], keys: { add: [plain(3)], remove: [] } })).objects, []);
    deepEqual((await owners()).sort(), [
      ['join:person.mail', 1],
      ['join:person.mail', 3],
    ]);
    await commit(opened, { keys: { add: [], remove: [plain(1)] } });
    deepEqual(await owners(), [['join:person.mail', 3]]);
    deepEqual((await commit(opened, { objects: [object(2)], keys: { add: [strong(2)], remove: [] } })).objects, []);
  });

  test('an account whose anchor is taken is left out with its person', async (opened) => {
    await stage(opened, [item('u', { kind: 'user' })], { connection: 'ad' });
    const insert = { ...account(9, 1).insert!, anchor: 'u', anchorDigest: item('u', { kind: 'user' }).anchorDigest };
    deepEqual(leftOut(await commit(opened, { objects: [object(1)], staged: [account(9, 1, { insert })] })), {
      objects: [1],
      staged: [9],
    });
    deepEqual(await opened.store.sync.objects([1]), []);
  });

  test('a commit clears up to what it read and nothing newer', async (opened) => {
    const { store, epoch } = opened;
    await stage(opened, [item('a')]);
    const { upTo } = await store.sync.dirty();
    await stage(opened, [item('b')]);
    await store.sync.markDirty([{ subject: 'object', from: 7, to: 9, cause: 'hand' }], epoch);
    await commit(opened, {
      dirty: [{ subject: 'edge', from: 1, to: 1, cause: 'own', detail: 'member\u001fx' }],
      done: [{ after: 0, upTo }],
    });
    const { ranges, upTo: next } = await store.sync.dirty();
    deepEqual(ranges, [
      { subject: 'staged', from: 2, to: 2, cause: 'new' },
      { subject: 'object', from: 7, to: 9, cause: 'hand' },
      { subject: 'edge', from: 1, to: 1, cause: 'own', detail: 'member\u001fx' },
    ]);
    await commit(opened, { done: [{ after: 0, upTo: next }] });
    deepEqual((await store.sync.dirty()).ranges, []);
  });

  test('staged objects come by kind, then anchor in byte order, then those without one', async (opened) => {
    const anchors = ['b', 'a', '\u{1F600}', '\uFF5E', 'Z', 'ä'];
    await stage(
      opened,
      anchors.map((anchor) => item(anchor)),
    );
    await stage(opened, [item('x', { kind: 'a-kind' })]);
    await commit(opened, {
      staged: [
        account(50, 1, { insert: { ...account(50, 1).insert!, connection: 'hr', kind: 'person' } }),
        account(51, 1, { insert: { ...account(51, 1).insert!, connection: 'hr', kind: 'a-kind' } }),
      ],
      objects: [object(1)],
    });
    const bytes = [...anchors].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const to of [60, 100_000]) {
      const ids = await opened.store.sync.orderedIds('hr', [
        { subject: 'staged', from: 1, to, cause: '' },
        { subject: 'object', from: 1, to: 9, cause: '' },
      ]);
      const rows = new Map((await opened.store.spaces.byIds([...ids])).map((row) => [row.id, row.anchor]));
      deepEqual(
        [...ids].map((id) => rows.get(id)),
        ['x', ...bytes, null, null],
      );
      // Those without an anchor by id, whatever their kind.
      deepEqual([...ids].slice(-2), [50, 51]);
    }
    const [middle] = await opened.store.spaces.byAnchors('hr', 'person', ['b']);
    deepEqual(
      [...(await opened.store.sync.orderedIds('hr', [{ subject: 'staged', from: middle!.id, to: middle!.id, cause: '' }]))],
      [middle!.id],
    );
    equal((await opened.store.sync.orderedIds('none', [{ subject: 'staged', from: 1, to: 9, cause: '' }])).length, 0);
    const any = (connection: string, from: number, to: number): Promise<boolean> =>
      opened.store.sync.anyWithin(connection, [
        { subject: 'object', from: 1, to: 9, cause: '' },
        { subject: 'staged', from, to, cause: '' },
      ]);
    deepEqual(await Promise.all([any('hr', 51, 99), any('hr', 52, 99), any('none', 1, 99)]), [true, false, false]);
  });

  test('who waits for a key is found until it waits no more', async (opened) => {
    const key = (norm: string): { scope: string; norm: string } => ({ scope: 'join:person.mail', norm });
    await stage(opened, [item('a'), item('b')]);
    await commit(opened, {
      waiting: [
        { stagedId: 1, keys: [key('x'), key('y')] },
        { stagedId: 2, keys: [key('y')] },
      ],
    });
    deepEqual(await opened.store.sync.waiting([key('y'), key('none')]), [1, 2]);
    await commit(opened, { waiting: [{ stagedId: 1, keys: [key('z')] }] });
    deepEqual([await opened.store.sync.waiting([key('x'), key('y')]), await opened.store.sync.waiting([key('z')])], [[2], [1]]);
    await commit(opened, { waiting: [{ stagedId: 1, keys: [] }] });
    deepEqual(await opened.store.sync.waiting([key('z')]), []);
  });

  test('what is settled waits for nothing and is parked over nothing; others stay as they were', async (opened) => {
    const key = { scope: 'join:person.mail', norm: 'y' };
    await stage(opened, [item('a'), item('b'), item('c')]);
    await commit(opened, {
      waiting: [1, 2, 3].map((stagedId) => ({ stagedId, keys: [key] })),
      parked: [1, 2, 3].map((stagedId) => ({
        subject: { stagedId },
        items: [{ kind: 'unjoined', connection: 'hr', detail: '{}' }],
        at: NOW,
      })),
    });
    await commit(opened, { settled: [1, 3] });
    deepEqual(await opened.store.sync.waiting([key]), [2]);
    deepEqual(
      (await opened.store.decisions.parked({}, { after: 0, limit: 9 })).map((row) => row.stagedId),
      [2],
    );
  });

  test('parked items keep the time since when, and go when they are not said again', async (opened) => {
    await stage(opened, [item('a')]);
    const park = (at: number, kinds: readonly string[]): Promise<unknown> =>
      commit(opened, {
        parked: [{ subject: { stagedId: 1 }, items: kinds.map((kind) => ({ kind, connection: 'hr', detail: '{}' })), at }],
      });
    await park(10, ['ambiguous', 'many']);
    await park(20, ['many', 'doubtful']);
    deepEqual(
      (await opened.store.decisions.parked({ connection: 'hr' }, { after: 0, limit: 9 })).map((row) => [
        row.kind,
        row.since,
        row.stagedId,
        row.run,
      ]),
      [
        ['many', 10, 1, opened.run],
        ['doubtful', 20, 1, opened.run],
      ],
    );
    deepEqual(await opened.store.decisions.parkedCounts(), [
      { kind: 'doubtful', connection: 'hr', count: 1 },
      { kind: 'many', connection: 'hr', count: 1 },
    ]);
    const about = async (stagedIds: number[], objectIds: number[]): Promise<number> =>
      (await opened.store.decisions.parked({ stagedIds, objectIds }, { after: 0, limit: 9 })).length;
    deepEqual([await about([1], []), await about([2], [1]), await about([], [])], [2, 0, 0]);
    await park(30, []);
    deepEqual(await opened.store.decisions.parked({ kind: 'many' }, { after: 0, limit: 9 }), []);
  });

  test('due objects, objects in order, reserved ids', async (opened) => {
    const { store } = opened;
    const first = await store.sync.reserve('object', 5);
    equal(await store.sync.reserve('object', 1), first + 5);
    await commit(opened, {
      objects: [1, 2, 3, 4].map((id) => object(id, { dueAt: id === 3 ? null : id * 100, kind: id === 4 ? 'group' : 'person' })),
    });
    deepEqual(await store.sync.due(250, { after: 0, limit: 9 }), [1, 2]);
    deepEqual(await store.sync.due(250, { after: 1, limit: 9 }), [2]);
    deepEqual(
      (await store.sync.scanObjects({ after: 1, limit: 2 })).map((row) => row.id),
      [2, 3],
    );
    deepEqual(
      (await store.sync.scanObjects({ after: 0, limit: 9, kind: 'group' })).map((row) => row.id),
      [4],
    );
  });

  test('an operation says which of the list it wrote: that can be read and cleared alone', async (opened) => {
    const { store, epoch } = opened;
    const object = (id: number): DirtyRange => ({ subject: 'object', from: id, to: id, cause: 'push' });
    await store.sync.markDirty([object(1)], epoch);
    const own = [
      ...(await stage(opened, [item('a')])).dirty,
      await store.sync.markDirty([object(2)], epoch),
      (await commit(opened, { dirty: [object(3)] })).dirty,
      ...(await store.exports.answer({
        connection: 'ad',
        run: opened.run,
        epoch,
        attempt: 'x',
        at: NOW,
        answers: [],
        changes: [],
        dirty: [object(4)],
      })),
    ];
    await store.sync.markDirty([object(5)], epoch);
    const ids = async (within?: readonly SeqRange[]) =>
      (await store.sync.dirty(within)).ranges.map((range) => [range.subject, range.from]);
    deepEqual(await ids(own), [
      ['staged', 1],
      ['object', 2],
      ['object', 3],
      ['object', 4],
    ]);
    deepEqual(await ids([]), []);
    deepEqual(await ids([(await commit(opened, {})).dirty]), []);
    await commit(opened, { done: own });
    deepEqual(await ids(), [
      ['object', 1],
      ['object', 5],
    ]);
  });

  test('a failed operation leaves nothing behind', async (opened) => {
    await rejects(stage(opened, [item('a'), item('b', { kind: undefined as unknown as string })]));
    deepEqual(await opened.store.spaces.scan('hr', { after: 0, limit: 9 }), []);
    deepEqual((await opened.store.sync.dirty()).ranges, []);
    await stage(opened, [item('a')]);
    equal((await opened.store.spaces.scan('hr', { after: 0, limit: 9 })).length, 1);
  });
}
