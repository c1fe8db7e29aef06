/**
 * The SQLite store: one file, one writing thread (writer-worker), read-only connections everywhere else. Reads run at once
 * in the calling thread and see everything whose promise was fulfilled before.
 *
 *   schema/   numbered SQL           write/   what the writer thread does
 *   read/     what callers read      place    where workers and SQL lie
 */
import { closeSync, existsSync, fsyncSync, openSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { RollcallError } from '#core/errors';
import type { ImportIndexRows, Store, StoreInfo } from '../contract.ts';
import { type Database, openDatabase } from './database.ts';
import { storeError } from './faults.ts';
import { longRead } from './long-reads.ts';
import { knownVersion, schemaVersion } from './migrate.ts';
import { refuseNetwork } from './network.ts';
import { exportReads } from './read/exports.ts';
import { createNames } from './read/names.ts';
import { peopleReads } from './read/people.ts';
import { runReads } from './read/runs.ts';
import { spaceReads } from './read/spaces.ts';
import { syncReads } from './read/sync.ts';
import {
  answerEdgesInSlices,
  answerInSlices,
  commitInSlices,
  decideEdgesInSlices,
  laneFor,
  markInSlices,
  putBlobsInSlices,
  stageInSlices,
} from './slices.ts';
import { NO_SLICES, startWriter, type Writer } from './writer.ts';

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

/** A new file is there for good, and only its owner's, before anything is written to it. */
function prepareFile(path: string, create: boolean): void {
  if (existsSync(path)) return;
  const folder = dirname(path);
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new RollcallError('notFound', `the folder ${folder} for the store does not exist`, {
      where: { file: path },
      remedy: 'make the folder, or change `store:`',
    });
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
        { path, program: options.program, lock: temporary === null, careless: temporary !== null, delayMs: options.delayMs ?? 0 },
        options.trace,
      );
  let db: Database;
  try {
    db = openDatabase(path, { readOnly: true, cacheKb: 32_000, delayMs: options.delayMs ?? 0 });
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

function assemble(path: string, db: Database, writing: Writer | null, options: OpenOptions, temporary: string | null): Store {
  const names = createNames(db);
  const traced = <Reads extends object>(reads: Reads): Reads => (options.trace ? traceReads(db, reads, options.trace) : reads);
  const runs = traced(runReads(db, names));
  const spaces = traced(spaceReads(db, names));
  const sync = traced(syncReads(db, names));
  const exports = traced(exportReads(db, names));
  const people = traced(peopleReads(db, names));
  const writer: Writer = writing ?? refusingWriter(path);
  let closed = false;

  return {
    info: readInfo(db),
    async close() {
      if (closed) return;
      closed = true;
      db.close();
      await writing?.close();
      if (temporary !== null) await rm(temporary, { recursive: true, force: true });
    },
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
    checksums: async () => (await longRead(path, { what: 'checksums' })) as { [table: string]: string },
    slices: () => (writing ? writing.slices() : Promise.resolve(NO_SLICES)),
    rowsWritten: () => (writing ? writing.rowsWritten() : Promise.resolve({})),
    runs: {
      ...runs,
      begin: (run) => writer.interactive('beginRun', run),
      progress: (run, epoch, counts) => writer.interactive('progress', { run, epoch, counts }),
      finish: (run, epoch, end) => writer.interactive('finishRun', { run, epoch, end }),
      recordErrors: (errors, epoch) => writer.bulk('recordErrors', { errors, epoch }),
      recordChanges: (run, epoch, changes) => writer.bulk('recordChanges', { run, epoch, changes }),
      clean: (before, limit) => writer.bulk('cleanRuns', { before, limit }),
    },
    spaces: {
      ...spaces,
      saveState: (name, patch, epoch) => writer.interactive('saveState', { name, patch, epoch }),
      importIndex: async (connection) => (await longRead(path, { what: 'importIndex', connection })) as ImportIndexRows,
      stage: (batch) => stageInSlices(writer, batch),
      saveBitmap: (connection, epoch, checkpoint, pages) => writer.bulk('saveBitmap', { connection, epoch, checkpoint, pages }),
      clearBitmap: (connection, epoch) => writer.bulk('clearBitmap', { connection, epoch }),
      markAbsent: (batch) => writer[laneFor(batch.ids.length)]('markAbsent', batch),
    },
    sync: {
      ...sync,
      markDirty: (ranges, epoch) => writer[laneFor(ranges.length)]('markDirty', { ranges, epoch }),
      reserve: (what, n) => writer.interactive('reserve', { what, n }),
      commit: (batch) => commitInSlices(writer, batch),
    },
    exports: {
      ...exports,
      async take(request) {
        const ids = await writer[laneFor(request.limit)]('take', request);
        const rows = new Map((await spaces.byIds(ids)).map((row) => [row.id, row]));
        return ids.flatMap((id) => rows.get(id) ?? []);
      },
      answer: (batch) => answerInSlices(writer, batch),
      attemptEdges: (request) => writer[laneFor(request.edges.length)]('attemptEdges', request),
      answerEdges: (batch) => answerEdgesInSlices(writer, batch),
      decideEdges: (batch) => decideEdgesInSlices(writer, batch),
      openHold: (hold, epoch) => writer.interactive('openHold', { hold, epoch }),
      unshown: (batch) => writer[laneFor(batch.rows.length)]('settleUnshown', batch),
      setTimesBack: (request) => writer.bulk('setTimesBack', request),
      mark: (batch) => markInSlices(writer, batch),
      closeHold: (id, decision, at) => writer.interactive('closeHold', { id, decision, at }),
    },
    decisions: {
      list: people.list,
      parked: people.parked,
      parkedCounts: people.parkedCounts,
      record: (decision, dirty) => writer.interactive('recordDecision', { decision, dirty }),
      revoke: (id, at, dirty) => writer.interactive('revokeDecision', { id, at, dirty }),
    },
    people: {
      counts: people.counts,
      debts: people.debts,
      async search(request) {
        if (writing) while (await writer.bulk('indexForSearch', { limit: SEARCH_SLICE }));
        return await people.search(request);
      },
    },
    blobs: { get: people.get, put: (blobs) => putBlobsInSlices(writer, blobs) },
  };
}

/** Of objects that are searched for the first time. */
const SEARCH_SLICE = 400;
function readInfo(db: Database): StoreInfo {
  const settings = new Map(db.all('select name, value from setting').map(([name, value]) => [String(name), value!]));
  return {
    storeId: String(settings.get('storeId')),
    schemaVersion: Number(db.get('pragma user_version')![0]),
    generation: Number(settings.get('generation')),
    digestKey: settings.get('digestKey') as Uint8Array,
  };
}

function refusingWriter(path: string): Writer {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new RollcallError('permission', 'the store was opened for reading only', {
        where: { file: path },
        remedy: 'open it for writing',
      }),
    );
  return { bulk: refuse, interactive: refuse, rowsWritten: refuse, slices: refuse, close: () => Promise.resolve() };
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
