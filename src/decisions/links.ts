/**
 * Whose a staged object is, said by a person: `link` and `unlink` (SEMANTICS 13). Both outrank the join rules, survive full
 * syncs, and are carried out by the next run; those over the limit of the gate when they are approved. A new decision about the same object takes the place of the one before it.
 */
import { canonicalJson } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { stagedNamed } from '#runs/staged-named';
import type { DecisionRow, DirtyRange, ObjectId, StagedId, StagedRow, Store } from '#store/contract';
import { checked, type Decider, type GatedSurroundings } from './decision.ts';
import { requirePlace } from './free-place.ts';
import { known } from './hold.ts';
import { notLinked } from './possible.ts';
import { changeHeld, gateFor, holdLink, type LinkChange } from './unlink-gate.ts';

const PAGE = 1_000;

/** What became of a decision. */
export interface Recorded {
  readonly decision: number;
  /** The gate `unlink` holds it: it waits until somebody approves it. */
  readonly held: boolean;
}

export interface LinkDecision extends Recorded {
  readonly staged: StagedRow;
  /** To whom it belonged; null when to nobody. */
  readonly before: ObjectId | null;
}

/** Errors: notFound; conflict for an account that is only to be made, or when the person has one there and may have no second. */
export async function link(
  { connection, anchor, object }: { readonly connection: string; readonly anchor: string; readonly object: ObjectId },
  decider: Decider,
  surroundings: GatedSurroundings,
): Promise<LinkDecision> {
  const by = checked(decider);
  const staged = await stagedAt(connection, anchor, surroundings);
  if (staged.objectId === object && staged.linkHow === 'decided')
    throw new RollcallError('conflict', `${connection}:${anchor} is linked to this person already, by a decision.`, {
      where: { connection, object: anchor },
      remedy: 'There is nothing to decide.',
    });
  const barrier = notLinked(connection, staged.kind, surroundings.config);
  if (barrier !== null)
    throw new RollcallError('conflict', `${connection}:${anchor} cannot be linked: ${barrier.why}.`, {
      where: { connection, object: anchor },
      remedy: barrier.remedy,
    });
  return { ...(await recordLink(staged, object, {}, by, surroundings)), staged, before: staged.objectId };
}

/** Errors: notFound, conflict when it belongs to nobody. */
export async function unlink(
  { connection, anchor }: { readonly connection: string; readonly anchor: string },
  decider: Decider,
  surroundings: GatedSurroundings,
): Promise<LinkDecision> {
  const by = checked(decider);
  const staged = await stagedAt(connection, anchor, surroundings);
  if (staged.objectId === null)
    throw new RollcallError('conflict', `${connection}:${anchor} belongs to nobody.`, {
      where: { connection, object: anchor },
      remedy: 'There is nothing to unlink.',
    });
  return { ...(await recordBarred(staged, staged.objectId, {}, by, surroundings)), staged, before: staged.objectId };
}

/** Errors: conflict when the person has one there and may have no second. */
export async function recordLink(
  staged: Account & Pick<StagedRow, 'kind'>,
  object: ObjectId,
  detail: object,
  by: Decider,
  surroundings: GatedSurroundings,
): Promise<Recorded> {
  if (staged.objectId !== object) await requirePlace(staged, object, by.at, surroundings);
  const ends = staged.objectId !== null && staged.objectId !== object;
  return recordOrHold(staged, { kind: 'link', object, detail }, ends, by, surroundings);
}

export async function recordBarred(
  staged: Account,
  object: ObjectId,
  detail: object,
  by: Decider,
  surroundings: GatedSurroundings,
): Promise<Recorded> {
  return recordOrHold(staged, { kind: 'barred', object, detail }, staged.objectId === object, by, surroundings);
}

type Account = Pick<StagedRow, 'id' | 'connection' | 'objectId'>;

/** `ends`: the account loses the person it belongs to. */
async function recordOrHold(
  staged: Account,
  change: LinkChange,
  ends: boolean,
  by: Decider,
  surroundings: GatedSurroundings,
): Promise<Recorded> {
  const { store } = surroundings;
  const gate = ends ? await gateFor(staged, by.at, surroundings) : null;
  if (gate?.shut) {
    // branch: holds: the link of an account is not ended
    return { decision: await holdLink(staged, change, gate, by, store), held: true };
  }
  const detail = gate === null ? change.detail : { ...change.detail, ended: true };
  const before = (await standing(store, [staged.id])).get(staged.id);
  return { decision: await carryOut(staged, { ...change, detail }, by, before, store), held: false };
}

/** What was held and is approved: as whoever decided it then, and not counted. `accounts`: of those that are still there. */
export async function approveLinks(
  held: readonly DecisionRow[],
  accounts: ReadonlyMap<StagedId, StagedRow>,
  at: number,
  store: Store,
): Promise<void> {
  const before = await standing(store, [...new Set(held.map((one) => one.stagedId!))]);
  for (const one of held) {
    const staged = accounts.get(one.stagedId!);
    if (staged) await carryOut(staged, changeHeld(one), one, before.get(staged.id), store);
    await store.decisions.revoke(one.id, at, []);
  }
}

/** `before`: what was decided about the account, and is replaced. */
async function carryOut(
  staged: Account,
  { kind, object, detail }: LinkChange,
  by: Decider,
  before: readonly DecisionRow[] | undefined,
  store: Store,
): Promise<number> {
  const replaced = (before ?? []).filter((one) => one.kind !== 'barred' || (kind === 'link' && one.objectId === object));
  return await record(kind, staged, object, detail, { by: by.by, reason: by.reason, at: by.at }, store, replaced);
}

async function record(
  kind: 'link' | 'barred',
  staged: Account,
  object: ObjectId,
  detail: object,
  by: Decider,
  store: Store,
  replaced: readonly DecisionRow[],
): Promise<number> {
  const decision = { kind, stagedId: staged.id, objectId: object, connection: staged.connection, detail: canonicalJson(detail) };
  const concerned = staged.objectId === null || staged.objectId === object ? [object] : [object, staged.objectId];
  const dirty = [waitAgain('staged', staged.id), ...concerned.map((id) => waitAgain('object', id))];
  const id = await store.decisions.record({ ...decision, ...by }, dirty);
  for (const one of replaced) await store.decisions.revoke(one.id, by.at, []);
  return id;
}

/** Decisions that say whose these staged objects are. */
async function standing(store: Store, stagedIds: readonly StagedId[]): Promise<ReadonlyMap<StagedId, readonly DecisionRow[]>> {
  const filter = { stagedIds, kinds: ['link', 'adopt', 'barred'] as const, active: true };
  const out: DecisionRow[] = [];
  for (let after = 0; ; ) {
    const page = await store.decisions.list(filter, { after, limit: PAGE });
    out.push(...page);
    if (page.length < PAGE) return Map.groupBy(out, (one) => one.stagedId!);
    after = page.at(-1)!.id;
  }
}

export function waitAgain(subject: 'staged' | 'object', id: number): DirtyRange {
  return { subject, from: id, to: id, cause: 'decision' };
}

async function stagedAt(connection: string, anchor: string, { store, config }: GatedSurroundings): Promise<StagedRow> {
  known(connection, config);
  const row = await stagedNamed(connection, anchor, store);
  if (row?.presence === 'present' || row?.presence === 'held') return row;
  throw new RollcallError('notFound', `${connection} has no object '${anchor}'.`, {
    where: { connection, object: anchor },
    remedy: `It is found once 'rollcall run ${connection}' has read it; see 'rollcall people' for those that belong to somebody.`,
  });
}
