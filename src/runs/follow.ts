/**
 * What runs beside others do with what they staged: it is worked out, counted by the gates and sent at once, together with what follows
 * from it, and nothing else that waits (docs/decisions/0010).
 */
import { canonicalJson } from '#core/canonical';
import { toFault } from '#core/errors';
import { type EngineConnection, exportConnection, gateRows, MOST_TAKEN, sync, type Turn } from '#engine/index';
import type { EdgeRow, RunStatus, StagedId, StagedRow } from '#store/contract';
import { createLooks, type Looks } from './before-deletes.ts';
import { begin } from './begin.ts';
import { besideOf, type PushReport } from './beside.ts';
import { isHeld } from './cycle.ts';
import { anyWaits } from './early.ts';
import type { ConnectionCounts, Services } from './model.ts';
import { phase } from './phase.ts';
import type { Recorder } from './recorder.ts';
import type { Opened, Session } from './services.ts';

/** What a target answers can decide something more, such as a reference, or the next candidate of a value that is taken. */
const PASSES = 5 + MOST_TAKEN;

/** Beside a run it has the time of that run, which is the latest there was: nothing is agreed for a later instant and then for an earlier one. */
export async function openBeside(
  of: { readonly profile: string; readonly by: string; readonly opened?: Opened },
  services: Services,
  noting: Recorder,
): Promise<Session> {
  const beside = besideOf(services.store);
  const now = beside.runs > 0 ? 0 : services.wall();
  // One person is no progress of anything.
  const { onProgress: _, ...quiet } = services;
  return await begin({ ...of, now, beside }, { ...quiet, store: noting.store });
}

export interface Steps {
  /** Its turn; where it is not asked for yet, it is now. */
  readonly turn?: Promise<Turn> | undefined;
  /** Called with the turn; what is staged when it is fulfilled is worked out. */
  readonly staged: () => Promise<void>;
  /** Called when that is in the store, before the gates count it and anything is sent. */
  readonly worked?: () => void;
}

/** Answers how it went. */
export async function followed(
  session: Session,
  services: Services,
  noting: Recorder,
  { turn: asked, staged, worked }: Steps,
): Promise<RunStatus> {
  const { context } = session;
  // No system is read for it: where accounts cannot be looked up, deletes wait for the next run.
  const looks = createLooks(context, { planned: false, read: async () => false });
  try {
    const turn = await (asked ?? context.turns.take(true));
    let wishes: Wishes | null = null;
    try {
      await staged();
      wishes = await workOut(session, services, noting, turn, worked);
    } finally {
      turn.end();
    }
    for (let pass = 0; pass < PASSES && (wishes !== null || isLeft(noting, services)); pass++) {
      if (wishes !== null) await send(session, wishes, looks);
      wishes = null;
      if (await noting.isQuiet()) break;
      const again = await context.turns.take(true);
      try {
        wishes = await workOut(session, services, noting, again);
      } finally {
        again.end();
      }
    }
    return 'done';
  } catch (error) {
    if (context.signal.aborted) return 'interrupted';
    context.fault(toFault(error));
    return 'failed';
  }
}

/** What came too early is for the run that goes on beside this one; where there is none, for nobody else. */
function isLeft({ waits }: Recorder, { store }: Services): boolean {
  return waits && besideOf(store).runs === 0;
}

/** Its row is in the store when this is fulfilled. */
export async function endRun(
  session: Session,
  services: Services,
  outcome: RunStatus,
  counts: readonly ConnectionCounts[],
): Promise<PushReport> {
  const { context, faults, notices } = session;
  session.told();
  await session.errorsStored();
  const status = outcome === 'done' && (session.faultCount() > 0 || notices.length > 0) ? 'warnings' : outcome;
  const end = {
    status,
    endedAt: services.wall(),
    counts: canonicalJson(counts.map(shortened)),
    rowsWritten: 0,
    believed: false,
    soon: true,
  };
  await services.store.runs.finish(context.run, context.epoch, end);
  return { run: context.run, status, faults, notices };
}

/** There are many such runs: what is left out is read as 0. */
function shortened(counts: ConnectionCounts): object {
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0));
}

/** What is to be sent, by target. */
type Wishes = ReadonlyMap<EngineConnection, Wish>;

interface Wish {
  readonly accounts: readonly StagedId[];
  readonly groups: ReadonlySet<StagedId>;
  readonly deletes: boolean;
}

/** Syncs what waits because of this run, and lets the gates count what it decided, in one turn. Null when there is nothing to send. */
async function workOut(
  session: Session,
  { config, store }: Services,
  noting: Recorder,
  turn: Turn,
  worked?: () => void,
): Promise<Wishes | null> {
  const { context } = session;
  // What others found out about the connections since this run began: modes, outages, holds.
  for (const state of await context.store.spaces.states()) context.states.set(state.name, state);
  for (const connection of config.connections) {
    const { rulesHash = null } = context.states.get(connection.name) ?? {};
    if (rulesHash === null || rulesHash === connection.rulesHash) continue;
    context.notice(
      'rulesChanged',
      connection.name,
      `the rules of ${connection.name} changed; what was pushed is kept until a run has applied them`,
      "'rollcall plan' shows what comes of it",
    );
    return null;
  }
  await phase('sync', context, null, () => sync(context, { own: noting.take, turn }));
  worked?.();
  const { accounts, groups } = noting.decided();
  if (accounts.length + groups.size === 0) return null;
  const rows = await context.store.spaces.byIds([...new Set([...accounts, ...groups])]);
  const wishes = new Map<EngineConnection, Wish>();
  for (const connection of config.connections) {
    if (connection.exports.size === 0 || isHeld(context, connection)) continue;
    const mine = rows.filter((row) => row.connection === connection.name);
    const decided = mine.filter((row) => row.export?.state === 'waiting' || row.export?.state === 'held');
    const members = new Set(mine.filter((row) => groups.has(row.id)).map((row) => row.id));
    if (decided.length + members.size === 0) continue;
    // All of it: who sends it may be somebody else, and asks no gate any more.
    await gateRows(context, connection, decided, members.size > 0);
    const wished = await withoutEarly(store, connection, decided);
    noting.later(decided.filter((row) => !wished.includes(row)).map((row) => row.id));
    const deletes = wished.some((row) => row.export!.operation === 'delete');
    wishes.set(connection, { accounts: wished.map((row) => row.id), groups: members, deletes });
  }
  return wishes.size === 0 ? null : wishes;
}

/** Those who are to be made and may be there already are left to the run that works that out. */
async function withoutEarly(
  store: Services['store'],
  { name }: EngineConnection,
  rows: readonly StagedRow[],
): Promise<readonly StagedRow[]> {
  const isNew = (row: StagedRow): boolean => row.export!.operation === 'create';
  return rows.some(isNew) && (await anyWaits(name, store)) ? rows.filter((row) => !isNew(row)) : rows;
}

/** A target that fails keeps nobody else from being written to. */
async function send({ context }: Session, wishes: Wishes, looks: Looks): Promise<void> {
  for (const [connection, { accounts, groups, deletes }] of wishes)
    try {
      if (deletes) await looks.before(connection, accounts);
      const members = groups.size === 0 ? null : ({ stagedId }: EdgeRow) => groups.has(stagedId);
      await phase('export', context, connection, () =>
        exportConnection(context, connection, looks.deletable, { only: accounts, members, gated: true }),
      );
    } catch (error) {
      context.fault(toFault(error, { connection: connection.name }));
    }
}
