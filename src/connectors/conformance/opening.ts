/** Before anything is read or written: configuration, capabilities, test, schema, close. */
import { must, mustBe } from './must.ts';
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
        mustBe(
          is,
          lacks[capability as Capability] === undefined,
          `${capability}: a connection has what \`lacks\` does not name, and nothing that it names (contract: Connection)`,
        );
      }
      if (write?.creates)
        mustBe(write.creates.by, creates, 'creates are settled in the way that the subject names (contract: Writer.creates)');
      must(read !== undefined || write !== undefined, 'a connection reads, writes, or both (contract: Connection)');
    },
  },
  {
    name: 'configuration is checked without touching the system, and unknown keys are refused',
    needs: [],
    async run({ subject: { definition }, bench, context }) {
      const refuses = (config: unknown): boolean => !definition.config.safeParse(config).success;
      const config = bench.config as object;
      must(refuses({ ...config, unheard: 1 }), 'a key that it does not know is refused (contract: ConnectorDefinition.config)');
      must(refuses({}), 'settings that name no system are refused (contract: ConnectorDefinition.config)');
      must(refuses(null), 'settings that are no map are refused (contract: ConnectorDefinition.config)');
      // Where there is no system: throws where it is looked for.
      await definition.open(definition.config.parse(bench.config), { ...context, folder: `${context.folder}/nowhere` }).close();
    },
  },
  {
    name: 'test answers in one line, or says what to do',
    needs: [],
    async run({ bench, connection, reopen }) {
      const found = await connection.test();
      must(
        found.length > 0 && !found.includes('\n'),
        `test answers in one line (contract: Connection.test), not ${JSON.stringify(found)}`,
      );
      await bench.ruin();
      const error = await rejection(
        reopen().test(),
        'test throws a RollcallError where the system is not there (contract: Connection.test)',
      );
      must(
        error.remedy !== undefined && error.remedy !== '',
        `the error of test has a remedy: what to do (contract: Connection.test), and not only ${JSON.stringify(error.message)}`,
      );
    },
  },
  {
    name: 'the schema has the attributes and is the same twice',
    needs: [],
    async run({ subject, connection }) {
      const schema = await connection.discoverSchema();
      const attributes = schema.kinds[subject.kind];
      must(attributes !== undefined, `the schema has the kind of the subject, ${subject.kind} (contract: Schema)`);
      mustBe(
        attributes[subject.attributes.text]?.multi,
        false,
        `the schema has ${subject.attributes.text}, of one value: \`multi: false\` (contract: Schema)`,
      );
      mustBe(
        await connection.discoverSchema(),
        schema,
        'the schema is the same twice while the system is (contract: Connection.discoverSchema)',
      );
    },
  },
  {
    name: 'its clock says an instant in milliseconds, does not go back, and is not waited for when nobody waits any more',
    needs: ['clock'],
    async run({ connection }) {
      const { signal } = new AbortController();
      const first = await connection.clock!.now(signal);
      const second = await connection.clock!.now(signal);
      must(
        Number.isSafeInteger(first) && first > Date.UTC(2020),
        `the clock answers whole milliseconds since 1970 (contract: Connection.clock), not ${first}`,
      );
      must(second >= first, `the clock does not go back (contract: Connection.clock): ${first}, then ${second}`);
      const aborted = await connection.clock!.now(AbortSignal.abort()).then(
        () => false,
        () => true,
      );
      must(aborted, 'the clock throws when its signal is aborted (contract: Connection.clock)');
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
