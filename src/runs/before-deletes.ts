/**
 * A delete is preceded by a look at the account (SEMANTICS 11): by look-ups of exactly those accounts, or, where the target
 * has none, by a read of it in this run. Deletes of what could not be looked at are not sent.
 */
import { accountName } from '#core/label';
import {
  type EngineConnection,
  type EngineContext,
  isClosed,
  looksUp,
  lookUpAccounts,
  modeOf,
  waitingDeletes,
} from '#engine/index';
import type { StagedId, StagedRow } from '#store/contract';

export interface Looks {
  /** Accounts whose delete may be sent. */
  readonly deletable: ReadonlySet<StagedId>;
  /** Looks at what is to be deleted, of these accounts where they are named; true when something is not as it was, so that sync has to decide first. */
  before(connection: EngineConnection, only?: readonly StagedId[]): Promise<boolean>;
}

export interface LookOptions {
  /** A plan is carried out: what changed since is left out. */
  readonly planned: boolean;
  /** Reads the target, once a run; false when it could not be read completely. */
  readonly read: (connection: EngineConnection) => Promise<boolean>;
}

export function createLooks(context: EngineContext, options: LookOptions): Looks {
  const deletable = new Set<StagedId>();
  const changed = new Map<string, Set<StagedId>>();
  const asked = new Set<StagedId>();
  return {
    deletable,
    async before(connection, named) {
      if (modeOf(context, connection) !== 'on' || context.rests(connection.name) || isClosed(context, connection)) return false;
      // What sync looked at again, and still wants to be deleted, has been looked at.
      const before = changed.get(connection.name) ?? new Set();
      if (!options.planned) for (const id of before) deletable.add(id);
      const only = named === undefined ? null : new Set(named);
      const rows = await waitingDeletes(context, connection, (id) => !asked.has(id) && (only === null || only.has(id)));
      if (rows.length === 0) return false;
      for (const row of rows) asked.add(row.id);
      const found = looksUp(context, connection)
        ? await lookUpAccounts(context, connection, rows)
        : await readAccounts(context, connection, rows, options.read);
      for (const id of found.asSeen) deletable.add(id);
      const now = new Set(found.changed);
      changed.set(connection.name, now);
      if (options.planned) for (const row of rows) if (now.has(row.id)) leftOut(context, connection, row);
      return found.changed.length > 0;
    },
  };
}

async function readAccounts(
  context: EngineContext,
  connection: EngineConnection,
  rows: readonly StagedRow[],
  read: LookOptions['read'],
): Promise<{ readonly asSeen: StagedId[]; readonly changed: StagedId[] }> {
  if (!(await read(connection))) return { asSeen: [], changed: [] };
  const now = new Map((await context.store.spaces.byIds(rows.map((row) => row.id))).map((row) => [row.id, row.revision]));
  const [asSeen, changed]: [StagedId[], StagedId[]] = [[], []];
  for (const { id, revision } of rows) (now.get(id) === revision ? asSeen : changed).push(id);
  return { asSeen, changed };
}

function leftOut(context: EngineContext, connection: EngineConnection, row: StagedRow): void {
  context.fault({
    kind: 'conflict',
    message: `${connection.name} ${accountName(row)} has changed since the plan was made; it is left out`,
    where: { connection: connection.name, object: accountName(row) ?? `#${row.id}` },
    remedy: 'make a new plan for it',
  });
}
