/**
 * CSV files, as a source and as a target. The guide is docs/guide/csv.md.
 *
 * A source: the file is read in blocks, in any encoding, and each row is an object of one kind. Rows that cannot be used are
 * reported and left out; the read goes on and then proves no absence. A target: `write` collects, `commit` replaces the file
 * as a whole (files/merge.ts). Columns that nobody maps, the order of rows and columns, and the bytes of untouched rows stay.
 *
 * An anchor that comes twice is found here, with a table of keyed hashes (files/keys.ts), not in the engine: only here the
 * lines are known. The first row counts. Such a read is not complete either: the double may be a misspelt other anchor,
 * whose object would then seem gone.
 */
import { resolve } from 'node:path';
import type { ConnectorDefinition, OpenContext } from '#connectors/contract';
import { guessEncoding } from '../files/guess.ts';
import { watchFile } from '../files/watch.ts';
import { anchorsOf, type CsvConfig, csvConfig } from './config.ts';
import { doubtsAbout } from './doubts.ts';
import { type CsvFile, find, readAll, schemaOf, testFile } from './read.ts';
import { csvWriter } from './write.ts';

function mappedIn({ mapped }: OpenContext): readonly string[] | null {
  return mapped === undefined ? null : [...new Set(Object.values(mapped).flat())];
}

export const csv: ConnectorDefinition<CsvConfig> = {
  type: 'csv',
  title: 'CSV file',
  maturity: 'beta',
  writes: 'callerKey',
  config: csvConfig,
  cannotSayEmpty({ empty }, isWritten) {
    return empty === 'empty' || (empty === undefined && !isWritten) ? null : 'add empty: empty to the connection';
  },
  anchors: anchorsOf,
  async propose(config, { folder }) {
    const path = resolve(folder, config.path);
    const encoding = config.encoding === undefined ? await guessEncoding(path) : null;
    return { settings: encoding === null ? {} : { encoding }, warnings: await doubtsAbout(path, config) };
  },
  open(settings, context) {
    const config: CsvConfig = context.clears === undefined ? settings : { ...settings, clears: context.clears };
    const path = resolve(context.folder, config.path);
    const file: CsvFile = {
      path,
      config,
      limit: context.limits.maxObjectBytes,
      mapped: mappedIn(context),
      warn: (fault) => context.warn(fault),
    };
    const write = csvWriter(file);
    return {
      file: path,
      test: () => testFile(file),
      discoverSchema: () => schemaOf(file),
      read: {
        deltas: false,
        read: ({ last = null, signal }) => readAll(file, last, signal),
        watch: (signal) => watchFile(path, { grows: false }, signal),
      },
      write,
      lookup: (by, kind) => find(file, by, kind),
      close: () => write.close(),
    };
  },
};
