/**
 * The gate `unlink` (SEMANTICS 8). The link of an account ends only by a decision about that one account, so it is counted here:
 * whoever would end more of them within a day than the limit lets has the decision held, whatever command it comes by, until
 * somebody approves it or discards it. While some are held, so are all that come.
 */
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { RollcallError } from '#core/errors';
import { limitOf } from '#runs/reasons';
import type { DecisionRow, DirtyRange, GateHold, StagedRow, Store } from '#store/contract';
import type { Decider, GatedSurroundings } from './decision.ts';

export const UNLINK = 'unlink';
const DAY_MS = 86_400_000;
const PAGE = 1_000;
const KINDS: readonly DecisionRow['kind'][] = ['link', 'barred', 'release'];

type Account = Pick<StagedRow, 'id' | 'connection'>;

/** A link, or the end of one, as it is recorded when it is decided. */
export interface LinkChange {
  readonly kind: 'link' | 'barred';
  readonly object: number;
  readonly detail: object;
}

/** Whether the gate lets one more account lose its person; null for one of a source, which has no limit. */
export async function gateFor(staged: Account, at: number, surroundings: GatedSurroundings): Promise<Gate | null> {
  const { store, config } = surroundings;
  const target = config.connections.find((one) => one.name === staged.connection);
  if (target === undefined || target.exports.size === 0) return null;
  const accounts = Object.values(await store.spaces.count(target.name)).reduce((sum, kind) => sum + kind.present, 0);
  const limit = limitOf(target, UNLINK, accounts);
  const ended = new Set([staged.id]);
  for await (const page of decisionsOf(store, target.name, KINDS, false))
    for (const one of page)
      if (one.stagedId !== null && one.at > at - DAY_MS && 'ended' in JSON.parse(one.detail)) ended.add(one.stagedId);
  const hold = await openHold(store, target.name);
  const others = hold !== undefined && (await heldLinks(store, target.name)).length > 0;
  return { limit, count: ended.size, hold, shut: others || ended.size > limit };
}

export interface Gate {
  readonly limit: number;
  readonly count: number;
  readonly hold: GateHold | undefined;
  readonly shut: boolean;
}

/** @throws conflict where it is shut, for what cannot be held. */
export function refuseShut(gate: Gate | null, connection: string): void {
  if (!gate?.shut) return;
  throw new RollcallError(
    'conflict',
    `More than ${gate.limit} accounts of ${connection} would lose the person they belong to within a day; this one keeps it.`,
    {
      where: { connection },
      remedy:
        "'rollcall unlink' has it held until somebody approves it; or set a higher limit: `gates: { unlink: { percent, count } }`.",
    },
  );
}

/** Records it as held, in the place of what was held of the account before. Answers the id of the decision. */
export async function holdLink(staged: Account, change: LinkChange, gate: Gate, by: Decider, store: Store): Promise<number> {
  const { connection, id: stagedId } = staged;
  for (const one of await heldLinks(store, connection)) if (one.stagedId === stagedId) await dropHeld(one, by.at, store);
  const detail = canonicalJson({ as: change.kind, detail: change.detail });
  const held = { kind: 'heldLink' as const, stagedId, objectId: change.object, connection, detail };
  const decision = await store.decisions.record({ ...held, ...by }, waitingFor(change));
  if (gate.hold === undefined) {
    const digest = sha256Hex(canonicalJson([decision])).slice(0, 32);
    const { count, limit } = gate;
    await store.exports.openHold({ connection, part: UNLINK, count, limit, digest, since: by.at }, null);
  }
  return decision;
}

/** It is not wanted any more. */
export function dropHeld(held: DecisionRow, at: number, store: Store): Promise<void> {
  return store.decisions.revoke(held.id, at, waitingFor(changeHeld(held)));
}

/** Who is to be given an account is made none meanwhile (engine/sync/wishes), and is once that is dropped. */
function waitingFor({ kind, object }: LinkChange): DirtyRange[] {
  return kind === 'link' ? [{ subject: 'object', from: object, to: object, cause: 'decision' }] : [];
}

/** What of a connection is held, as it was decided. */
export async function heldLinks(store: Store, connection: string): Promise<DecisionRow[]> {
  const out: DecisionRow[] = [];
  for await (const page of decisionsOf(store, connection, ['heldLink'], true)) out.push(...page);
  return out;
}

export function changeHeld({ detail, objectId }: DecisionRow): LinkChange {
  const held = JSON.parse(detail) as { as: LinkChange['kind']; detail: object };
  return { kind: held.as, object: objectId!, detail: held.detail };
}

async function openHold(store: Store, connection: string): Promise<GateHold | undefined> {
  return (await store.exports.holds(connection)).find((one) => one.part === UNLINK && one.closedAt === null);
}

async function* decisionsOf(
  store: Store,
  connection: string,
  kinds: readonly DecisionRow['kind'][],
  active: boolean,
): AsyncGenerator<readonly DecisionRow[]> {
  for (let after = 0; ; ) {
    const page = await store.decisions.list({ kinds, connection, active }, { after, limit: PAGE });
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}
