/** Reading everything, and single objects. */
import type { Connection, Cursor, Page } from '#connectors/contract';
import { must, mustBe } from './must.ts';
import { because, beginning, type Case, expectObjects, pagesOf, readAll, SEED } from './scene.ts';

export const READING: readonly Case[] = [
  {
    name: 'a full read shows everything once and ends complete, the same twice',
    needs: ['fullRead'],
    async run(scene) {
      const first = await readAll(scene.connection);
      must(first.end.complete, `a read that shows everything ends complete (contract: ReadEnd)${because(first.end)}`);
      expectObjects(scene, first.objects, SEED, 'a full read shows everything that is there (contract: Reader.read)');
      const second = await readAll(scene.connection);
      mustBe(
        second.objects,
        first.objects,
        'two reads of the same content show the same, in the same order (contract: Reader.read)',
      );
      mustBe(
        second.end.fingerprint,
        first.end.fingerprint,
        'the same content has the same fingerprint (contract: ReadEnd.fingerprint)',
      );
      const anchors = first.objects.map((object) => `${object.kind} ${object.anchor}`);
      mustBe(anchors, [...new Set(anchors)], 'a full read shows each object once (contract: Reader.read)');
    },
  },
  {
    name: 'an aborted read ends without an end',
    needs: [],
    async run({ connection }) {
      const from = await beginning(connection);
      const before = new AbortController();
      before.abort(new Error('enough'));
      must(
        !(await pagesUntilFailure(connection, from, before)).some((page) => page.end !== undefined),
        'a read whose signal is aborted before it begins has no `end` (contract: Reader.read)',
      );
      const within = new AbortController();
      const pages = await pagesUntilFailure(connection, from, within, () => within.abort(new Error('enough')));
      must(pages.length <= 2, 'a read whose signal is aborted shows at most the page that was under way (contract: Reader.read)');
    },
  },
  {
    name: 'an interrupted read is resumed where it was',
    needs: ['resume'],
    async run(scene) {
      const all = await readAll(scene.connection);
      const pages: Page[] = [];
      for await (const page of scene.connection.read!.read({ signal: new AbortController().signal })) {
        pages.push(page);
        if (page.resume !== undefined) break;
      }
      const rest = await readAll(scene.connection, { resume: pages.at(-1)!.resume! });
      mustBe(
        [...pages.flatMap((page) => page.objects), ...rest.objects],
        all.objects,
        'a read goes on right behind the page whose `resume` it is given (contract: Page)',
      );
      const again = await pagesOf(scene.connection, { resume: 'never given' });
      must(
        again[0]!.restarted === true,
        'a `resume` that is worth nothing is ignored, and the first page says `restarted: true` (contract: Reader.read)',
      );
    },
  },
  {
    name: 'single objects are looked up by anchor and by value',
    needs: ['lookup'],
    async run({ subject, connection }) {
      const { kind, attributes, anchor } = subject;
      const anchors = async (by: { anchor: string } | { attribute: string; value: string }): Promise<string[]> =>
        (await connection.lookup!(by, kind)).map((object) => object.anchor);
      const b = anchor('b');
      mustBe(await anchors({ anchor: b }), [b], 'a look-up by anchor shows that object (contract: Connection.lookup)');
      const none = (what: string): string => `a look-up of ${what} is empty, and no error (contract: Connection.lookup)`;
      mustBe(await anchors({ anchor: anchor('nobody') }), [], none('an anchor that nothing has'));
      mustBe(
        await anchors({ attribute: attributes.text, value: 'Cy' }),
        [anchor('c')],
        'a look-up by the value of an attribute shows who has it (contract: Connection.lookup)',
      );
      mustBe(await anchors({ attribute: attributes.text, value: 'nobody' }), [], none('a value that nothing has'));
      mustBe(await connection.lookup!({ anchor: b }, 'no such kind'), [], none('an anchor by another kind'));
    },
  },
];

async function pagesUntilFailure(
  connection: Connection,
  from: { since?: Cursor },
  controller: AbortController,
  onPage: () => void = () => undefined,
): Promise<Page[]> {
  const pages: Page[] = [];
  try {
    for await (const page of connection.read!.read({ ...from, signal: controller.signal })) {
      pages.push(page);
      onPage();
    }
  } catch (error) {
    mustBe(
      (error as Error).message,
      'enough',
      "an aborted read throws its signal's reason, or just stops (contract: Reader.read)",
    );
  }
  return pages;
}
