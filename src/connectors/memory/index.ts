/**
 * The shipped fake: a system in memory that does what real systems do, their faults included. It is a connector like any
 * other, under the same conformance suite, for tests, demos and trying out rules. The guide is docs/guide/memory.md.
 *
 * A system is named and lives as long as the process, or in a file; what goes wrong is data (fault-injection/rules.ts). Tests
 * reach behind it with `memorySystem(name)`: edit as a stranger would, count what is really there.
 */
import { resolve } from 'node:path';
import type { Connection, ConnectorDefinition } from '#connectors/contract';
import { faultyConnection } from '../fault-injection/index.ts';
import { type MemoryConfig, memoryConfig } from './config.ts';
import { openJournal } from './journal.ts';
import { lookup, memoryReader, schemaOf, timeOf } from './read.ts';
import { outerScript } from './script.ts';
import { secretsOf } from './secrets.ts';
import { type MemorySystem, memorySystem } from './system.ts';
import { memoryWriter } from './write.ts';

export { forgetMemorySystem, MemorySystem, memorySystem } from './system.ts';

export const memory: ConnectorDefinition<MemoryConfig> = {
  type: 'memory',
  title: 'System in memory, for trying out',
  maturity: 'beta',
  config: memoryConfig,
  secrets: secretsOf,
  open(config, context) {
    const system = memorySystem(config.system);
    let opened = false;
    /** On first use: opening a connection touches no disk. */
    function ready(): MemorySystem {
      if (opened) return system;
      opened = true;
      if (config.path !== undefined) system.attach(() => openJournal(resolve(context.folder, config.path!)));
      if (!system.isEmpty) return system;
      for (const { kind, anchor, attributes, name } of config.objects)
        system.put(kind, anchor, attributes, name === undefined ? {} : { name });
      return system;
    }
    const writer = config.readOnly ? undefined : memoryWriter(ready, config);
    const connection: Connection = {
      test: async () => `${system.name}: ${ready().objects().length} objects in memory`,
      discoverSchema: async () => schemaOf(ready(), config),
      read: memoryReader(ready, config),
      ...(writer ? { write: writer } : {}),
      ...(config.lookup ? { lookup: async (by, kind) => lookup(ready(), by, kind) } : {}),
      ...(config.clock ? { clock: { now: async (signal) => timeOf(ready(), signal) } } : {}),
      close: async () => writer?.close(),
    };
    return faultyConnection(connection, system.name, { script: outerScript(ready, config) });
  },
};
