/** Which changes of a target wait for one decision: its first plan, all that its gates hold, or one hold. */
import { RollcallError } from '#core/errors';
import { isApprovalOf, isDiscarded, partsLeft } from '#runs/reasons';
import type { DecisionRow, EdgeRow, ExportState, GateHold, StagedRow, Store } from '#store/contract';
import { digestOf, membersDecided, pagesIn } from './change.ts';
import type { Surroundings } from './decision.ts';
import { leftOutOf } from './first-plan.ts';
import { known } from './hold.ts';
import { heldLinks, UNLINK } from './unlink-gate.ts';

export interface Selection {
  readonly connection: string;
  /** `firstPlan`: the target only watches so far. */
  readonly what: 'firstPlan' | 'gate';
  readonly holds: readonly GateHold[];
  /** The hold over what was left out of a first plan. */
  readonly leftOut: number | undefined;
  readonly members: readonly EdgeRow[];
  /** Decisions that would end the links of accounts. */
  readonly links: readonly DecisionRow[];
  /** Its changes of accounts, by id: there may be more of them than fit into memory. */
  pages(): AsyncIterable<readonly StagedRow[]>;
}

/** Errors: notFound when nothing waits there. */
export async function selectionOf(target: string, surroundings: Surroundings): Promise<Selection> {
  const { store, config } = surroundings;
  const open = (await store.exports.holds(null)).filter((one) => one.closedAt === null);
  const id = /^#?\d+$/.test(target) ? Number(target.replace('#', '')) : null;
  const byId = id === null ? undefined : open.find((one) => one.id === id);
  if (id !== null && byId === undefined) throw noHold(id, open);
  if (byId === undefined) known(target, config);
  const connection = byId?.connection ?? target;
  if (byId === undefined) {
    const first = await firstPlan(connection, surroundings);
    if (first !== null) return first;
  }
  const holds = byId === undefined ? open.filter((one) => one.connection === connection) : [byId];
  const leftOut = leftOutOf(open, connection);
  if (holds.length === 0) {
    throw new RollcallError('notFound', `Nothing at ${connection} waits for an approval.`, {
      where: { connection },
      remedy: "'rollcall parked' lists what else waits for a decision.",
    });
  }
  const said = holds.flatMap(({ id, part }) => (id === leftOut ? ['held' as const] : part === 'member' ? [null] : []));
  const members = said.length > 0 ? await membersDecided(store, connection, said) : [];
  const links = holds.some((one) => one.part === UNLINK) ? await heldLinks(store, connection) : [];
  const isHeld = (row: StagedRow): boolean => holds.some((hold) => covers(hold, row, leftOut));
  const pages = () => chosenIn(store, connection, ['waiting', 'held'], isHeld);
  return { connection, what: 'gate', holds, leftOut, members, links, pages };
}

function noHold(id: number, open: readonly GateHold[]): RollcallError {
  const listed = open.map((one) => `#${one.id} of ${one.connection}`).join(', ');
  return new RollcallError('notFound', `There is no open hold #${id}; one that was decided is closed.`, {
    remedy: open.length === 0 ? 'Nothing is held: there is nothing to approve or discard.' : `Open are ${listed}.`,
  });
}

/** What a target that only watches would do; null where nothing of that kind waits. */
async function firstPlan(connection: string, { store, config }: Surroundings): Promise<Selection | null> {
  if (config.connections.find((one) => one.name === connection)?.exports.size === 0) return null;
  const pages = () => chosenIn(store, connection, ['observed'], (row) => !isDiscarded(row));
  const state = (await store.spaces.states()).find((one) => one.name === connection);
  if ((state !== undefined && state.mode !== 'on' && state.lastCompleteRead !== null) || (await hasAny(pages()))) {
    const members = await membersDecided(store, connection, [null]);
    return { connection, what: 'firstPlan', holds: [], leftOut: undefined, members, links: [], pages };
  }
  if (state?.mode === 'on') return null;
  throw new RollcallError('notFound', `${connection} has not been read completely yet, so there is no first plan to approve.`, {
    where: { connection },
    remedy: "Run 'rollcall run' first: it reads the target and shows what it would write, without writing.",
  });
}

async function* chosenIn(
  store: Store,
  connection: string,
  states: readonly ExportState[],
  isChosen: (row: StagedRow) => boolean,
): AsyncGenerator<readonly StagedRow[]> {
  for await (const page of pagesIn(store, connection, states)) {
    const chosen = page.filter(isChosen);
    if (chosen.length > 0) yield chosen;
  }
}

async function hasAny(pages: AsyncIterable<unknown>): Promise<boolean> {
  for await (const _ of pages) return true;
  return false;
}

/**
 * A hold covers the undecided changes that have its part, also those of which other parts go on meanwhile; the one over what
 * was left out of a first plan covers that, whatever it is.
 */
export function covers(hold: GateHold, row: StagedRow, leftOut: number | undefined): boolean {
  const wish = row.export!;
  if (isApprovalOf(wish.approved, digestOf(row)) || isDiscarded(row)) return false;
  if (leftOut !== undefined && wish.holdId === leftOut) return hold.id === leftOut;
  return partsLeft(row).includes(hold.part);
}
