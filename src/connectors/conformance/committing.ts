/** Batches, and what counts when. */
import { create, remove, update } from './items.ts';
import { must, mustBe } from './must.ts';
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
      expectObjects(
        scene,
        (await held(scene.reopen())).objects,
        [...SEED, ...seeds],
        'all that was written in several batches is there once it is committed (contract: Writer)',
      );
    },
  },
  {
    name: 'what is not committed leaves the system as it was',
    needs: ['write', 'commit'],
    async run(scene) {
      const before = await readAll(scene.connection);
      await scene.connection.write!.write([update(scene, 'a', { text: 'lost' }), remove(scene, 'b')]);
      const sentence = 'with a `commit`, nothing that is written counts before it resolves (contract: Writer.commit)';
      mustBe((await readAll(scene.reopen())).objects, before.objects, sentence);
      await scene.bench.crash?.();
      mustBe((await readAll(scene.reopen())).objects, before.objects, `${sentence}, also after a crash`);
    },
  },
  {
    name: 'a commit answers the fingerprint a read then ends with, and without writes the one there was',
    needs: ['write', 'commit', 'fingerprint'],
    async run(scene) {
      const before = (await readAll(scene.connection)).end.fingerprint;
      must(before !== undefined, 'a full read ends with a fingerprint, or `fingerprint` is named in `lacks` (contract: ReadEnd)');
      mustBe(
        (await scene.connection.write!.commit!()).fingerprint,
        before,
        'a commit without writes answers the fingerprint that there was (contract: Writer.commit)',
      );
      await scene.connection.write!.write([update(scene, 'a', { text: 'Ada 2' })]);
      const { fingerprint } = await scene.connection.write!.commit!();
      must(fingerprint !== before, 'other content has another fingerprint (contract: ReadEnd.fingerprint)');
      mustBe(
        (await readAll(scene.reopen())).end.fingerprint,
        fingerprint,
        'a commit answers the fingerprint that a read of this content ends with (contract: Writer.commit)',
      );
    },
  },
];
