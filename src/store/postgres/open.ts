/**
 * The PostgreSQL store: tables in a schema of their own, one writing thread per process (writer-worker) and connections that
 * read. What every writing operation means is store/writes, as for SQLite; here it runs on a working copy of the rows it names.
 *
 *   schema/   numbered SQL           working-copy, loads/, flush    an operation's rows, there and back
 *   read/     what callers read      tenure                         several processes
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { type Client, type ClientBase, escapeIdentifier, type Pool } from 'pg';
import { RollcallError } from '#core/errors';
import { assembleStore } from '../assemble.ts';
import type { Store, StoreInfo } from '../contract.ts';
import { workerPlace } from '../place.ts';
import { startWriter } from '../writes/writer.ts';
import { checksums } from './checksums.ts';
import { connect, createPool, type PostgresPlace, query, takeStatements } from './connect.ts';
import { copyTables } from './copy.ts';
import { postgresError } from './faults.ts';
import { refuseOld, SCHEMA } from './look.ts';
import { knownVersion, schemaVersion } from './migrate.ts';
import { accessReads } from './read/access.ts';
import { agreedReads } from './read/agreed.ts';
import { auditReads } from './read/audit.ts';
import { claimReads } from './read/claims.ts';
import { exportReads } from './read/exports.ts';
import { readIndexRows } from './read/index-rows.ts';
import { createNames } from './read/names.ts';
import { peopleReads } from './read/people.ts';
import { pushedReads } from './read/pushed.ts';
import { queueReads } from './read/queues.ts';
import { quotaReads } from './read/quotas.ts';
import { runReads } from './read/runs.ts';
import { spaceReads } from './read/spaces.ts';
import { syncReads } from './read/sync.ts';
import { openSeveral } from './tenure.ts';
import type { WriterOptions } from './writer-worker.ts';

export interface OpenOptions {
  readonly url: string;
  /** Made when it is not there; `rollcall` unless said otherwise. */
  readonly schema?: string;
  /** What has the tenure, for whoever waits for it: the command line. */
  readonly program: string;
  readonly readOnly?: boolean;
  /** Make it when it is not there. */
  readonly create?: boolean;
  /** Statements of each operation, for the conformance suite: each as often as it was asked. */
  readonly trace?: (operation: string, statements: readonly string[]) => void;
}

/** Of the connections that read. */
const READERS = 4;
/** 400 plain objects of a read, or as many answers: each slice has its way to the server. */
const ROWS_AT_ONCE = 800;

/**
 * @throws notFound when there is no store and none is to be made · unavailable, permission as the server says · configuration
 * for a newer schema or an older server.
 */
export async function open(options: OpenOptions): Promise<Store> {
  const place: PostgresPlace = { url: options.url, schema: options.schema ?? SCHEMA, process: randomUUID() };
  const pool = readers(place);
  try {
    const client = await pool.connect();
    try {
      await mustBeThere(client, options.create === true && options.readOnly !== true);
    } finally {
      client.release();
    }
    return await openAt(place, options, null, pool);
  } catch (error) {
    await pool.end().catch(() => {});
    throw postgresError(error);
  }
}

async function mustBeThere(client: ClientBase, create: boolean): Promise<void> {
  await refuseOld(client);
  if (!create && (await schemaVersion(client)) === 0)
    throw new RollcallError('notFound', 'there is no store in this database yet', {
      remedy: 'the first `rollcall run` makes it',
    });
}

/** `copy`: the connection that keeps a private copy, which is dropped at the end. `pool`: ended with the store; here only once there is one. */
async function openAt(place: PostgresPlace, options: OpenOptions, copy: Client | null, pool: Pool): Promise<Store> {
  const writer = options.readOnly
    ? null
    : await startWriter(workerPlace('postgres/writer'), { ...place, careless: copy !== null } satisfies WriterOptions, {
        rowsAtOnce: ROWS_AT_ONCE,
        trace: options.trace,
      });
  const several =
    writer === null || copy !== null
      ? null
      : openSeveral(place, options.program, (at) => writer.interactive('takeEpoch', { at }));
  try {
    const client = await pool.connect();
    try {
      const version = await schemaVersion(client);
      if (version < knownVersion())
        throw new RollcallError(
          'configuration',
          `the store has schema version ${version}; this program needs ${knownVersion()}`,
          {
            remedy: 'run a command that writes, such as `rollcall run`: it upgrades the store',
          },
        );
    } finally {
      client.release();
    }
    const names = createNames(pool);
    const told = <Reads extends object>(reads: Reads): Reads => guarded(reads, options.trace);
    return assembleStore({
      info: await readInfo(pool),
      place: {},
      writer,
      // Each operation is when it is answered.
      durable: () => Promise.resolve(),
      several,
      reads: {
        runs: told(runReads(pool, names)),
        spaces: told(spaceReads(pool, names)),
        sync: told(syncReads(pool, names)),
        exports: told(exportReads(pool, names)),
        people: told(peopleReads(pool, names)),
        access: told(accessReads(pool)),
        claims: told(claimReads(pool)),
        quotas: told(quotaReads(pool)),
        pushed: told(pushedReads(pool, names)),
        agreed: told(agreedReads(pool, names)),
        audit: told(auditReads(pool, names)),
        queues: told(queueReads(pool)),
      },
      importIndex: (connection) => readIndexRows(pool, connection),
      checksums: () => checksums(pool),
      sandbox: () => sandbox(place, options),
      async close() {
        await several?.close();
        await pool.end();
        await writer?.close();
        if (copy === null) return;
        await copy.query(`drop schema if exists ${escapeIdentifier(place.schema)} cascade`).catch(() => {});
        await copy.end().catch(() => {});
      },
    });
  } catch (error) {
    await writer?.close();
    throw error;
  }
}

async function sandbox(place: PostgresPlace, options: OpenOptions): Promise<Store> {
  const schema = `${place.schema}_plan_${randomBytes(6).toString('hex')}`;
  const keeper = await connect(place);
  keeper.on('error', () => {});
  const there = { ...place, schema };
  const pool = readers(there);
  try {
    await copyTables(keeper, place.schema, schema);
    return await openAt(there, { url: place.url, program: options.program }, keeper, pool);
  } catch (error) {
    await pool.end().catch(() => {});
    await keeper.query(`drop schema if exists ${escapeIdentifier(schema)} cascade`).catch(() => {});
    await keeper.end().catch(() => {});
    throw postgresError(error);
  }
}

/** One that is idle and lost is made anew at its next use. */
function readers(place: PostgresPlace): Pool {
  const pool = createPool(place, READERS);
  pool.on('error', () => {});
  return pool;
}

async function readInfo(pool: Pool): Promise<StoreInfo> {
  const settings = new Map(
    (await query(pool, 'select name, value from setting')).map(([name, value]) => [String(name), value as Buffer]),
  );
  return {
    storeId: settings.get('storeId')!.toString(),
    schemaVersion: Number(settings.get('schemaVersion')!.toString()),
    generation: Number(settings.get('generation')!.toString()),
    digestKey: new Uint8Array(settings.get('digestKey')!),
  };
}

/** Errors in our kinds, and statements told. */
function guarded<Reads extends object>(reads: Reads, trace: OpenOptions['trace']): Reads {
  const out: { [name: string]: unknown } = {};
  for (const [name, read] of Object.entries(reads))
    out[name] = async (...input: unknown[]) => {
      takeStatements();
      try {
        const result: unknown = await (read as (...input: unknown[]) => Promise<unknown>)(...input);
        trace?.(name, takeStatements());
        return result;
      } catch (error) {
        throw postgresError(error);
      }
    };
  return out as Reads;
}
