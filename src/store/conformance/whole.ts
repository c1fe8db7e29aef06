/** The store as a whole: copies, readers, lanes, statements that do not grow with the batch. */
import { deepEqual, equal, notDeepEqual, ok, rejects } from 'node:assert/strict';
import { token } from './access.ts';
import { account, beginRun, commit, deletion, item, NOW, type Opened, object, type Suite, stage, withStore } from './sample.ts';

const LARGE = 1_000;
/** Of a batch of so many. */
const MOST_SLICES = 10;

export function wholeSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`store: ${name}`, () => withStore(suite, use));

  test('a sandbox is a whole store, and nothing of it reaches the original', async (opened) => {
    await stage(opened, [item('a')]);
    const before = await opened.store.checksums();
    const sandbox = await opened.store.sandbox();
    const theirs = await sandbox.checksums();
    deepEqual(theirs, before);
    const run = await beginRun(sandbox);
    await stage({ store: sandbox, ...run }, [item('b')]);
    equal((await sandbox.spaces.scan('hr', { after: 0, limit: 9 })).length, 2);
    equal(await sandbox.sync.reserve('object', 1), await opened.store.sync.reserve('object', 1));
    equal(sandbox.info.storeId, opened.store.info.storeId);
    await sandbox.close();
    await sandbox.close();
    deepEqual(await opened.store.checksums(), before);
    await stage(opened, [item('c')]);
    notDeepEqual(await opened.store.checksums(), before);
  });

  test('a reader sees what was answered, and may not write', async (opened) => {
    const reader = await opened.place.open({ readOnly: true });
    await stage(opened, [item('a')]);
    equal((await reader.spaces.scan('hr', { after: 0, limit: 9 })).length, 1);
    await rejects(stage({ ...opened, store: reader }, [item('b')]), { kind: 'permission' });
    await reader.close();
  });

  test('interactive writes go before the bulk that waits', async (opened) => {
    const order: string[] = [];
    const bulk = Array.from({ length: 8 }, (_, b) =>
      stage(
        opened,
        Array.from({ length: 200 }, (_, i) => item(`${b}-${i}`)),
      ).then(() => order.push('bulk')),
    );
    const pushes = Array.from({ length: 5 }, (_, i) =>
      stage(opened, [item(`push-${i}`)], { connection: 'push' }).then(() => order.push('push')),
    );
    await Promise.all([...bulk, ...pushes]);
    ok(order.lastIndexOf('push') < order.lastIndexOf('bulk'), order.join(' '));
    equal((await opened.store.spaces.scan('hr', { after: 0, limit: 9_999 })).length, 1_600);
    deepEqual((await opened.store.spaces.count('push'))['person'], { present: 5, linked: 0, gone: 0 });
  });

  test('two who change the same rows at once: one goes, the other is told', async (opened) => {
    await commit(opened, { objects: Array.from({ length: 50 }, (_, i) => object(i + 1)) });
    const both = await Promise.all(
      ['a', 'b'].map((who) =>
        commit(opened, {
          objects: Array.from({ length: 50 }, (_, i) =>
            object(i + 1, { insert: false, expectRevision: 1, attributes: `{"by":"${who}"}` }),
          ),
        }),
      ),
    );
    deepEqual(
      both.map((conflicts) => conflicts.objects.length).sort((a, b) => a - b),
      [0, 50],
    );
    equal(
      new Set((await opened.store.sync.objects(Array.from({ length: 50 }, (_, i) => i + 1))).map((row) => row.attributes)).size,
      1,
    );
  });

  suite.test('store: statements do not grow with the batch', async () => {
    const [one, thousand] = [await callsWith(suite, 1), await callsWith(suite, LARGE)];
    ok(one.size > 30, `only ${one.size} operations were called`);
    deepEqual([...thousand.keys()].sort(), [...one.keys()].sort());
    for (const [operation, calls] of thousand) {
      const few = one.get(operation)!;
      // Large batches may come in slices, each a commit of its own: none has another number of statements than that of one row.
      ok(
        calls.length <= MOST_SLICES * few.length,
        `${operation}: ${few.length} commits or reads for one, ${calls.length} for ${LARGE}`,
      );
      const most = (of: readonly (readonly string[])[]): number => Math.max(...of.map((list) => list.length));
      equal(most(calls), most(few), `${operation}: statements of one commit or read`);
      deepEqual([...new Set(calls.flat())].sort(), [...new Set(few.flat())].sort(), operation);
    }
  });
}

/** By operation, the statements of each call of it. */
async function callsWith(suite: Suite, size: number): Promise<Map<string, string[][]>> {
  const calls = new Map<string, string[][]>();
  await withStore(
    suite,
    (opened) => everything(opened, size),
    (operation, list) => void calls.set(operation, [...(calls.get(operation) ?? []), [...list]]),
  );
  return calls;
}

/** Calls every operation of the contract with batches of this size. */
async function everything(opened: Opened, size: number): Promise<void> {
  const { store, run, epoch } = opened;
  const ids = Array.from({ length: size }, (_, i) => i + 1);
  const key = (norm: number): { scope: string; norm: string } => ({ scope: 'join!:person.mail', norm: String(norm) });
  const plain = (norm: number): { scope: string; norm: string } => ({ scope: 'join:person.mail', norm: String(norm) });
  const people = ids.map((id) =>
    item(`p${String(id).padStart(5, '0')}`, {
      nameKey: `n${id}`,
      keys: [{ scope: 'staged:hr.mail', norm: String(id) }],
      edges: [{ attribute: 'manager', all: { keys: ['m'], texts: ['M'] } }],
    }),
  );
  await stage(opened, people);
  await stage(
    opened,
    people.map((one) => ({
      ...one,
      seen: '{"x":1}',
      keys: [],
      edges: [{ attribute: 'manager', all: { keys: ['n'], texts: null } }],
    })),
  );
  await stage(
    opened,
    people.map(({ anchor }) => deletion(anchor)),
  );
  await stage(opened, people);
  const found = people.map((one) => ({
    ...one,
    pushed: { document: '{"userName":["u"]}', keys: [{ path: 'userName', norm: one.anchor, unique: true }] },
  }));
  await stage(opened, found, { connection: 'pushed' });
  await stage(
    opened,
    found.map((one) => ({ ...one, pushed: { document: '{}', keys: [] } })),
    { connection: 'pushed' },
  );
  await store.pushed.byKeys(
    'pushed',
    'person',
    'userName',
    found.map(({ anchor }) => anchor),
  );
  const query = { connection: 'pushed', kind: null, condition: { present: ['userName'] }, keys: null };
  await store.pushed.page({ ...query, sort: null, after: null, offset: 0, limit: size });
  await store.pushed.count({ ...query, most: size });
  const anchors = people.map((one) => one.anchor);
  await store.spaces.byIds(ids);
  await store.spaces.byAnchors('hr', 'person', anchors);
  await store.spaces.resolve('hr', 'anchor', null, anchors);
  await store.spaces.resolve('hr', 'nameKey', 'person', anchors);
  await store.spaces.edgesTo('hr', anchors, { limit: size });
  await store.spaces.edgesOf([1], { attribute: 'manager', limit: size });
  await store.spaces.edgesAt(anchors.map((key) => ({ stagedId: 1, attribute: 'manager', key })));
  await store.spaces.scan('hr', { after: 0, limit: size });
  await store.spaces.count('hr');
  const { upTo, ranges } = await store.sync.dirty();
  await store.sync.orderedIds('hr', ranges);
  await store.sync.anyWithin('hr', ranges);
  const accounts = await store.sync.reserve('staged', size);
  const batch = {
    objects: ids.map((id) => object(id, { folded: `name ${id}` })),
    staged: [
      ...ids.map((id) => ({ staged: id, expectRevision: 4, link: { object: id, how: 'joined' as const, origin: null } })),
      ...ids.map((id) => account(accounts + id - 1, id)),
    ],
    keys: {
      add: ids.flatMap((id) => [
        { ...key(id), owner: id },
        { ...plain(id), owner: id },
      ]),
      remove: [],
    },
    waiting: ids.map((id) => ({ stagedId: id, keys: [plain(id)] })),
    edges: ids.map((id) => ({
      stagedId: id,
      attribute: 'manager',
      key: 'add',
      text: 'add',
      state: 'add' as const,
      ours: true,
      debtSince: 1,
    })),
    parked: ids.map((id) => ({ subject: { objectId: id }, items: [{ kind: 'k', connection: 'hr', detail: '{}' }], at: NOW })),
    changes: ids.map((id) => ({
      subject: 'object' as const,
      from: id,
      to: id,
      operation: 'update' as const,
      before: null,
      after: null,
    })),
    dirty: ids.map((id) => ({ subject: 'object' as const, from: id, to: id, cause: 'test' })),
    done: [{ after: 0, upTo }],
  };
  await commit(opened, batch);
  await commit(opened, {
    ...batch,
    objects: ids.map((id) => object(id, { insert: false, expectRevision: 1, folded: `other ${id}` })),
    staged: ids.map((id) => ({ staged: id, expectRevision: 5, confirmed: '{}' })),
    keys: {
      add: [],
      remove: ids.flatMap((id) => [
        { ...key(id), owner: id },
        { ...plain(id), owner: id },
      ]),
    },
    waiting: ids.map((id) => ({ stagedId: id, keys: [] })),
    parked: ids.map((id) => ({ subject: { objectId: id }, items: [], at: NOW })),
  });
  await store.sync.objects(ids);
  await store.sync.linked(ids);
  await store.sync.keys(ids.map(key));
  await store.sync.waiting(ids.map(plain));
  await store.sync.due(NOW, { after: 0, limit: size });
  await store.sync.scanObjects({ after: 0, limit: size });
  await store.sync.markDirty(
    ids.map((id) => ({ subject: 'object', from: id, to: id, cause: 'test' })),
    epoch,
  );
  await store.spaces.accounts('ad', ids);
  await store.exports.list('ad', ['waiting'], { after: 0, limit: size });
  await store.exports.list('ad', ['waiting'], { after: 0, limit: size, operation: 'delete' });
  await store.exports.list('ad', ['failed'], { after: 0, limit: size, again: NOW });
  const rows = await store.exports.take({
    connection: 'ad',
    run,
    epoch,
    attempt: 'a',
    now: NOW,
    deadline: NOW,
    limit: size,
    operations: ['create'],
  });
  await store.exports.answer({
    connection: 'ad',
    run,
    epoch,
    attempt: 'a',
    at: NOW,
    changes: [],
    answers: rows.map((row) => ({
      staged: row.id,
      revision: row.export!.revision,
      outcome: 'proven',
      anchor: `u${row.id}`,
      anchorDigest: null,
      name: 'n',
      nameKey: 'n',
      seen: '{}',
      digest: null,
      sent: null,
      confirmed: '{}',
      keys: [],
      notBefore: 0,
      fault: null,
      remaining: null,
      parts: ['create'],
      approved: false,
      edges: [],
    })),
  });
  await store.exports.pendingEdges('hr', { after: null, limit: size });
  const members = { connection: 'hr', run, epoch, attempt: 'members' };
  await store.exports.attemptEdges({
    ...members,
    now: NOW,
    deadline: NOW,
    edges: batch.edges.map((edge) => ({ ...edge, state: 'remove' as const, decided: null, counted: false })),
  });
  await store.exports.answerEdges({
    ...members,
    at: NOW,
    edges: batch.edges.map((edge) => ({ ...edge, state: 'drop' as const })),
    counted: ids.map((stagedId) => ({ stagedId, attribute: 'manager', added: 0, removed: 1 })),
    changes: [],
  });
  await store.exports.groupLosses(
    ids.map((stagedId) => ({ stagedId, attribute: 'manager', pending: 1 })),
    NOW,
  );
  await store.exports.setTimesBack({ connection: 'ad', epoch, at: NOW, latest: NOW });
  await store.exports.gateCounts('ad', NOW);
  await store.exports.holds('ad');
  await store.exports.unshown({
    connection: 'ad',
    run,
    epoch,
    at: NOW,
    rows: ids.map((id) => ({ id, revision: 1, fault: '{}', steps: null, undone: ['update'] })),
  });
  await store.exports.mark({
    connection: 'ad',
    epoch,
    rows: ids.map((id) => ({ id, revision: 1, state: 'held', holdId: null, approved: null, discarded: null })),
  });
  await store.spaces.untouched('hr', Number.MAX_SAFE_INTEGER, ids);
  await store.spaces.markAbsent({ connection: 'hr', run, epoch, at: NOW, presence: 'gone', ids });
  await store.spaces.saveBitmap(
    'hr',
    epoch,
    'c',
    ids.map((page) => ({ page, bytes: new Uint8Array(8) })),
  );
  await store.spaces.clearBitmap('hr', epoch);
  await store.runs.recordChanges(run, epoch, batch.changes);
  await store.runs.changes({ run }, { limit: size });
  await store.people.debts({ after: null, limit: size });
  await store.audit.append(
    ids.map(() => ({
      at: NOW,
      action: 'test.done',
      actor: { kind: 'system', name: 'test', token: null, source: null },
      subject: { connection: 'hr', stagedId: 1 },
      outcome: 'done',
      digest: 'd',
      values: { salt: '00', before: null, after: '{}' },
    })),
  );
  await store.audit.list({ stagedIds: ids }, { after: 0, limit: size });
  await store.audit.seal({ from: 1, to: size, previous: '', hash: 'h', at: NOW });
  await store.audit.erase({ stagedIds: ids }, []);
  await store.audit.clean(NOW + 1, NOW + 1);
  await store.queues.look();
  await store.blobs.put(ids.map((id) => ({ hash: String(id), bytes: new Uint8Array(1) })));
  await store.access.addToken(token('t1'));
  await store.access.touch({ tokens: ids.map((id) => ({ id: `t${id}`, at: NOW })), sessions: [] });
  await store.people.counts();
  await store.decisions.refusals('ad');
  await store.decisions.parkedCounts();
}
