/** Reading what changed. */
import { must, mustBe } from './must.ts';
import { ADA, applyChanges, because, type Case, CY, expectObjects, held, pagesOf, readAll, rejection } from './scene.ts';

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
      must(Buffer.byteLength(cursor) <= 65_536, 'a cursor has at most 64 KB (contract: Cursor)');
      const quiet = await readAll(connection, { since: cursor });
      mustBe(quiet.objects, [], 'where nothing changed since a cursor, the read since it shows nothing (contract: Reader.read)');
      must(quiet.end.complete, 'a read of changes that shows all of them ends complete, also of none (contract: ReadEnd)');
      await bench.change!({ put: { key: 'd', text: 'Dé' } });
      await bench.change!({ set: { key: 'a', text: 'Ada 2' } });
      await bench.change!({ remove: 'b' });
      const delta = await readAll(connection, { since: cursor });
      must(delta.end.complete, `a read of changes that shows all of them ends complete (contract: ReadEnd)${because(delta.end)}`);
      const after = applyChanges(before.objects, delta.objects);
      expectObjects(
        scene,
        after,
        [{ ...ADA, text: 'Ada 2' }, CY, { key: 'd', text: 'Dé' }],
        'what was there at a cursor and what changed since come to what is there now (contract: Reader.read, Change)',
      );
      const next = delta.end.next ?? (await connection.read!.cursor!());
      mustBe(
        (await readAll(connection, { since: next })).objects,
        [],
        'the next read of changes starts behind this one: at `end.next` if it is given, else at the cursor (contract: ReadEnd.next)',
      );
      must(
        delta.objects.some((change) => change.op === 'delete' && change.anchor === subject.anchor('b')),
        'what was deleted comes as a change with `op: delete` and its anchor (contract: Change)',
      );
    },
  },
  {
    name: 'a cursor it does not know is refused as a conflict, or a feed that is all there is begins again and says so',
    needs: ['deltas'],
    async run({ subject: { lacks }, connection }) {
      if (lacks.fullRead === undefined) {
        const { kind } = await rejection(
          readAll(connection, { since: 'never given' }),
          'a cursor that the system does not know is refused with a RollcallError (contract: Reader.read)',
        );
        mustBe(kind, 'conflict', 'a cursor that the system does not know is refused with `conflict` (contract: Reader.read)');
        return;
      }
      const all = await readAll(connection, { since: await connection.read!.cursor!() });
      const pages = await pagesOf(connection, { since: 'never given' });
      mustBe(
        pages.flatMap((page) => page.objects),
        all.objects,
        'a feed that is all there is begins anew at a cursor that it does not know (contract: Reader.deltas)',
      );
      must(
        pages[0]!.restarted === true,
        'a feed that begins anew says `restarted: true` on its first page (contract: Reader.deltas)',
      );
      must(pages.at(-1)!.end?.complete === false, 'a feed that began anew does not end complete (contract: Reader.deltas)');
    },
  },
];
