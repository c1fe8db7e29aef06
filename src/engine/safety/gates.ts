/**
 * Gates (SEMANTICS 8): per target and part of a change, what is decided and not sent plus what was sent in the last 24
 * hours is compared with a limit. A tripped gate holds that part and nothing else, until a person decides about it.
 */
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { freeParts } from '#core/parts';
import type { ExportState, GateCount, GateHold, StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { isDiscarded, partsLeft } from './discards.ts';
import { DOUBTED, type Tripped, tellClosed, tellHold } from './hold-notice.ts';
import { tallyMembers } from './memberships.ts';
import { modeOf } from './mode.ts';
import { changeDigest, FIRST_PLAN, isApprovalOf } from './parts.ts';

const DAY_MS = 86_400_000;
/** Rows read, and marked at one go. */
const PAGE = 1_000;
/** Never under this many objects. */
const FEWEST = 5;

const STRICT = { percent: 5, count: 500 };
const USUAL = { percent: 20, count: 5_000 };
const STRICT_PARTS = new Set(['delete', 'disable', 'unlink']);

export function limitOf(connection: Pick<EngineConnection, 'gates'>, part: string, accounts: number): number {
  const { percent, count } = setFor(connection, part);
  // A hundred percent of a target that is still empty would be nobody.
  return Math.max(FEWEST, percent >= 100 ? count : Math.min(Math.floor((accounts * percent) / 100), count));
}

function setFor({ gates }: Pick<EngineConnection, 'gates'>, part: string): { readonly percent: number; readonly count: number } {
  const set = gates.get(part) ?? (part.includes(':') ? gates.get(part.split(':')[0]!) : undefined);
  return set ?? (STRICT_PARTS.has(part) ? STRICT : USUAL);
}

function limitFor(context: EngineContext, connection: EngineConnection, part: string, accounts: number): number {
  if (context.timeDoubted && (part === 'disable' || part === 'delete')) {
    // branch: holds: time in doubt
    return DOUBTED;
  }
  return limitOf(connection, part, accounts);
}

/** Parts that are held now. */
export async function heldPartsOf(context: EngineContext, connection: EngineConnection): Promise<ReadonlySet<string>> {
  const holds = await context.store.exports.holds(connection.name);
  return new Set(holds.filter((hold) => hold.closedAt === null).map((hold) => hold.part));
}

/** Counts, trips, and sets each waiting export to held or waiting by the holds that stand. */
export async function gateConnection(context: EngineContext, connection: EngineConnection): Promise<void> {
  if (connection.exports.size === 0 || modeOf(context, connection) === 'observe') return;
  const turn = await context.turns.take(false);
  try {
    await gateAll(context, connection);
  } finally {
    turn.end();
  }
}

/**
 * The same for these exports alone, by who has the turn: a push costs what it changes, until it is the one that trips a gate.
 * `members`: it changed memberships too.
 */
export async function gateRows(
  context: EngineContext,
  connection: EngineConnection,
  rows: readonly StagedRow[],
  members: boolean,
): Promise<void> {
  const mode = modeOf(context, connection);
  if (mode === 'observe') return;
  const { exports } = context.store;
  const open = await exports.holds(connection.name);
  const held = new Map(open.map((hold): [string, number] => [hold.part, hold.id]));
  const parts = new Set(rows.flatMap(partsLeft));
  const since = context.wall() - DAY_MS;
  let counts = await exports.gateBounds(connection.name, since, [...parts, 'delete']);
  const accounts = await accountsOf(context, connection, counts);
  const trips = (): boolean =>
    counts.some(
      ({ part, pending, sent }) =>
        parts.has(part) && !held.has(part) && pending + sent > limitFor(context, connection, part, accounts),
    );
  // All that waits is counted only where it may be too much, or is told.
  if (trips() || open.some((hold) => parts.has(hold.part))) counts = await exports.gateCounts(connection.name, since);
  if (trips() || members) await gateAll(context, connection);
  else if (held.size > 0 || mode === 'hold') {
    const now = new Map(counts.map((row) => [row.part, row]));
    for (const hold of open) {
      if (!parts.has(hold.part)) continue;
      const { pending = hold.count, sent = 0 } = now.get(hold.part) ?? {};
      const over = overLimit(pending, sent, limitFor(context, connection, hold.part, accounts));
      tellHold(context, connection, hold, pending, over);
    }
    await markRows(context, connection, rows, held, mode);
  }
}

/** Those there were when the window began: a limit does not shrink with what is deleted under it. What a person approved is gone by consent. */
async function accountsOf(context: EngineContext, connection: EngineConnection, counts: readonly GateCount[]): Promise<number> {
  const kinds = Object.values(await context.store.spaces.count(connection.name));
  return kinds.reduce((sum, kind) => sum + kind.present, 0) + (counts.find(({ part }) => part === 'delete')?.sent ?? 0);
}

async function gateAll(context: EngineContext, connection: EngineConnection): Promise<void> {
  const mode = modeOf(context, connection);
  if (mode === 'observe') return;
  const { exports } = context.store;
  // By the clock that sends: a run's `now` may be set, and would move the window.
  const since = context.wall() - DAY_MS;
  const counts = await exports.gateCounts(connection.name, since);
  const accounts = await accountsOf(context, connection, counts);
  let open = (await exports.holds(connection.name)).filter((hold) => hold.closedAt === null);
  const states = await exports.counts(connection.name);
  // The usual case: nothing is held, and nothing is near a limit. Then no row needs to be looked at.
  const near = counts.some(({ part, pending, sent }) => pending + sent > limitFor(context, connection, part, accounts));
  const quiet = !near && open.length === 0 && mode === 'on' && (states.held ?? 0) + (states.observed ?? 0) === 0;
  const tally = new Map<string, string[]>();
  const count = (part: string, digest: string): void => {
    const counted = tally.get(part);
    if (counted) counted.push(digest);
    else tally.set(part, [digest]);
  };
  const leftOut = open.find(({ part }) => part === FIRST_PLAN)?.id;
  if (!quiet)
    await eachPending(context, connection, async (rows) => {
      for (const row of rows) {
        // What was discarded goes nowhere: it must not hold what else is decided.
        if (isApproved(row) || isDiscarded(row)) continue;
        const parts = isLeftOut(row, leftOut) ? [FIRST_PLAN] : partsLeft(row);
        for (const part of parts) count(part, `${row.id}:${digestOf(row)}`);
      }
    });
  const members = await tallyMembers(context, connection, since);
  for (const digest of members.digests) count('member', digest);
  for (const digest of members.leftOut) count(FIRST_PLAN, digest);
  // People's decisions, which wait where they were made (decisions/unlink-gate).
  if (open.some(({ part }) => part === 'unlink'))
    for (const id of await heldLinks(context, connection)) count('unlink', `link ${id}`);
  const sent = new Map(counts.map((row) => [row.part, row.sent]));
  const waitingOf = (part: string): number => tally.get(part)!.length - (part === 'member' ? members.counted : 0);
  const trippedBy = (part: string): Tripped | null =>
    overLimit(waitingOf(part), sent.get(part) ?? 0, limitFor(context, connection, part, accounts)) ??
    (part === 'member' ? members.emptied : null);
  const closed = new Set<number>();
  // What a hold stood over is not wanted any more, by nobody's decision; or its limit is a higher one by now, and nothing is over that.
  for (const hold of open) {
    if (tally.has(hold.part) && !(isRaised(connection, hold, accounts) && trippedBy(hold.part) === null)) continue;
    closed.add(hold.id);
    await exports.closeHold(hold.id, 0, context.now);
    tellClosed(context, connection, hold);
  }
  open = open.filter((hold) => !closed.has(hold.id));
  const held = new Map(open.map((hold): [string, number] => [hold.part, hold.id]));
  for (const [part, digests] of tally) {
    const tripped = held.has(part) ? null : trippedBy(part);
    if (tripped === null) continue;
    const hold: Omit<GateHold, 'id' | 'closedAt' | 'decision'> = {
      connection: connection.name,
      part,
      count: tripped.count,
      limit: tripped.limit,
      digest: `${settingOf(connection, part)} ${sha256Hex(canonicalJson(digests.sort())).slice(0, 32)}`,
      since: context.now,
    };
    // branch: holds: a gate trips
    held.set(part, await exports.openHold(hold, context.epoch));
    open.push({ ...hold, id: held.get(part)!, closedAt: null, decision: null });
  }
  for (const hold of open) {
    const emptied = hold.part === 'member' ? members.emptied : null;
    tellHold(context, connection, hold, waitingOf(hold.part), emptied ?? trippedBy(hold.part));
  }
  if (!quiet || held.size > 0) await applyHolds(context, connection, held, mode);
}

/** Somebody has given it a higher limit since. Time in doubt has none, and people's own decisions wait for people. */
function isRaised(connection: EngineConnection, { part, limit, digest }: GateHold, accounts: number): boolean {
  if (limit === DOUBTED || part === FIRST_PLAN || part === 'unlink') return false;
  return (
    digest.includes(' ') && !digest.startsWith(`${settingOf(connection, part)} `) && limitOf(connection, part, accounts) > limit
  );
}

/** The limit as rollcall.yaml has it: in objects it moves with the number of accounts. */
function settingOf(connection: Pick<EngineConnection, 'gates'>, part: string): string {
  const { percent, count } = setFor(connection, part);
  return `${percent}%/${count}`;
}

async function heldLinks({ store }: EngineContext, { name }: EngineConnection): Promise<readonly number[]> {
  const held = await store.decisions.list({ kinds: ['heldLink'], connection: name, active: true }, { after: 0, limit: PAGE });
  return held.map((one) => one.id);
}

async function applyHolds(
  context: EngineContext,
  connection: EngineConnection,
  held: ReadonlyMap<string, number>,
  mode: 'hold' | 'on',
): Promise<void> {
  await eachPending(context, connection, (rows) => markRows(context, connection, rows, held, mode));
}

/** A row waits unless its mode, or the holds on all of its parts, keep it. */
async function markRows(
  context: EngineContext,
  connection: EngineConnection,
  rows: readonly StagedRow[],
  held: ReadonlyMap<string, number>,
  mode: 'hold' | 'on',
): Promise<void> {
  const marks: {
    id: number;
    revision: number;
    state: ExportState;
    holdId: number | null;
    approved: string | null;
    discarded: string | null;
  }[] = [];
  for (const row of rows) {
    const columns = row.export!;
    const parts = partsLeft(row);
    const leftOut = held.get(FIRST_PLAN);
    const hold = isApproved(row) ? undefined : isLeftOut(row, leftOut) ? leftOut : holdOver(parts, held);
    const state: ExportState = mode === 'hold' || hold !== undefined || isDiscarded(row) ? 'held' : 'waiting';
    if (state !== columns.state || (hold ?? null) !== columns.holdId)
      marks.push({
        id: row.id,
        revision: columns.revision,
        state,
        holdId: hold ?? null,
        approved: columns.approved,
        discarded: columns.discarded,
      });
  }
  if (marks.length > 0) await context.store.exports.mark({ connection: connection.name, epoch: context.epoch, rows: marks });
}

/** The hold that stops a whole change: on what it is, or on everything it changes. */
function holdOver(parts: readonly string[], held: ReadonlyMap<string, number>): number | undefined {
  if (held.size === 0) return undefined;
  for (const part of ['create', 'delete']) if (parts.includes(part) && held.has(part)) return held.get(part);
  if (freeParts(parts, held).length > 0) return undefined;
  for (const part of parts) if (held.has(part)) return held.get(part);
  return undefined;
}

function overLimit(waiting: number, sent: number, limit: number): Tripped | null {
  return waiting + sent > limit ? { count: waiting + sent, sent, limit } : null;
}

async function eachPending(
  context: EngineContext,
  connection: EngineConnection,
  visit: (rows: readonly StagedRow[]) => Promise<void>,
): Promise<void> {
  for (let after = 0; ; ) {
    const page = await context.store.exports.list(connection.name, ['waiting', 'held', 'observed'], { after, limit: PAGE });
    if (page.length === 0) return;
    after = page[page.length - 1]!.id;
    await visit(page);
    if (page.length < PAGE) return;
  }
}

function digestOf(row: StagedRow): string {
  return changeDigest(row.id, row.export!);
}

/** Not chosen when others of a first plan were: the account waits, whatever becomes of its change. */
function isLeftOut(row: StagedRow, hold: number | undefined): boolean {
  return hold !== undefined && row.export!.holdId === hold;
}

function isApproved(row: StagedRow): boolean {
  return isApprovalOf(row.export!.approved, digestOf(row));
}
