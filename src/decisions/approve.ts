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
import { approvalOf, discardOf } from '#runs/reasons';
import type { DecisionRow, EdgeRow, GateHold, StagedRow } from '#store/contract';
import { type Changes, digestOf, digestOfAll, groupsOf, sizeOf, sizesOf, textsOf } from './change.ts';
import { checked, type Decider, type GatedSurroundings, type ShownSurroundings, type Surroundings } from './decision.ts';
import { ChangeDigests } from './digests.ts';
import { leaveOut, leftOutOf } from './first-plan.ts';
import { requirePlaces } from './free-place.ts';
import { approveLinks } from './links.ts';
import { covers, selectionOf } from './selection.ts';
import { dropHeld, UNLINK } from './unlink-gate.ts';

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
  /** With how many members new groups are shown, by id. */
  readonly sizes: ReadonlyMap<number, number>;
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
export async function pending(target: string, surroundings: ShownSurroundings): Promise<Waiting> {
  const { store } = surroundings;
  const { connection, what, leftOut, members, links, ...selected } = await selectionOf(target, surroundings);
  const rows: StagedRow[] = [];
  for await (const page of selected.pages()) rows.push(...page);
  const groups = await groupsOf(store, members);
  const linked = await linkedBy(links, store);
  const waitsIn = (hold: GateHold): number =>
    rows.filter((row) => covers(hold, row, leftOut)).length +
    members.filter((edge) => (edge.decided === 'held' ? hold.id === leftOut : hold.part === 'member')).length +
    (hold.part === UNLINK ? links.length : 0);
  const holds = selected.holds.map((hold) => ({ ...hold, waits: waitsIn(hold) }));
  const sizes = await sizesOf(rows, surroundings);
  const digest = digestOfAll({ rows, members, links, sizes });
  return { connection, what, holds, rows, members, groups, links, linked, sizes, digest };
}

/** The accounts of these decisions. */
async function linkedBy(links: readonly DecisionRow[], store: Surroundings['store']): Promise<ReadonlyMap<number, StagedRow>> {
  return new Map((await store.spaces.byIds(links.map((one) => one.stagedId!))).map((row) => [row.id, row]));
}

/** Errors: conflict also when somebody would get a second account by a link that was held; then nothing is decided. */
export async function approve(
  choice: Choice,
  decider: Decider,
  surroundings: GatedSurroundings & ShownSurroundings,
): Promise<Decision> {
  const by = checked(decider);
  if (choice.only.length === 0) return approveAll(choice, by, surroundings);
  const { store } = surroundings;
  const shown = await pending(choice.target, surroundings);
  const chosen = choose(shown, choice);
  await requirePlaces(chosen.links, shown.linked, by.at, surroundings);
  if (shown.what === 'firstPlan') await leaveOut(shown, chosen, by.at, store);
  await mark(chosen, shown, surroundings, approvedWith(chosen.sizes));
  const decided = { ...shown, digest: digestOfAll(chosen), changes: sizeOf(chosen) };
  const decision = await finishApproval({ ...chosen, linked: shown.linked }, decided, by, surroundings);
  return close(decision, shown, chosen, by, surroundings);
}

/** There may be more of it than fits into memory: it is read once for its digest, and again for what is as it was then. */
async function approveAll(choice: Choice, by: Decider, surroundings: GatedSurroundings & ShownSurroundings): Promise<Decision> {
  const { store } = surroundings;
  const selected = await selectionOf(choice.target, surroundings);
  const { connection, what, holds, members, links } = selected;
  const shown = new ChangeDigests();
  const sizes = new Map<number, number>();
  for await (const page of selected.pages()) {
    for (const row of page) shown.add(row.id, digestOf(row)!);
    for (const [id, size] of await sizesOf(page, surroundings)) sizes.set(id, size);
  }
  const digest = shown.digestWith(textsOf({ members, links, sizes }));
  requireShown(choice.digest, { connection, digest });
  const linked = await linkedBy(links, store);
  await requirePlaces(links, linked, by.at, surroundings);
  for await (const page of selected.pages()) {
    const rows = page.filter((row) => shown.has(row.id, digestOf(row)!));
    await mark({ rows }, selected, surroundings, approvedWith(sizes));
  }
  const changes = shown.size + sizeOf({ rows: [], members, links });
  const decision = await finishApproval(
    { members, links, linked },
    { connection, what, holds, digest, changes },
    by,
    surroundings,
  );
  for (const one of holds) await store.exports.closeHold(one.id, decision, by.at);
  return { connection, what, decided: changes, left: 0, digest };
}

function approvedWith(sizes: Changes['sizes']): (row: StagedRow) => Marked {
  return (row) => ({
    state: 'waiting',
    approved: approvalOf(digestOf(row)!, sizes.get(row.id) ?? null),
    // What of it was discarded before was not shown, and stays so.
    discarded: row.export!.discarded,
  });
}

/** Memberships and links; then the record. */
async function finishApproval(
  { members, links, linked }: Pick<Waiting, 'members' | 'links' | 'linked'>,
  decided: Decided,
  by: Decider,
  { store }: Surroundings,
): Promise<number> {
  if (members.length > 0) await store.exports.decideEdges({ edges: members, decided: 'approved' });
  if (links.length > 0) await approveLinks(links, linked, by.at, store);
  const decision = await record('approve', decided, {}, by, store);
  if (decided.what === 'firstPlan') {
    const approval = canonicalJson({ ...by, digest: decided.digest, changes: decided.changes });
    await store.spaces.saveState(decided.connection, { mode: 'on', approval }, null);
  }
  return decision;
}

export async function discard(choice: Choice, decider: Decider, surroundings: ShownSurroundings): Promise<Decision> {
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
  // A discard can be taken back, so it says what it was about.
  const about = {
    rows: chosen.rows.map((row) => row.id),
    discarded: chosen.rows.flatMap(newlyDiscarded),
    members: chosen.members.map(({ stagedId, attribute, key, state }) => ({ stagedId, attribute, key, state })),
  };
  const decided = { ...shown, digest: digestOfAll(chosen), changes: sizeOf(chosen) };
  const decision = await record('discard', decided, about, by, surroundings.store);
  return close(decision, shown, chosen, by, surroundings);
}

function choose(shown: Waiting, { only, digest }: Choice): Changes {
  requireShown(digest, shown);
  return named(shown, only);
}

/** Errors: conflict when what waits is not what was shown. */
function requireShown(digest: string | null, now: Pick<Waiting, 'connection' | 'digest'>): void {
  if (digest === null || digest === now.digest || (digest.length >= 8 && now.digest.startsWith(digest))) return;
  throw new RollcallError('conflict', `What waits at ${now.connection} has changed since it was shown to you.`, {
    where: { connection: now.connection },
    remedy: 'Look at it again and decide anew; nothing was decided.',
  });
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
    sizes: new Map([...shown.sizes].filter(([id]) => chosen.has(id))),
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
  const names = [row.name, row.anchor, wish?.wantedName ?? null, wish?.wantedAnchor ?? null].filter((name) => name !== null);
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
function mark(
  chosen: Pick<Changes, 'rows'>,
  { connection }: Pick<Waiting, 'connection'>,
  { store }: Surroundings,
  as: (row: StagedRow) => Marked,
): Promise<void> {
  const rows = chosen.rows.map((row) => ({ id: row.id, revision: row.export!.revision, holdId: null, ...as(row) }));
  return store.exports.mark({ connection, epoch: null, rows });
}

/** What was shown of the change: what somebody discarded before is no part of this decision. */
function newlyDiscarded({ id, export: wish }: StagedRow): readonly string[] {
  const before = wish!.discarded?.split(' ') ?? [];
  return discardOf(id, wish!)
    .split(' ')
    .filter((one) => !before.includes(one));
}

/** What a decision is recorded as having covered. */
interface Decided {
  readonly connection: string;
  readonly what: Waiting['what'];
  readonly holds: readonly GateHold[];
  readonly digest: string;
  readonly changes: number;
}

function record(
  kind: 'approve' | 'discard',
  { connection, what, digest, changes, holds }: Decided,
  about: object,
  by: Decider,
  store: Surroundings['store'],
): Promise<number> {
  const detail = canonicalJson({ ...about, what, digest, changes, holds: holds.map((one) => one.id) });
  return store.decisions.record({ kind, connection, stagedId: null, objectId: null, detail, ...by }, []);
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
