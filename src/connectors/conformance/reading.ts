/** Reading everything, and single objects. */
import assert from 'node:assert/strict';
import type { Connection, Cursor, Page } from '#connectors/contract';
import { beginning, type Case, expectObjects, pagesOf, readAll, SEED } from './scene.ts';

export const READING: readonly Case[] = [
  {
    name: 'a full read shows everything once and ends complete, the same twice',
    needs: ['fullRead'],
    async run(scene) {
      const first = await readAll(scene.connection);
      assert.equal(first.end.complete, true, first.end.reason?.message);
      expectObjects(scene, first.objects, SEED);
      const second = await readAll(scene.connection);
      assert.deepEqual(second.objects, first.objects);
      assert.equal(second.end.fingerprint, first.end.fingerprint);
      const anchors = first.objects.map((object) => `${object.kind} ${object.anchor}`);
      assert.equal(new Set(anchors).size, anchors.length);
    },
  },
  {
    name: 'an aborted read ends without an end',
    needs: [],
    async run({ connection }) {
      const from = await beginning(connection);
      const before = new AbortController();
      before.abort(new Error('enough'));
      assert.equal(
        (await pagesUntilFailure(connection, from, before)).some((page) => page.end !== undefined),
        false,
      );
      const within = new AbortController();
      const pages = await pagesUntilFailure(connection, from, within, () => within.abort(new Error('enough')));
      assert.ok(pages.length <= 2, 'it goes on after the abort');
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
      assert.deepEqual([...pages.flatMap((page) => page.objects), ...rest.objects], all.objects);
      const again = await pagesOf(scene.connection, { resume: 'never given' });
      assert.equal(again[0]!.restarted, true);
    },
  },
  {
    name: 'single objects are looked up by anchor and by value',
    needs: ['lookup'],
    async run({ subject, connection }) {
      const { kind, attributes, anchor } = subject;
      const anchors = async (by: { anchor: string } | { attribute: string; value: string }): Promise<string[]> =>
        (await connection.lookup!(by, kind)).map((object) => object.anchor);
      assert.deepEqual(await anchors({ anchor: anchor('b') }), [anchor('b')]);
      assert.deepEqual(await anchors({ anchor: anchor('nobody') }), []);
      assert.deepEqual(await anchors({ attribute: attributes.text, value: 'Cy' }), [anchor('c')]);
      assert.deepEqual(await anchors({ attribute: attributes.text, value: 'nobody' }), []);
      assert.deepEqual(await connection.lookup!({ anchor: anchor('b') }, 'no such kind'), []);
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
    assert.equal((error as Error).message, 'enough');
  }
  return pages;
}
