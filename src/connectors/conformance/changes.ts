/** Reading what changed. */
import assert from 'node:assert/strict';
import { ADA, applyChanges, type Case, CY, expectObjects, held, pagesOf, readAll, rejection } from './scene.ts';

export const CHANGES: readonly Case[] = [
  {
    name: 'a cursor leads to everything that changed since',
    needs: ['deltas'],
    async run(scene) {
      const { subject, connection, bench } = scene;
      const taken = await connection.read!.cursor!();
      const before = await held(connection);
      // Taken before a full read; of a feed that is all there is, where reading it ended.
      const cursor = connection.read!.deltas === 'only' ? before.end.next! : taken;
      assert.ok(Buffer.byteLength(cursor) <= 65_536);
      const quiet = await readAll(connection, { since: cursor });
      assert.deepEqual(quiet.objects, []);
      assert.equal(quiet.end.complete, true);
      await bench.change!({ put: { key: 'd', text: 'Dé' } });
      await bench.change!({ set: { key: 'a', text: 'Ada 2' } });
      await bench.change!({ remove: 'b' });
      const delta = await readAll(connection, { since: cursor });
      assert.equal(delta.end.complete, true, delta.end.reason?.message);
      const after = applyChanges(before.objects, delta.objects);
      expectObjects(scene, after, [{ ...ADA, text: 'Ada 2' }, CY, { key: 'd', text: 'Dé' }]);
      assert.deepEqual((await readAll(connection, { since: delta.end.next ?? (await connection.read!.cursor!()) })).objects, []);
      assert.ok(delta.objects.some((change) => change.op === 'delete' && change.anchor === subject.anchor('b')));
    },
  },
  {
    name: 'a cursor it does not know is refused as a conflict, or a feed that is all there is begins again and says so',
    needs: ['deltas'],
    async run({ subject: { lacks }, connection }) {
      if (lacks.fullRead === undefined) {
        assert.equal((await rejection(readAll(connection, { since: 'never given' }))).kind, 'conflict');
        return;
      }
      const all = await readAll(connection, { since: await connection.read!.cursor!() });
      const pages = await pagesOf(connection, { since: 'never given' });
      assert.deepEqual(
        pages.flatMap((page) => page.objects),
        all.objects,
      );
      assert.equal(pages[0]!.restarted, true);
      assert.equal(pages.at(-1)!.end?.complete, false);
    },
  },
];
