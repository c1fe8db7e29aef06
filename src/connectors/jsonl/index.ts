/**
 * JSON Lines, as a source and as a target: a file of objects, read whole and replaced whole (`format: objects`), or a file of
 * change records, read on from where it was left and added to at the end (`format: changes`).
 *
 * A line that cannot be used is reported and left out; the read goes on and then proves no absence. Objects: a line without
 * a newline at the end of the file is whole if it parses. Changes: it is still being written and is read next time. The guide
 * is docs/guide/jsonl.md.
 */
import { resolve } from 'node:path';
import type { ConnectorDefinition } from '#connectors/contract';
import { openSourceOrNone, refuseMissing } from '../files/source.ts';
import { watchFile } from '../files/watch.ts';
import { changeWriter } from './append.ts';
import { type JsonlConfig, jsonlConfig } from './config.ts';
import { BEGINNING, currentObjects, cursorAtEnd, readChanges, readWhole } from './feed.ts';
import type { JsonlFile } from './file.ts';
import { find, readAll, readObjects, schemaOf } from './read.ts';
import { jsonlWriter } from './write.ts';

export const jsonl: ConnectorDefinition<JsonlConfig> = {
  type: 'jsonl',
  title: 'JSON Lines file',
  maturity: 'beta',
  writes: 'callerKey',
  config: jsonlConfig,
  anchors: ({ format, anchor }) => (format === 'objects' ? [anchor] : []),
  open(config, context) {
    const path = resolve(context.folder, config.path);
    const file: JsonlFile = {
      path,
      config,
      limit: context.limits.maxObjectBytes,
      isTarget: context.mapped !== undefined,
      warn: (fault) => context.warn(fault),
    };
    const both = { file: path, test: () => testFile(path, config, file.isTarget) };
    if (config.format === 'changes') {
      const write = changeWriter(file);
      return {
        ...both,
        discoverSchema: () => schemaOf(config, currentObjects(file)),
        read: {
          // A tail does not say what else there is: nothing but its records is known, from the first on.
          deltas: config.history === 'tail' ? 'only' : true,
          cursor: async () => (config.history === 'tail' ? BEGINNING : await cursorAtEnd(path)),
          read: ({ since, signal }) => (since === undefined ? readWhole(file, signal) : readChanges(file, since, signal)),
          watch: (signal) => watchFile(path, { grows: true }, signal),
        },
        write,
        // No lookup: one object would cost a read of all records. What was written is proven by the next changes.
        close: () => write.close(),
      };
    }
    const write = jsonlWriter(file);
    return {
      ...both,
      discoverSchema: () => schemaOf(config, readObjects(file)),
      read: {
        deltas: false,
        read: ({ signal }) => readAll(file, signal),
        watch: (signal) => watchFile(path, { grows: false }, signal),
      },
      write,
      lookup: (by, kind) => find(file, by, kind),
      close: () => write.close(),
    };
  },
};

async function testFile(path: string, config: JsonlConfig, made: boolean): Promise<string> {
  const source = await openSourceOrNone(path);
  if (source === null) refuseMissing(path, made);
  if (source === null) return `${path} does not exist yet; it is made with the first export`;
  await source.close();
  return `${path}: ${config.format} as JSON Lines, ${source.identity.size} bytes`;
}
