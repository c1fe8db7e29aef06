/**
 * Approving and discarding what waits: the first plan of a target, or the changes a tripped gate holds.
 *
 * `pending` shows what a decision would cover and its digest; a decision given with that digest is refused when the changes
 * are no longer the ones shown. An approved change does not count at the gates; what is discarded is barred until its cause
 * changes, each attribute by itself.
 */
import { canonicalJson, parseImage } from '#core/canonical';
import { parseDn } from '#core/dn';
import { RollcallError } from '#core/errors';
import { discardOf, isDiscarded, partsLeft } from '#runs/reasons';
import type { DecisionRow, EdgeRow, GateHold, StagedRow } from '#store/contract';
import { type Changes, changesIn, digestOf, digestOfAll, groupsOf, membersDecided, sizeOf } from './change.ts';
import { checked, type Decider, type GatedSurroundings, type Surroundings } from './decision.ts';
import { leaveOut, leftOutOf } from './first-plan.ts';
import { requirePlaces } from './free-place.ts';
import { known } from './hold.ts';
import { approveLinks } from './links.ts';
import { dropHeld, heldLinks, UNLINK } from './unlink-gate.ts';

export interface Waiting {
  readonly connection: string;
  /** `firstPlan`: the target only watches so far. */
  readonly what: 'firstPlan' | 'gate';
  readonly holds: readonly HeldNow[];
  readonly rows: readonly StagedRow[];
  /** Memberships, and the groups whose they are. */
  readonly members: readonly EdgeRow[];
  readonly groups: ReadonlyMap<number, StagedRow>;
  /** Decisions that would end the links of accounts, and the accounts. */
  readonly links: readonly DecisionRow[];
  readonly linked: ReadonlyMap<number, StagedRow>;
  readonly digest: string;
}
/** `waits`: what it keeps by now; `count` is what tripped it, with what was sent before. */
export interface HeldNow extends GateHold {
  readonly waits: number;
}
export interface Decision {
  readonly connection: string;
  readonly what: 'firstPlan' | 'gate';
  /** Changes of accounts and memberships together. */
  readonly decided: number;
  /** Left waiting because they were not chosen. */
  readonly left: number;
  readonly digest: string;
}
export interface Choice {
  /** Connection, or id of a hold. */
  readonly target: string;
  /** Anchors, names or labels of the accounts chosen; empty = all. */
  readonly only: readonly string[];
  /** Digest that `pending` answered; null = whatever waits now. */
  readonly digest: string | null;
}

/** What waits for a decision at a connection or in a hold. Errors: notFound when nothing does. */
export async function pending(target: string, surroundings: Surroundings): Promise<Waiting> {
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
  const changes = await changesIn(store, connection, ['waiting', 'held']);
  const rows = changes.filter((row) => holds.some((hold) => covers(hold, row, leftOut)));
  if (holds.length === 0) {
    throw new RollcallError('notFound', `Nothing at ${connection} waits for an approval.`, {
      where: { connection },
      remedy: "'rollcall parked' lists what else waits for a decision.",
    });
  }
  const said = holds.flatMap(({ id, part }) => (id === leftOut ? ['held' as const] : part === 'member' ? [null] : []));
  const members = said.length > 0 ? await membersDecided(store, connection, said) : [];
  const links = holds.some((one) => one.part === UNLINK) ? await heldLinks(store, connection) : [];
  return waiting(connection, 'gate', holds, { rows, members, links }, store);
}

function noHold(id: number, open: readonly GateHold[]): RollcallError {
  const listed = open.map((one) => `#${one.id} of ${one.connection}`).join(', ');
  return new RollcallError('notFound', `There is no open hold #${id}; one that was decided is closed.`, {
    remedy: open.length === 0 ? 'Nothing is held: there is nothing to approve or discard.' : `Open are ${listed}.`,
  });
}

/** Errors: conflict also when somebody would get a second account by a link that was held; then nothing is decided. */
export async function approve(choice: Choice, decider: Decider, surroundings: GatedSurroundings): Promise<Decision> {
  const by = checked(decider);
  const { store } = surroundings;
  const shown = await pending(choice.target, surroundings);
  const chosen = choose(shown, choice);
  await requirePlaces(chosen.links, shown.linked, by.at, surroundings);
  if (shown.what === 'firstPlan') await leaveOut(shown, chosen, by.at, store);
  await mark(chosen, shown, surroundings, (row) => ({
    state: 'waiting',
    approved: digestOf(row),
    // What of it was discarded before was not shown, and stays so.
    discarded: row.export!.discarded,
  }));
  if (chosen.members.length > 0) await store.exports.decideEdges({ edges: chosen.members, decided: 'approved' });
  if (chosen.links.length > 0) await approveLinks(chosen.links, shown.linked, by.at, store);
  const decision = await record('approve', shown, chosen, by, surroundings);
  if (shown.what === 'firstPlan') {
    const approval = canonicalJson({ ...by, digest: digestOfAll(chosen), changes: sizeOf(chosen) });
    await store.spaces.saveState(shown.connection, { mode: 'on', approval }, null);
  }
  return close(decision, shown, chosen, by, surroundings);
}

export async function discard(choice: Choice, decider: Decider, surroundings: Surroundings): Promise<Decision> {
  const by = checked(decider);
  const shown = await pending(choice.target, surroundings);
  const chosen = choose(shown, choice);
  await mark(chosen, shown, surroundings, (row) => ({
    state: shown.what === 'gate' ? 'held' : 'observed',
    approved: null,
    discarded: discardOf(row.id, row.export!),
  }));
  if (chosen.members.length > 0) await surroundings.store.exports.decideEdges({ edges: chosen.members, decided: 'discarded' });
  for (const one of chosen.links) await dropHeld(one, by.at, surroundings.store);
  const decision = await record('discard', shown, chosen, by, surroundings);
  return close(decision, shown, chosen, by, surroundings);
}

/** What a target that only watches would do; null where nothing of that kind waits. */
async function firstPlan(connection: string, { store, config }: Surroundings): Promise<Waiting | null> {
  if (config.connections.find((one) => one.name === connection)?.exports.size === 0) return null;
  const observed = await changesIn(store, connection, ['observed']);
  const rows = observed.filter((row) => !isDiscarded(row));
  const state = (await store.spaces.states()).find((one) => one.name === connection);
  if (rows.length > 0 || (state !== undefined && state.mode !== 'on' && state.lastCompleteRead !== null)) {
    const members = await membersDecided(store, connection, [null]);
    return waiting(connection, 'firstPlan', [], { rows, members, links: [] }, store);
  }
  if (state?.mode === 'on') return null;
  throw new RollcallError('notFound', `${connection} has not been read completely yet, so there is no first plan to approve.`, {
    where: { connection },
    remedy: "Run 'rollcall run' first: it reads the target and shows what it would write, without writing.",
  });
}

/**
 * A hold covers the undecided changes that have its part, also those of which other parts go on meanwhile; the one over what
 * was left out of a first plan covers that, whatever it is.
 */
function covers(hold: GateHold, row: StagedRow, leftOut: number | undefined): boolean {
  const wish = row.export!;
  if (wish.approved === digestOf(row) || isDiscarded(row)) return false;
  if (leftOut !== undefined && wish.holdId === leftOut) return hold.id === leftOut;
  return partsLeft(row).includes(hold.part);
}

async function waiting(
  connection: string,
  what: Waiting['what'],
  holds: readonly GateHold[],
  { rows, members, links }: Changes,
  store: Surroundings['store'],
): Promise<Waiting> {
  const groups = await groupsOf(store, members);
  const linked = new Map((await store.spaces.byIds(links.map((one) => one.stagedId!))).map((row) => [row.id, row]));
  const leftOut = leftOutOf(holds, connection);
  const waitsIn = (hold: GateHold): number =>
    rows.filter((row) => covers(hold, row, leftOut)).length +
    members.filter((edge) => (edge.decided === 'held' ? hold.id === leftOut : hold.part === 'member')).length +
    (hold.part === UNLINK ? links.length : 0);
  const now = holds.map((hold) => ({ ...hold, waits: waitsIn(hold) }));
  const digest = digestOfAll({ rows, members, links });
  return { connection, what, holds: now, rows, members, groups, links, linked, digest };
}

function choose(shown: Waiting, { only, digest }: Choice): Changes {
  if (digest !== null && digest !== shown.digest && !(digest.length >= 8 && shown.digest.startsWith(digest))) {
    throw new RollcallError('conflict', `What waits at ${shown.connection} has changed since it was shown to you.`, {
      where: { connection: shown.connection },
      remedy: 'Look at it again and decide anew; nothing was decided.',
    });
  }
  return named(shown, only);
}

/** Of what waits, what these accounts are about; nothing named = all. Errors: notFound. */
export function named(shown: Waiting, only: readonly string[]): Changes {
  if (only.length === 0) return shown;
  const names = new Map<string, number>();
  for (const row of [...shown.groups.values(), ...shown.linked.values(), ...shown.rows])
    for (const name of namesOf(row)) names.set(name, row.id);
  const shortNames = shortNamesOf(names);
  const chosen = new Set<number>();
  for (const name of only) {
    const id = names.get(name) ?? shortNames.get(name.toLowerCase());
    if (id === MANY) {
      throw new RollcallError('conflict', `Several changes at ${shown.connection} are of a '${name}'.`, {
        where: { connection: shown.connection, object: name },
        remedy: 'Write the whole name of the account as it is listed; nothing was decided.',
      });
    }
    if (id === undefined) {
      throw new RollcallError('notFound', `No change of '${name}' waits at ${shown.connection}.`, {
        where: { connection: shown.connection, object: name },
        remedy: 'Name accounts as they are listed; nothing was decided.',
      });
    }
    chosen.add(id);
  }
  return {
    rows: shown.rows.filter((row) => chosen.has(row.id)),
    members: shown.members.filter((edge) => chosen.has(edge.stagedId)),
    links: shown.links.filter((one) => chosen.has(one.stagedId!)),
  };
}

const MANY = -1;

/** Of DNs the first value, as people say it: `uid=zoe.celik,ou=people,…` is also zoe.celik, where nobody else is. */
function shortNamesOf(names: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const [name, id] of names) {
    const rdn = name.includes('=') ? parseDn(name)?.[0] : undefined;
    for (const { value } of rdn ?? []) {
      const short = value.toLowerCase();
      out.set(short, (out.get(short) ?? id) === id ? id : MANY);
    }
  }
  return out;
}

/** How the account of a change is called in lists. */
export function namesOf(row: StagedRow): readonly string[] {
  const wish = row.export;
  const names = [row.anchor, row.name, wish?.wantedAnchor ?? null, wish?.wantedName ?? null].filter((name) => name !== null);
  if (names.length > 0 || wish?.wanted == null) return [...new Set(names)];
  const first = Object.values(parseImage(wish.wanted)).find((value) => typeof value === 'string');
  return [typeof first === 'string' ? first : `#${row.id}`];
}

type Marked = {
  readonly state: 'observed' | 'waiting' | 'held' | 'unknown' | 'sent' | 'failed';
  readonly approved: string | null;
  readonly discarded: string | null;
};

/** Takes the chosen changes out of their hold. */
function mark(chosen: Changes, shown: Waiting, { store }: Surroundings, as: (row: StagedRow) => Marked): Promise<void> {
  const rows = chosen.rows.map((row) => ({ id: row.id, revision: row.export!.revision, holdId: null, ...as(row) }));
  return store.exports.mark({ connection: shown.connection, epoch: null, rows });
}

/** What was shown of the change: what somebody discarded before is no part of this decision. */
function newlyDiscarded({ id, export: wish }: StagedRow): readonly string[] {
  const before = wish!.discarded?.split(' ') ?? [];
  return discardOf(id, wish!)
    .split(' ')
    .filter((one) => !before.includes(one));
}

function record(
  kind: 'approve' | 'discard',
  shown: Waiting,
  chosen: Changes,
  by: Decider,
  { store }: Surroundings,
): Promise<number> {
  // A discard can be taken back, so it says what it was about.
  const about = {
    rows: chosen.rows.map((row) => row.id),
    discarded: chosen.rows.flatMap(newlyDiscarded),
    members: chosen.members.map(({ stagedId, attribute, key, state }) => ({ stagedId, attribute, key, state })),
  };
  const detail = canonicalJson({
    ...(kind === 'discard' ? about : {}),
    what: shown.what,
    digest: digestOfAll(chosen),
    changes: sizeOf(chosen),
    holds: shown.holds.map((one) => one.id),
  });
  return store.decisions.record({ kind, connection: shown.connection, stagedId: null, objectId: null, detail, ...by }, []);
}

/** A hold with nothing left in it is closed. */
async function close(decision: number, shown: Waiting, chosen: Changes, by: Decider, { store }: Surroundings): Promise<Decision> {
  const taken = new Set(chosen.rows.map((row) => row.id));
  const left = shown.rows.filter((row) => !taken.has(row.id));
  const membersLeft = shown.members.length > chosen.members.length;
  const leftOut = leftOutOf(shown.holds, shown.connection);
  for (const one of shown.holds) {
    const ofMembers = one.part === 'member' || one.id === leftOut;
    const linksLeft = one.part === UNLINK && shown.links.length > chosen.links.length;
    const still = linksLeft || (ofMembers && membersLeft) || left.some((row) => covers(one, row, leftOut));
    if (!still) await store.exports.closeHold(one.id, decision, by.at);
  }
  return {
    connection: shown.connection,
    what: shown.what,
    decided: sizeOf(chosen),
    left: sizeOf(shown) - sizeOf(chosen),
    digest: digestOfAll(chosen),
  };
}
