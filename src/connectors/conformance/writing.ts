/** Creates, updates and deletes, item by item. */
import { create, remove, update, writeNow } from './items.ts';
import { must, mustBe } from './must.ts';
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
      mustBe(
        results.map((result) => (result.ok ? result.anchor : result.fault.message)),
        ['d', 'a', 'b'].map((key) => scene.subject.anchor(key)),
        'each answer has the anchor of its object, in the order of the items (contract: Writer.write, WriteResult)',
      );
      const { objects } = await held(scene.reopen());
      expectObjects(
        scene,
        objects,
        [{ ...ADA, text: 'Ada 2' }, CY, { key: 'd', text: 'Dé', other: 'four' }],
        'what was created, updated and deleted is so, and nothing else changed (contract: WriteItem)',
      );
      for (const result of results) {
        if (!result.ok || result.object === undefined) continue;
        const read = objects.find((object) => object.anchor === result.anchor);
        mustBe(
          { ...result.object, line: undefined, op: undefined },
          { ...read, line: undefined, op: undefined },
          'the `object` of an answer is what a read shows of it, name for name (contract: WriteResult)',
        );
        must(result.object.line === undefined, 'the `object` of an answer has no line (contract: WriteResult)');
      }
    },
  },
  {
    name: 'an empty value clears, what is not named stays',
    needs: ['write'],
    async run(scene) {
      await writeNow(scene, [update(scene, 'a', { other: null, list: null })]);
      expectObjects(
        scene,
        (await held(scene.reopen())).objects,
        [{ key: 'a', text: 'Ada' }, BO, CY],
        '`null` clears an attribute, and one that is not in `set` stays as it is (contract: WriteItem.set)',
      );
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
      expectObjects(
        scene,
        (await held(scene.reopen())).objects,
        [{ ...ADA, list: ['w', 'y'] }, { ...BO, list: ['p', 'q'] }, CY],
        '`set` replaces a list; `add` and `remove` are of sets, what is there or gone already is no fault (contract: SetEdits)',
      );
    },
  },
  {
    name: 'what takes a generated value shows it to nobody',
    needs: ['write'],
    async run(scene) {
      const { subject, bench } = scene;
      const takes = subject.definition.secrets?.(subject.definition.config.parse(bench.config)) ?? [];
      const VALUE = 'Long-enough-and-generated-7';
      for (const attribute of 'remedy' in takes ? [] : takes) {
        const results = await writeNow(scene, [{ ...update(scene, 'a', {}), set: { [attribute]: VALUE } }]);
        must(results[0]!.ok, `${attribute} takes generated values (contract: ConnectorDefinition.secrets)`);
        const shown = [results, (await held(scene.reopen())).objects];
        must(!JSON.stringify(shown).includes(VALUE), `${attribute} is never shown (contract: ConnectorDefinition.secrets)`);
      }
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
      expectObjects(
        scene,
        (await held(scene.reopen())).objects,
        [...SEED, ...seeds],
        'any text without U+0000 comes back exactly as it was written (contract: RawValue)',
      );
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
      expectObjects(
        scene,
        (await held(scene.reopen())).objects,
        [...SEED, ...seeds],
        'names and texts that mean something to JavaScript are names and texts like others (contract: RawAttributes)',
      );
      mustBe(
        Object.keys(Object.prototype),
        [],
        'records that hold names from outside have no prototype, so nothing reaches that of all (contract: RawAttributes)',
      );
    },
  },
  {
    name: 'a second create of the same object is refused, not doubled',
    needs: ['write', 'callerAnchors'],
    creates: 'callerKey',
    async run(scene) {
      const results = await writeNow(scene, [
        create(scene, { key: 'a', text: 'other' }),
        create(scene, { key: 'n', text: 'N' }),
        create(scene, { key: 'n', text: 'N' }),
      ]);
      const sentence = 'a second create of the same key is refused with `conflict` (contract: Creates, callerKey)';
      mustBe(
        results.map((result) => (result.ok ? 'ok' : result.fault.kind)),
        ['conflict', 'ok', 'conflict'],
        sentence,
      );
      const again = await writeNow({ ...scene, connection: scene.reopen() }, [create(scene, { key: 'n', text: 'N' })]);
      must(!again[0]!.ok, `${sentence}, also by another connection`);
      expectObjects(
        scene,
        (await held(scene.reopen())).objects,
        [...SEED, { key: 'n', text: 'N' }],
        'a create that is refused changes nothing (contract: Creates, callerKey)',
      );
    },
  },
  {
    name: 'an attempt that is sent again has its first answer and is done once',
    needs: ['write'],
    creates: 'idempotencyKey',
    async run(scene) {
      const item = create(scene, { key: 'n', text: 'N' });
      const first = await writeNow(scene, [item]);
      must(first[0]!.ok, 'a create of what is not there is done (contract: Writer.write)');
      const everything = async () => readAll(scene.reopen(), await beginning(scene.connection));
      const before = await everything();
      await scene.bench.crash?.();
      mustBe(
        await writeNow({ ...scene, connection: scene.reopen() }, [item]),
        first,
        'an `attempt` that is sent again has the answer of the first time (contract: Creates, idempotencyKey)',
      );
      mustBe(
        (await everything()).objects,
        before.objects,
        'an `attempt` that is sent again is not done again (contract: Creates, idempotencyKey)',
      );
    },
  },
  {
    name: 'what is not there is not found',
    needs: ['write', 'presence'],
    async run(scene) {
      const results = await writeNow(scene, [update(scene, 'nobody', { text: 'x' }), remove(scene, 'nobody')]);
      mustBe(
        results.map((result) => (result.ok ? 'ok' : result.fault.kind)),
        ['notFound', 'notFound'],
        'an update or delete of what is not there is refused with `notFound` (contract: Writer.write)',
      );
      expectObjects(
        scene,
        (await held(scene.reopen())).objects,
        SEED,
        'an update or delete of what is not there changes nothing (contract: Writer.write)',
      );
    },
  },
  {
    name: 'what somebody changed since it was seen is refused as stale, and stays',
    needs: ['write', 'compare'],
    async run(scene) {
      const { attributes, lacks } = scene.subject;
      const { text, other, list } = attributes;
      const lists = lacks.lists === undefined ? { [list]: ['y', 'x'] } : {};
      const results = await writeNow(scene, [
        { ...update(scene, 'a', { text: 'Ada 2', other: null }), seen: { [text]: 'Ada', [other]: 'one', ...lists } },
        { ...update(scene, 'b', { text: 'Bo 2' }), seen: { [text]: 'Bob' } },
        { ...update(scene, 'c', { other: 'four' }), seen: { [other]: null } },
      ]);
      mustBe(
        results.map((result) => (result.ok ? 'ok' : [result.fault.kind, result.stale])),
        ['ok', ['conflict', true], ['conflict', true]],
        'an update is refused with `conflict` as `stale` when an attribute is otherwise than `seen` says, and only then (contract: WriteItem.seen)',
      );
      const empty = await writeNow(scene, [{ ...update(scene, 'b', { other: 'two' }), seen: { [other]: null } }]);
      must(empty[0]!.ok, 'an attribute without a value is as `null` says (contract: WriteItem.seen)');
      expectObjects(
        scene,
        (await held(scene.reopen())).objects,
        [{ key: 'a', text: 'Ada 2', list: ['x', 'y'] }, { ...BO, other: 'two' }, CY],
        'an item that is refused as `stale` changes nothing, the others are done (contract: WriteItem.seen)',
      );
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
      mustBe(
        results.map((result) => (result.ok ? 'ok' : result.fault.kind)),
        ['invalidValue', 'ok'],
        'a text with U+0000 is refused with `invalidValue`, and that stops no other item (contract: RawValue, Writer.write)',
      );
      expectObjects(
        scene,
        (await held(scene.reopen())).objects,
        [ADA, { ...BO, text: 'Bo 2' }, CY],
        'an item that is refused changes nothing, the others are done (contract: Writer.write)',
      );
    },
  },
];
