/**
 * The run that pushes share: what comes while others are being worked out is one list, one turn, few commits. Each push is durable
 * before it is answered, whatever becomes of its run; what its run does not finish waits for the next one.
 */
import type { Change, ReadObject } from '#connectors/contract';
import { canonicalJson } from '#core/canonical';
import { type Fault, RollcallError, toFault } from '#core/errors';
import { unknownConnection } from '#core/unknown-name';
import {
  type EngineConnection,
  type EngineContext,
  exportConnection,
  gateRows,
  MOST_TAKEN,
  sync,
  type Turn,
} from '#engine/index';
import type { DirtyRange, EdgeRow, RunId, RunStatus, StagedId, StagedRow } from '#store/contract';
import { createLooks, type Looks } from './before-deletes.ts';
import { begin } from './begin.ts';
import { besideOf, inOrder, type PushReport, type PushRun, type Taken } from './beside.ts';
import { isHeld } from './cycle.ts';
import type { Services } from './model.ts';
import { createPushStaging } from './push-staging.ts';
import { type Recorder, recorder } from './recorder.ts';
import type { Session } from './services.ts';

export interface PushRequest {
  readonly connection: string;
  /** The whole object (`put`, or no `op`), what of it changed (`patch`), or that it is not there any more (`delete`). */
  readonly change: ReadObject | Change;
  readonly by: string;
}

export interface Pushed {
  readonly run: RunId;
  /** What is wrong with it, attribute by attribute; then nothing of it was taken. */
  readonly faults: readonly Fault[];
  /** Fulfilled when what follows from it is agreed and its exports were tried. */
  readonly settled: Promise<PushReport>;
}

/** What comes while a run is being prepared, up to here: few enough for the store's interactive lane. */
const MOST = 20;
/** What a target answers can decide something more, such as a reference, or the next candidate of a value that is taken. */
const PASSES = 5 + MOST_TAKEN;

/** Errors: as of `push`. `around` has it staged, in the order of the pushes of one object: the next of them waits for it. */
export async function pushHere(
  { connection: name, change, by }: PushRequest,
  services: Services,
  around: (stage: () => Promise<Taken>) => Promise<Taken>,
): Promise<Pushed> {
  const connection = connectionOf(name, services);
  const into = joinRun(services, by);
  const stage = async (): Promise<Taken> => {
    const { context } = await into.session;
    if (isHeld(context, connection))
      throw new RollcallError('conflict', `${name} is held: nothing is taken from it`, { remedy: `rollcall release ${name}` });
    return { run: context.run, faults: await into.stage(context, connection, change) };
  };
  const taken = inOrder(services.store, `staging ${objectOf(change, name)}`, () => around(stage));
  into.staging.push(taken);
  return { ...(await taken), settled: into.settled };
}

/** These are looked at anew, at once. */
export async function lookHere(ranges: readonly DirtyRange[], by: string, services: Services): Promise<Omit<Pushed, 'faults'>> {
  const into = joinRun(services, by);
  const marked = into.session.then(({ context }) => context.store.sync.markDirty(ranges, context.epoch));
  into.staging.push(marked);
  await marked;
  return { run: (await into.session).context.run, settled: into.settled };
}

/** Whose pushes keep their order. */
export function objectOf({ kind, anchor }: PushRequest['change'], connection: string): string {
  return [connection, kind, anchor].join('\u0000');
}

export function connectionOf(name: string, { config }: Pick<Services, 'config'>): EngineConnection {
  const connection = config.connections.find((one) => one.name === name);
  if (connection) return connection;
  throw unknownConnection(
    name,
    config.connections.map((one) => one.name),
  );
}

/** The run that is being prepared for whoever this is, or a new one. */
function joinRun(services: Services, by: string): PushRun {
  const { pushes } = besideOf(services.store);
  const open = pushes.get(by);
  if (open && open.staging.length < MOST) return open;
  const noting = recorder(services.store);
  const session = openPush(services, noting, by);
  const staging: Promise<unknown>[] = [];
  const close = (): void => void (pushes.get(by) === run && pushes.delete(by));
  const settled = settle(services, session, noting, staging, close);
  const run: PushRun = { session, stage: createPushStaging(), staging, settled };
  run.settled.catch(() => undefined);
  pushes.set(by, run);
  return run;
}

/** A push beside a run has the time of that run, which is the latest there was: nothing is agreed for a later instant and then for an earlier one. */
async function openPush(services: Services, noting: Recorder, by: string): Promise<Session> {
  const beside = besideOf(services.store);
  const now = beside.runs > 0 ? 0 : services.wall();
  return await begin({ profile: 'push', by, now, beside }, { ...services, store: noting.store });
}

async function settle(
  services: Services,
  opening: Promise<Session>,
  noting: Recorder,
  staging: readonly Promise<unknown>[],
  close: () => void,
): Promise<PushReport> {
  let session: Session;
  try {
    session = await opening;
  } catch (error) {
    close();
    throw error;
  }
  const { context } = session;
  // A push reads no system: where accounts cannot be looked up, deletes wait for the next run.
  const looks = createLooks(context, { planned: false, read: async () => false });
  let status: RunStatus = 'done';
  try {
    const turn = await context.turns.take(true);
    close();
    let wishes: Wishes | null = null;
    try {
      await Promise.allSettled(staging);
      wishes = await workOut(session, services, noting, turn);
    } finally {
      turn.end();
    }
    for (let pass = 0; wishes !== null && pass < PASSES; pass++) {
      await send(session, wishes, looks);
      wishes = null;
      const again = await context.turns.take(true);
      try {
        wishes = await workOut(session, services, noting, again);
      } finally {
        again.end();
      }
    }
  } catch (error) {
    status = 'failed';
    context.fault(toFault(error));
  }
  await session.close();
  await session.errorsStored();
  if (status === 'done' && (session.faultCount() > 0 || session.notices.length > 0)) status = 'warnings';
  const end = { status, endedAt: services.wall(), counts: canonicalJson([]), rowsWritten: 0, believed: false };
  await services.store.runs.finish(context.run, context.epoch, end);
  return { run: context.run, status, faults: session.faults, notices: session.notices };
}

/** What is to be sent, by target. */
type Wishes = ReadonlyMap<EngineConnection, { readonly accounts: readonly StagedId[]; readonly groups: ReadonlySet<StagedId> }>;

/** Syncs what waits because of this run, and lets the gates count what it decided, in one turn. Null when there is nothing to send. */
async function workOut(session: Session, { config }: Services, noting: Recorder, turn: Turn): Promise<Wishes | null> {
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
      'rollcall plan shows what comes of it',
    );
    return null;
  }
  await sync(context, { own: noting.take, turn });
  const { accounts, groups } = noting.decided();
  if (accounts.length + groups.size === 0) return null;
  const rows = await context.store.spaces.byIds([...new Set([...accounts, ...groups])]);
  const wishes = new Map<EngineConnection, { accounts: StagedId[]; groups: Set<StagedId> }>();
  for (const connection of config.connections) {
    if (connection.exports.size === 0 || isHeld(context, connection)) continue;
    const mine = rows.filter((row) => row.connection === connection.name);
    const decided = mine.filter((row) => row.export?.state === 'waiting' || row.export?.state === 'held');
    const members = new Set(mine.filter((row) => groups.has(row.id)).map((row) => row.id));
    if (decided.length + members.size === 0) continue;
    // All of it: who sends it may be somebody else, and asks no gate any more.
    await gateRows(context, connection, decided, members.size > 0);
    const wished = await withoutEarly(context, connection, decided);
    wishes.set(connection, { accounts: wished.map((row) => row.id), groups: members });
  }
  return wishes.size === 0 ? null : wishes;
}

/**
 * Nobody is made an account while something that was read or decided there is not worked out: theirs may be among it. It is left to
 * the run that works it out.
 */
async function withoutEarly(
  { store }: EngineContext,
  { name }: EngineConnection,
  rows: readonly StagedRow[],
): Promise<readonly StagedRow[]> {
  const isNew = (row: StagedRow): boolean => row.export!.operation === 'create';
  if (!rows.some(isNew)) return rows;
  const { ranges } = await store.sync.dirty();
  return (await store.sync.anyWithin(name, ranges)) ? rows.filter((row) => !isNew(row)) : rows;
}

/** A target that fails keeps nobody else from being written to. */
async function send({ context }: Session, wishes: Wishes, looks: Looks): Promise<void> {
  for (const [connection, { accounts, groups }] of wishes)
    try {
      await looks.before(connection, accounts);
      const members = groups.size === 0 ? null : ({ stagedId }: EdgeRow) => groups.has(stagedId);
      await exportConnection(context, connection, looks.deletable, { only: accounts, members, gated: true });
    } catch (error) {
      context.fault(toFault(error, { connection: connection.name }));
    }
}
