/**
 * Gates (SEMANTICS 8): per target and part of a change, what is decided and not sent plus what was sent in the last 24
 * hours is compared with a limit. A tripped gate holds that part and nothing else, until a person decides about it.
 */
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import type { EdgePosition, EdgeRow, ExportState, GateHold, StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { modeOf } from './mode.ts';
import { changeDigest } from './parts.ts';

const DAY_MS = 86_400_000;
const PAGE = 2_000;
/** Never under this many objects. */
const FEWEST = 5;
/** One group losing more than half of this many members. */
const GROUP_SIZE = 10;

const STRICT = { percent: 5, count: 500 };
const USUAL = { percent: 20, count: 5_000 };
const STRICT_PARTS = new Set(['delete', 'disable', 'unlink']);

export function limitOf(connection: EngineConnection, part: string, accounts: number): number {
  const set = connection.gates.get(part) ?? (part.includes(':') ? connection.gates.get(part.split(':')[0]!) : undefined);
  const { percent, count } = set ?? (STRICT_PARTS.has(part) ? STRICT : USUAL);
  // A hundred percent of a target that is still empty would be nobody.
  return Math.max(FEWEST, percent >= 100 ? count : Math.min(Math.floor((accounts * percent) / 100), count));
}

/** Time that nobody can vouch for ends nobody's account by itself (SEMANTICS 5). */
function limitFor(context: EngineContext, connection: EngineConnection, part: string, accounts: number): number {
  return context.timeDoubted && (part === 'disable' || part === 'delete') ? 0 : limitOf(connection, part, accounts);
}

/** Parts that are held now. */
export async function heldPartsOf(context: EngineContext, connection: EngineConnection): Promise<ReadonlySet<string>> {
  const holds = await context.store.exports.holds(connection.name);
  return new Set(holds.filter((hold) => hold.closedAt === null).map((hold) => hold.part));
}

/** Counts, trips, and sets each waiting export to held or waiting by the holds that stand. */
export async function gateConnection(context: EngineContext, connection: EngineConnection): Promise<void> {
  if (connection.exports.size === 0) return;
  const mode = modeOf(context, connection);
  if (mode === 'observe') return;
  const { exports, spaces } = context.store;
  const counts = await exports.gateCounts(connection.name, context.wall() - DAY_MS);
  const accounts = Object.values(await spaces.count(connection.name)).reduce((sum, kind) => sum + kind.present, 0);
  let open = (await exports.holds(connection.name)).filter((hold) => hold.closedAt === null);
  const states = await exports.counts(connection.name);
  // The usual case: nothing is held, and nothing is near a limit. Then no row needs to be looked at.
  const near = counts.some(({ part, pending, sent }) => pending + sent > limitFor(context, connection, part, accounts));
  const quiet = !near && open.length === 0 && mode === 'on' && (states.held ?? 0) + (states.observed ?? 0) === 0;
  const tally = new Map<string, { count: number; digests: string[] }>();
  if (!quiet)
    await eachPending(context, connection, async (rows) => {
      for (const row of rows) {
        // What was discarded goes nowhere: it must not hold what else is decided.
        if (isApproved(row) || isDiscarded(row)) continue;
        for (const part of JSON.parse(row.export!.parts) as string[]) {
          const entry = tally.get(part) ?? { count: 0, digests: [] };
          tally.set(part, entry);
          entry.count++;
          entry.digests.push(`${row.id}:${digestOf(row)}`);
        }
      }
    });
  const members = await tallyMembers(context, connection);
  if (members) tally.set('member', members);
  const sent = new Map(counts.map((row) => [row.part, row.sent]));
  // What a hold stood over is not wanted any more, by nobody's decision.
  for (const hold of open) if (!tally.has(hold.part)) await exports.closeHold(hold.id, 0, context.now);
  open = open.filter((hold) => tally.has(hold.part));
  const held = new Map(open.map((hold): [string, number] => [hold.part, hold.id]));
  for (const [part, { count, digests }] of tally) {
    if (held.has(part)) continue;
    const over = overLimit(count + (sent.get(part) ?? 0), limitFor(context, connection, part, accounts));
    const tripped = over ?? (part === 'member' ? members!.emptied : null);
    if (tripped === null) continue;
    const hold: Omit<GateHold, 'id' | 'closedAt' | 'decision'> = {
      connection: connection.name,
      part,
      ...tripped,
      digest: sha256Hex(canonicalJson(digests.sort())).slice(0, 32),
      since: context.now,
    };
    held.set(part, await exports.openHold(hold, context.epoch));
    open.push({ ...hold, id: held.get(part)!, closedAt: null, decision: null });
  }
  for (const hold of open)
    context.notice(
      'gate',
      connection.name,
      `${connection.name}: ${hold.count} changes of kind "${hold.part}" are over the limit of ${hold.limit}; they are held, other changes go on`,
      `look at them with: rollcall plan; then: rollcall approve ${hold.id} or rollcall discard ${hold.id}`,
    );
  if (!quiet || held.size > 0) await applyHolds(context, connection, held, mode);
}

/** A row waits unless its mode, or the holds on all of its parts, keep it. */
async function applyHolds(
  context: EngineContext,
  connection: EngineConnection,
  held: ReadonlyMap<string, number>,
  mode: 'hold' | 'on',
): Promise<void> {
  await eachPending(context, connection, async (rows) => {
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
      const parts = JSON.parse(columns.parts) as string[];
      const hold = isApproved(row) ? undefined : holdOver(parts, held);
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
    if (marks.length > 0)
      await context.store.exports.mark({ connection: connection.name, epoch: context.epoch, rows: marks, gates: [] });
  });
}

/** The hold that stops a whole change: on what it is, or on everything it changes. */
function holdOver(parts: readonly string[], held: ReadonlyMap<string, number>): number | undefined {
  if (held.size === 0) return undefined;
  const attributes = parts.filter((part) => part.startsWith('attribute:'));
  for (const part of ['create', 'delete']) if (parts.includes(part) && held.has(part)) return held.get(part);
  const others = parts.filter((part) => part === 'disable' || part === 'enable');
  const free = [
    ...others.filter((part) => !held.has(part)),
    ...attributes.filter(
      (part) =>
        !held.has('update') &&
        !held.has(part) &&
        !(parts.includes(`empty:${part.slice(10)}`) && held.has(`empty:${part.slice(10)}`)),
    ),
    ...(attributes.length === 0 && others.length === 0 ? parts.filter((part) => !held.has(part)) : []),
  ];
  if (free.length > 0) return undefined;
  for (const part of parts) if (held.has(part)) return held.get(part);
  return undefined;
}

interface Tripped {
  readonly count: number;
  readonly limit: number;
}

function overLimit(count: number, limit: number): Tripped | null {
  return count > limit ? { count, limit } : null;
}

/** Memberships that nobody has decided about yet, and the first group that would lose more than half of its members. */
async function tallyMembers(
  context: EngineContext,
  connection: EngineConnection,
): Promise<{ count: number; digests: string[]; emptied: Tripped | null } | null> {
  const digests: string[] = [];
  const losing = new Map<string, { readonly stagedId: number; readonly attribute: string; removed: number }>();
  for (let after: EdgePosition | null = null; ; ) {
    const page: readonly EdgeRow[] = await context.store.exports.pendingEdges(connection.name, { after, limit: PAGE });
    for (const { stagedId, attribute, key, state, decided } of page) {
      if (decided !== null) continue;
      digests.push(`${stagedId}:${attribute}:${key}:${state}`);
      if (state !== 'remove') continue;
      const group = losing.get(`${stagedId}:${attribute}`) ?? { stagedId, attribute, removed: 0 };
      group.removed++;
      losing.set(`${stagedId}:${attribute}`, group);
    }
    if (page.length < PAGE) break;
    after = page[page.length - 1]!;
  }
  if (digests.length === 0) return null;
  return { count: digests.length, digests, emptied: await emptiedGroup(context, [...losing.values()]) };
}

async function emptiedGroup(
  context: EngineContext,
  losing: readonly { readonly stagedId: number; readonly attribute: string; readonly removed: number }[],
): Promise<Tripped | null> {
  for (const { stagedId, attribute, removed } of losing) {
    if (removed * 2 <= GROUP_SIZE) continue;
    const size = await countEdges(context, stagedId, attribute);
    if (size >= GROUP_SIZE && removed * 2 > size) return { count: removed, limit: Math.floor(size / 2) };
  }
  return null;
}

async function countEdges(context: EngineContext, stagedId: number, attribute: string): Promise<number> {
  let count = 0;
  for (let after: string | undefined; ; ) {
    const page = await context.store.spaces.edgesOf([stagedId], {
      attribute,
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    count += page.filter((edge) => edge.state !== 'add').length;
    if (page.length < PAGE) return count;
    after = page[page.length - 1]!.key;
  }
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

function isApproved(row: StagedRow): boolean {
  return row.export!.approved !== null && row.export!.approved === digestOf(row);
}

function isDiscarded(row: StagedRow): boolean {
  return row.export!.discarded !== null && row.export!.discarded === digestOf(row);
}
