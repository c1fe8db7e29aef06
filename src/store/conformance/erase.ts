/** Taking away all that is held about one person. */
import { deepEqual, equal, rejects } from 'node:assert/strict';
import { createDigester } from '#core/digest';
import { erasedAnchor, erasedIdentity, erasedScope, SOME } from '#core/erased';
import { commit, item, NOW, type Opened, object, type Suite, stage, withStore } from './sample.ts';

const over = async ({ store, run, epoch }: Opened): Promise<void> =>
  await store.runs.finish(run, epoch, { status: 'done', endedAt: NOW, counts: '{}', rowsWritten: 0, believed: true });

export function eraseSuite(suite: Suite): void {
  const test = (name: string, use: (opened: Opened) => Promise<void>): void =>
    suite.test(`erase: ${name}`, () => withStore(suite, use));

  test('rows, keys and bytes go; hashes of anchors and unique values stay; a later change is not erased unseen', async (opened) => {
    const { store } = opened;
    await stage(opened, [item('a'), item('b')]);
    const link = { object: 1, how: 'projected', origin: null } as const;
    await commit(opened, {
      objects: [object(1, { attributes: '{"login":"anna"}', folded: 'anna' }), object(2)],
      staged: [{ staged: 1, expectRevision: 1, link }],
      keys: {
        add: [
          { scope: 'unique:person.login', norm: 'anna', owner: 1 },
          { scope: 'join:person.mail', norm: 'a@x', owner: 1 },
        ],
        remove: [],
      },
      changes: [{ subject: 'object', from: 1, to: 1, operation: 'update', before: '{"login":"ann"}', after: '{"login":"anna"}' }],
    });
    await store.blobs.put([{ hash: 'one', bytes: new Uint8Array([1]) }]);
    const request = {
      object: 1,
      revision: 1,
      staged: [{ id: 1, revision: 2, identity: [] }],
      blobs: ['one'],
      at: NOW,
      audit: [],
    };
    const begun = { profile: 'push', now: NOW, startedAt: NOW, by: 'x', rulesHash: 'r' };
    const later = await store.runs.begin(begun);
    await over({ ...opened, run: later.id });
    await rejects(store.people.erase(request), { kind: 'conflict', message: 'a run goes on, and may show this person again' });
    await over(opened);
    await rejects(store.people.erase({ ...request, revision: 7 }), { kind: 'conflict' });
    await rejects(store.people.erase({ ...request, staged: [] }), { kind: 'conflict' });
    deepEqual(await store.people.erase(request), { accounts: 1, changes: 1, errors: 0, decisions: 0, parked: 0, hashes: 2 });
    const [row] = await store.sync.objects([1]);
    deepEqual([row!.attributes, row!.state, row!.aliasOf], ['{}', 'gone', 1]);
    equal((await store.spaces.byIds([1])).length, 0);
    deepEqual(await store.runs.changes({ subject: 'object', id: 1 }, { after: 0, limit: 9 }), []);
    equal(await store.blobs.get('one'), null);
    const unique = { scope: 'unique:person.login', norm: 'anna' };
    deepEqual(await store.sync.keys([unique, { scope: 'join:person.mail', norm: 'a@x' }]), [{ ...unique, owner: 1 }]);
    const kind = item('a').kind;
    const norm = erasedAnchor(createDigester(store.info.digestKey), kind, 'a');
    const scope = erasedScope('hr');
    deepEqual(
      (
        await store.sync.keys([
          { scope, norm },
          { scope, norm: SOME },
        ])
      )
        .map((key) => key.owner)
        .sort(),
      [0, 1],
    );
    deepEqual((await store.spaces.count('hr'))[kind], { present: 1, linked: 0, gone: 0 });
    await store.people.scrub();
    equal((await store.people.counts())['person'], 2);
  });

  test('what says who somebody is under another anchor stays as hashes, until they may come back', async (opened) => {
    const { store } = opened;
    await stage(opened, [item('a')]);
    const link = { object: 1, how: 'projected', origin: null } as const;
    await commit(opened, { objects: [object(1, {})], staged: [{ staged: 1, expectRevision: 1, link }] });
    const { kind } = item('a');
    const value = { attribute: 'userName', norm: 'anna' };
    const staged = [{ id: 1, revision: 2, identity: [value] }];
    await over(opened);
    const done = await store.people.erase({ object: 1, revision: 1, staged, blobs: [], at: NOW, audit: [] });
    equal(done.hashes, 2);
    const digester = createDigester(store.info.digestKey);
    const hashes = [erasedAnchor(digester, kind, 'a'), erasedIdentity(digester, kind, value)];
    const kept = async (): Promise<unknown> =>
      (await store.sync.keys(hashes.map((norm) => ({ scope: erasedScope('hr'), norm })))).map(({ owner }) => owner);
    deepEqual(await kept(), [1, 1]);
    deepEqual(await store.sync.keys([{ scope: erasedScope('other'), norm: hashes[1]! }]), []);
    equal(await store.people.readmit(2, []), 0);
    const noted = {
      at: NOW,
      action: 'person.readmit',
      subject: { objectId: 1 },
      outcome: 'done',
      digest: null,
      values: null,
    } as const;
    const audit = [{ ...noted, actor: { kind: 'person', name: 'Ada', token: null, source: null } as const }];
    equal(await store.people.readmit(1, audit), 2);
    equal(await store.people.readmit(1, audit), 0);
    deepEqual(await kept(), []);
    deepEqual((await store.audit.list({}, { after: 0, limit: 9 })).events.length, 1);
  });
}
