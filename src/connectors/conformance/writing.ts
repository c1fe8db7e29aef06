/** Creates, updates and deletes, item by item. */
import assert from 'node:assert/strict';
import { create, remove, update, writeNow } from './items.ts';
import { ADA, BO, beginning, type Case, CY, expectObjects, held, readAll, SEED } from './scene.ts';

export const WRITING: readonly Case[] = [
  {
    name: 'create, update and delete, each with its answer',
    needs: ['write', 'callerAnchors'],
    async run(scene) {
      const results = await writeNow(scene, [
        create(scene, { key: 'd', text: 'Dé', other: 'four' }),
        update(scene, 'a', { text: 'Ada 2' }),
        remove(scene, 'b'),
      ]);
      assert.deepEqual(
        results.map((result) => (result.ok ? result.anchor : result.fault.message)),
        ['d', 'a', 'b'].map((key) => scene.subject.anchor(key)),
      );
      const { objects } = await held(scene.reopen());
      expectObjects(scene, objects, [{ ...ADA, text: 'Ada 2' }, CY, { key: 'd', text: 'Dé', other: 'four' }]);
      for (const result of results) {
        if (!result.ok || result.object === undefined) continue;
        const read = objects.find((object) => object.anchor === result.anchor);
        assert.deepEqual(
          { ...result.object, line: undefined },
          { ...read, line: undefined },
          'an answer shows what a read shows',
        );
        assert.equal(result.object.line, undefined, 'an answer knows no line');
      }
    },
  },
  {
    name: 'an empty value clears, what is not named stays',
    needs: ['write'],
    async run(scene) {
      await writeNow(scene, [update(scene, 'a', { other: null, list: null })]);
      expectObjects(scene, (await held(scene.reopen())).objects, [{ key: 'a', text: 'Ada' }, BO, CY]);
    },
  },
  {
    name: 'several values are replaced, added and removed as sets',
    needs: ['write', 'lists'],
    async run(scene) {
      const { list } = scene.subject.attributes;
      await writeNow(scene, [
        update(scene, 'b', { list: ['p', 'q'] }),
        { ...update(scene, 'a', {}), add: { [list]: ['y', 'w'] }, remove: { [list]: ['x', 'unknown'] } },
      ]);
      expectObjects(scene, (await held(scene.reopen())).objects, [{ ...ADA, list: ['w', 'y'] }, { ...BO, list: ['p', 'q'] }, CY]);
    },
  },
  {
    name: 'any text comes back as it was: scripts, newlines, quotes, long ones',
    needs: ['write', 'callerAnchors'],
    async run(scene) {
      const texts = [
        'Ærøskøbing 東京 😀',
        'two\nlines',
        '"quoted", \'s; |\t:',
        ' around ',
        'x'.repeat(100_000),
        '=1+1',
        '\\',
        'null',
        '0123',
      ];
      const seeds = texts.map((text, i) => ({ key: `t${i}`, text }));
      await writeNow(
        scene,
        seeds.map((seed) => create(scene, seed)),
      );
      expectObjects(scene, (await held(scene.reopen())).objects, [...SEED, ...seeds]);
    },
  },
  {
    name: 'names that mean something to JavaScript mean nothing here',
    needs: ['write', 'callerAnchors'],
    async run(scene) {
      const seeds = ['__proto__', 'constructor', 'toString'].map((key) => ({ key, text: '__proto__' }));
      await writeNow(
        scene,
        seeds.map((seed) => create(scene, seed)),
      );
      expectObjects(scene, (await held(scene.reopen())).objects, [...SEED, ...seeds]);
      assert.deepEqual(Object.keys(Object.prototype), []);
    },
  },
  {
    name: 'a second create of the same object is refused, not doubled',
    needs: ['write'],
    creates: 'callerKey',
    async run(scene) {
      const results = await writeNow(scene, [
        create(scene, { key: 'a', text: 'other' }),
        create(scene, { key: 'n', text: 'N' }),
        create(scene, { key: 'n', text: 'N' }),
      ]);
      assert.deepEqual(
        results.map((result) => (result.ok ? 'ok' : result.fault.kind)),
        ['conflict', 'ok', 'conflict'],
      );
      const again = await writeNow({ ...scene, connection: scene.reopen() }, [create(scene, { key: 'n', text: 'N' })]);
      assert.equal(again[0]!.ok, false);
      expectObjects(scene, (await held(scene.reopen())).objects, [...SEED, { key: 'n', text: 'N' }]);
    },
  },
  {
    name: 'an attempt that is sent again has its first answer and is done once',
    needs: ['write'],
    creates: 'idempotencyKey',
    async run(scene) {
      const item = create(scene, { key: 'n', text: 'N' });
      const first = await writeNow(scene, [item]);
      assert.equal(first[0]!.ok, true);
      const everything = async () => readAll(scene.reopen(), await beginning(scene.connection));
      const before = await everything();
      await scene.bench.crash?.();
      assert.deepEqual(await writeNow({ ...scene, connection: scene.reopen() }, [item]), first);
      assert.deepEqual((await everything()).objects, before.objects);
    },
  },
  {
    name: 'what is not there is not found',
    needs: ['write', 'presence'],
    async run(scene) {
      const results = await writeNow(scene, [update(scene, 'nobody', { text: 'x' }), remove(scene, 'nobody')]);
      assert.deepEqual(
        results.map((result) => (result.ok ? 'ok' : result.fault.kind)),
        ['notFound', 'notFound'],
      );
      expectObjects(scene, (await held(scene.reopen())).objects, SEED);
    },
  },
  {
    name: 'one bad item stops no other',
    needs: ['write'],
    async run(scene) {
      const results = await writeNow(scene, [
        update(scene, 'a', { text: 'with \0 in it' }),
        update(scene, 'b', { text: 'Bo 2' }),
      ]);
      assert.deepEqual(
        results.map((result) => (result.ok ? 'ok' : result.fault.kind)),
        ['invalidValue', 'ok'],
      );
      expectObjects(scene, (await held(scene.reopen())).objects, [ADA, { ...BO, text: 'Bo 2' }, CY]);
    },
  },
];
