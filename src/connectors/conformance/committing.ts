/** Batches, and what counts when. */
import assert from 'node:assert/strict';
import { create, remove, update } from './items.ts';
import { type Case, expectObjects, held, readAll, SEED } from './scene.ts';

export const COMMITTING: readonly Case[] = [
  {
    name: 'many objects in several batches',
    needs: ['write', 'callerAnchors'],
    async run(scene) {
      const seeds = Array.from({ length: 700 }, (_, i) => ({ key: `m${i}`, text: `Member ${i}` }));
      const writer = scene.connection.write!;
      for (let at = 0; at < seeds.length; at += 300)
        await writer.write(seeds.slice(at, at + 300).map((seed) => create(scene, seed)));
      await writer.commit?.();
      expectObjects(scene, (await held(scene.reopen())).objects, [...SEED, ...seeds]);
    },
  },
  {
    name: 'what is not committed leaves the system as it was',
    needs: ['write', 'commit'],
    async run(scene) {
      const before = await readAll(scene.connection);
      await scene.connection.write!.write([update(scene, 'a', { text: 'lost' }), remove(scene, 'b')]);
      assert.deepEqual((await readAll(scene.reopen())).objects, before.objects);
      await scene.bench.crash?.();
      assert.deepEqual((await readAll(scene.reopen())).objects, before.objects);
    },
  },
  {
    name: 'a commit answers the fingerprint a read then ends with, and without writes the one there was',
    needs: ['write', 'commit', 'fingerprint'],
    async run(scene) {
      const before = (await readAll(scene.connection)).end.fingerprint;
      assert.ok(before !== undefined);
      assert.equal((await scene.connection.write!.commit!()).fingerprint, before);
      await scene.connection.write!.write([update(scene, 'a', { text: 'Ada 2' })]);
      const { fingerprint } = await scene.connection.write!.commit!();
      assert.notEqual(fingerprint, before);
      assert.equal((await readAll(scene.reopen())).end.fingerprint, fingerprint);
    },
  },
];
