/** Before anything is read or written: configuration, capabilities, test, schema, close. */
import assert from 'node:assert/strict';
import { beginning, type Case, readAll, rejection } from './scene.ts';
import type { Capability } from './subject.ts';

export const OPENING: readonly Case[] = [
  {
    name: 'what it can do is what it says',
    needs: [],
    async run({ subject: { lacks, creates = 'callerKey' }, connection }) {
      const { read, write } = connection;
      const has: { [capability in Capability]?: boolean } = {
        fullRead: read !== undefined && read.deltas !== 'only',
        deltas: read !== undefined && read.deltas !== false && read.cursor !== undefined,
        write: write !== undefined,
        commit: write?.commit !== undefined,
        lookup: connection.lookup !== undefined,
        clock: connection.clock !== undefined,
      };
      for (const [capability, is] of Object.entries(has)) {
        assert.equal(
          is,
          lacks[capability as Capability] === undefined,
          `${capability}: the connection and the list of what it lacks differ`,
        );
      }
      if (write?.creates) assert.equal(write.creates.by, creates);
      assert.ok(read !== undefined || write !== undefined, 'it neither reads nor writes');
    },
  },
  {
    name: 'configuration is checked without touching the system, and unknown keys are refused',
    needs: [],
    async run({ subject: { definition }, bench, context }) {
      assert.equal(definition.config.safeParse({ ...(bench.config as object), unheard: 1 }).success, false);
      assert.equal(definition.config.safeParse({}).success, false);
      assert.equal(definition.config.safeParse(null).success, false);
      await definition.open(definition.config.parse(bench.config), { ...context, folder: `${context.folder}/nowhere` }).close();
    },
  },
  {
    name: 'test answers in one line, or says what to do',
    needs: [],
    async run({ bench, connection, reopen }) {
      const found = await connection.test();
      assert.ok(found.length > 0 && !found.includes('\n'), found);
      await bench.ruin();
      const error = await rejection(reopen().test());
      assert.ok(error.remedy !== undefined && error.remedy !== '', `${error.message}: no remedy`);
    },
  },
  {
    name: 'the schema has the attributes and is the same twice',
    needs: [],
    async run({ subject, connection }) {
      const schema = await connection.discoverSchema();
      const attributes = schema.kinds[subject.kind];
      assert.ok(attributes !== undefined, `no kind ${subject.kind}`);
      assert.equal(attributes[subject.attributes.text]?.multi, false);
      assert.deepEqual(await connection.discoverSchema(), schema);
    },
  },
  {
    name: 'its clock says an instant in milliseconds, does not go back, and is not waited for when nobody waits any more',
    needs: ['clock'],
    async run({ connection }) {
      const { signal } = new AbortController();
      const first = await connection.clock!.now(signal);
      const second = await connection.clock!.now(signal);
      assert.ok(Number.isSafeInteger(first) && first > Date.UTC(2020), `${first}: not milliseconds since 1970`);
      assert.ok(second >= first, `${first}, then ${second}`);
      await assert.rejects(connection.clock!.now(AbortSignal.abort()));
    },
  },
  {
    name: 'closing twice is closing once',
    needs: [],
    async run({ connection, reopen }) {
      await readAll(connection, await beginning(connection));
      await connection.close();
      await connection.close();
      await reopen().close();
    },
  },
];
