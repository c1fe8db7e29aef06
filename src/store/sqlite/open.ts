/**
 * The SQLite store: one file, one writing thread (writer-worker), read-only connections everywhere else. Reads run at once
 * in the calling thread and see everything whose promise was fulfilled before.
 *
 *   schema/   numbered SQL           write/   what the writer thread does
 *   read/     what callers read      place    where workers and SQL lie
 */
import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { RollcallError } from '#core/errors';
import { assembleStore } from '../assemble.ts';
import type { ImportIndexRows, Store, StoreInfo } from '../contract.ts';
import { workerPlace } from '../place.ts';
import { type Database, openDatabase } from '../tables/database.ts';
import { storeError } from '../tables/faults.ts';
import { startWriter, type Writer } from '../writes/writer.ts';
import { CACHE_KB } from './caches.ts';
import { createFlush } from './flush.ts';
import { storeFolder } from './folder.ts';
import { longRead } from './long-reads.ts';
import { knownVersion, schemaVersion } from './migrate.ts';
import { refuseNetwork } from './network.ts';
import { accessReads } from './read/access.ts';
import { agreedReads } from './read/agreed.ts';
import { auditReads } from './read/audit.ts';
import { claimReads } from './read/claims.ts';
import { exportReads } from './read/exports.ts';
import { createNames } from './read/names.ts';
import { peopleReads } from './read/people.ts';
import { pushedReads } from './read/pushed.ts';
import { queueReads } from './read/queues.ts';
import { quotaReads } from './read/quotas.ts';
import { runReads } from './read/runs.ts';
import { spaceReads } from './read/spaces.ts';
import { syncReads } from './read/sync.ts';
import type { WriterOptions } from './writer-worker.ts';

export interface OpenOptions {
  readonly path: string;
  /** What holds the store, for whoever finds it held: the command line. */
  readonly program: string;
  /** Works beside a process that writes. */
  readonly readOnly?: boolean;
  /** Make it when it is not there. */
  readonly create?: boolean;
  /** Statement shapes of each operation, for the conformance suite (database.ts says how they are counted). */
  readonly trace?: (operation: string, shapes: readonly string[]) => void;
  /** Wait before each statement shape, as if the database were a server at a distance. */
  readonly delayMs?: number;
}

/**
 * @throws notFound when it is not there and not to be made · conflict when another process writes it (says who) ·
 * configuration for a newer schema, a foreign file, a network file system.
 */
export async function open(options: OpenOptions): Promise<Store> {
  const path = resolve(options.path);
  prepareFile(path, options.create === true && options.readOnly !== true);
  refuseNetwork(path);
  return await openAt(path, options, null);
}

/** 250 plain objects of a read, or as many answers: about 5 ms, for which a push waits. */
const ROWS_AT_ONCE = 500;

/** A new file is there for good, and only its owner's, before anything is written to it. */
function prepareFile(path: string, create: boolean): void {
  if (existsSync(path)) return;
  const folder = storeFolder(path);
  if (!create)
    throw new RollcallError('notFound', `there is no store at ${path} yet`, {
      where: { file: path },
      remedy: 'the first `rollcall run` makes it',
    });
  try {
    const file = openSync(path, 'wx', 0o600);
    fsyncSync(file);
    closeSync(file);
    if (process.platform !== 'win32') {
      const directory = openSync(folder, 'r');
      fsyncSync(directory);
      closeSync(directory);
    }
  } catch (error) {
    throw new RollcallError('permission', `the store ${path} cannot be made: ${(error as Error).message}`, {
      where: { file: path },
      remedy: "check the rights of the store's folder",
      cause: error,
    });
  }
}

async function openAt(path: string, options: OpenOptions, temporary: string | null): Promise<Store> {
  const readOnly = options.readOnly === true;
  const writer = readOnly
    ? null
    : await startWriter(
        workerPlace('sqlite/writer'),
        {
          path,
          program: options.program,
          lock: temporary === null,
          careless: temporary !== null,
          delayMs: options.delayMs ?? 0,
        } satisfies WriterOptions,
        { rowsAtOnce: ROWS_AT_ONCE, trace: options.trace },
      );
  let db: Database;
  try {
    db = openDatabase(path, { readOnly: true, cacheKb: CACHE_KB.reader, delayMs: options.delayMs ?? 0 });
    const version = schemaVersion(db, path);
    if (version < knownVersion())
      throw new RollcallError('configuration', `the store has schema version ${version}; this program needs ${knownVersion()}`, {
        where: { file: path },
        remedy: 'run a command that writes, such as `rollcall run`: it upgrades the store',
      });
  } catch (error) {
    await writer?.close();
    throw storeError(error);
  }
  return assemble(path, db, writer, options, temporary);
}

function assemble(path: string, db: Database, writer: Writer | null, options: OpenOptions, temporary: string | null): Store {
  const names = createNames(db);
  // A private copy need not outlive anything.
  const flush = writer === null || temporary !== null ? null : createFlush(path);
  const traced = <Reads extends object>(reads: Reads): Reads => (options.trace ? traceReads(db, reads, options.trace) : reads);
  return assembleStore({
    info: readInfo(db),
    place: { file: path },
    writer,
    reads: {
      runs: traced(runReads(db, names)),
      spaces: traced(spaceReads(db, names)),
      sync: traced(syncReads(db, names)),
      exports: traced(
        exportReads(
          db,
          names,
          async (connection) => (await longRead(path, { what: 'pending', connection })) as ReadonlyMap<string, number>,
        ),
      ),
      people: traced(peopleReads(db, names)),
      access: traced(accessReads(db)),
      claims: traced(claimReads(db)),
      quotas: traced(quotaReads(db)),
      pushed: traced(pushedReads(db, names)),
      agreed: traced(agreedReads(db, names)),
      audit: traced(auditReads(db, names)),
      queues: traced(queueReads(db)),
    },
    durable: () => flush?.durable() ?? Promise.resolve(),
    several: null,
    importIndex: async (connection) => (await longRead(path, { what: 'importIndex', connection })) as ImportIndexRows,
    checksums: async () => (await longRead(path, { what: 'checksums' })) as { [table: string]: string },
    async sandbox() {
      const folder = await mkdtemp(join(tmpdir(), 'rollcall-'));
      const copy = join(folder, 'store.db');
      try {
        await longRead(path, { what: 'copy', to: copy });
        return await openAt(copy, { path: copy, program: options.program }, folder);
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw storeError(error);
      }
    },
    async close() {
      db.close();
      await flush?.close();
      await writer?.close();
      if (temporary !== null) await rm(temporary, { recursive: true, force: true });
    },
  });
}

function readInfo(db: Database): StoreInfo {
  const settings = new Map(db.all('select name, value from setting').map(([name, value]) => [String(name), value!]));
  return {
    storeId: String(settings.get('storeId')),
    schemaVersion: Number(db.get('pragma user_version')![0]),
    generation: Number(settings.get('generation')),
    digestKey: settings.get('digestKey') as Uint8Array,
  };
}

function traceReads<Reads extends object>(db: Database, reads: Reads, trace: NonNullable<OpenOptions['trace']>): Reads {
  const out: { [name: string]: unknown } = {};
  for (const [name, read] of Object.entries(reads))
    out[name] = async (...input: unknown[]) => {
      db.takeShapes();
      const result: unknown = await (read as (...input: unknown[]) => Promise<unknown>)(...input);
      trace(name, db.takeShapes());
      return result;
    };
  return out as Reads;
}
