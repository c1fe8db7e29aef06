/**
 * Databases that speak SQL, as a source and as a target. The guide is docs/guide/sql.md, the decisions are in decision 20.
 *
 * A source: a table, a view or a query is an object kind, read in one stream as of one moment, never one person at a time. A target:
 * a batch is one transaction; one that fails is halved until the rows are known that it fails for (write.ts). Names are quoted and
 * values bound by statement.ts, so neither can change a statement.
 */
import type { ConnectorDefinition } from '#connectors/contract';
import { asks } from './asks.ts';
import { anchorsOf } from './columns.ts';
import { type SqlConfig, sqlConfig } from './config.ts';
import { cursorOf, readSince } from './delta.ts';
import { driverOf } from './drivers.ts';
import { find, readAll, schemaOf } from './read.ts';
import { type SqlSystem, shapesOf, sqlSystem } from './system.ts';
import { sqlWriter } from './write.ts';

export const sql: ConnectorDefinition<SqlConfig> = {
  type: 'sql',
  title: 'SQL database',
  maturity: 'alpha',
  config: sqlConfig,
  asks,
  propose: async (config) => ({ settings: {}, anchor: anchorsOf(config, 'person').join('|') }),
  // Where the database gives the key, nothing is to be said about it.
  writes: ({ kinds, findNewBy }) =>
    Object.values(kinds).every(({ table }) => table === undefined) ? 'never' : findNewBy === undefined ? 'callerKey' : undefined,
  anchors: anchorsOf,
  open(config, context) {
    const driver = driverOf(config, context);
    const system = sqlSystem(config, context, driver);
    const isWritable = Object.values(config.kinds).some(({ table }) => table !== undefined);
    const deltas = Object.values(config.kinds).every(({ delta }) => delta !== undefined);
    return {
      test: () =>
        system.apart(async (session) => {
          const shapes = await shapesOf(session, system);
          const kinds = shapes.map(({ kind, columns }) => `${kind} with ${columns.length} columns`);
          return `${await session.version()}: ${kinds.join(', ')}`;
        }),
      discoverSchema: () => schemaOf(system),
      read: {
        deltas,
        read: ({ since, signal }) => (since === undefined ? readAll(system, signal) : readSince(system, since, signal)),
        ...(deltas ? { cursor: () => cursorOf(system) } : {}),
      },
      ...(isWritable ? { write: sqlWriter(system) } : {}),
      lookup: (by, kind) => find(system, by, kind),
      ...(driver.hasClock ? { clock: { now: clockOf(system) } } : {}),
      close: () => system.close(),
    };
  },
};

/** Asked of several servers behind one address it might go back; it does not. */
function clockOf(system: SqlSystem): (signal: AbortSignal) => Promise<number> {
  let last = 0;
  return async (signal) => {
    signal.throwIfAborted();
    last = Math.max(last, await system.kept((session) => session.now()));
    signal.throwIfAborted();
    return last;
  };
}
