/** What people decided about staged objects and objects; it outranks rules (SEMANTICS 13). */
import type { Value } from '#core/values';
import type { DecisionRow, ObjectId, StagedId, Subjects } from '#store/contract';
import type { EngineContext } from '../context.ts';
import type { Generation } from './generation.ts';

const PAGE = 1_000;

/** The kinds that rules give way to. */
export const RULING: readonly DecisionRow['kind'][] = ['link', 'barred', 'exclude', 'adopt', 'fixed'];

export function decisionsOn(
  context: Pick<EngineContext, 'store'>,
  generation: Pick<Generation, 'decided'>,
  stagedIds: readonly StagedId[],
): Promise<ReadonlyMap<StagedId, readonly DecisionRow[]>> {
  return load(context, generation, { stagedIds }, stagedIds, (decision) => decision.stagedId!);
}

/** Values that people fixed, by object and attribute; the last decision about an attribute counts. */
export async function fixedOn(
  context: Pick<EngineContext, 'store'>,
  generation: Pick<Generation, 'decided'>,
  objectIds: readonly ObjectId[],
): Promise<ReadonlyMap<ObjectId, ReadonlyMap<string, Value>>> {
  const out = new Map<ObjectId, Map<string, Value>>();
  const decisions = await load(context, generation, { objectIds }, objectIds, (decision) => decision.objectId!, ['fixed']);
  for (const [id, list] of decisions) out.set(id, new Map(list.map(fixedValue)));
  return out;
}

export function fixedValue(decision: Pick<DecisionRow, 'detail'>): readonly [attribute: string, value: Value] {
  const { attribute, value } = JSON.parse(decision.detail) as { attribute: string; value: Value };
  return [attribute, value];
}

/** The object a person linked the staged object to, by its decisions in order; null when nobody did. */
export function linkedBy(decisions: readonly DecisionRow[]): ObjectId | null {
  return decisions.findLast((d) => (d.kind === 'link' || d.kind === 'adopt') && d.objectId !== null)?.objectId ?? null;
}

export function barredBy(decisions: readonly DecisionRow[]): ReadonlySet<ObjectId | null> {
  return new Set(decisions.filter((d) => d.kind === 'barred').map((d) => d.objectId));
}

/** Accounts that people are to get by links which the gate `unlink` holds. They are held under a hold, which most stores do not have. */
export interface Promised {
  readonly promised: Generation['promised'];
  /** Whose account is not there any more: nothing keeps them from having one made. */
  readonly unkept: readonly ObjectId[];
}

export async function promisedAccounts({ store }: Pick<EngineContext, 'store'>): Promise<Promised> {
  const promised = new Map<string, Set<ObjectId>>();
  const unkept: ObjectId[] = [];
  for (const { connection, part, closedAt } of await store.exports.holds(null)) {
    if (part !== 'unlink' || closedAt !== null) continue;
    const objects = new Set<ObjectId>();
    promised.set(connection, objects);
    for (let after = 0; ; ) {
      const page = await store.decisions.list({ kinds: ['heldLink'], connection, active: true }, { after, limit: PAGE });
      const links = page.filter(({ detail }) => (JSON.parse(detail) as { as: string }).as === 'link');
      const rows = links.length === 0 ? [] : await store.spaces.byIds(links.map((one) => one.stagedId!));
      const there = new Set(rows.filter(({ presence }) => presence === 'present' || presence === 'held').map(({ id }) => id));
      for (const { stagedId, objectId } of links)
        if (there.has(stagedId!)) objects.add(objectId!);
        else unkept.push(objectId!);
      if (page.length < PAGE) break;
      after = page[page.length - 1]!.id;
    }
  }
  return { promised, unkept };
}

async function load(
  context: Pick<EngineContext, 'store'>,
  generation: Pick<Generation, 'decided'>,
  about: Subjects,
  ids: readonly number[],
  idOf: (decision: DecisionRow) => number,
  kinds = RULING,
): Promise<ReadonlyMap<number, readonly DecisionRow[]>> {
  const out = new Map<number, DecisionRow[]>();
  if (!generation.decided || ids.length === 0) return out;
  for (let after = 0; ; ) {
    const page = await context.store.decisions.list({ ...about, kinds, active: true }, { after, limit: PAGE });
    for (const decision of page) {
      const list = out.get(idOf(decision));
      if (list) list.push(decision);
      else out.set(idOf(decision), [decision]);
    }
    if (page.length < PAGE) return out;
    after = page[page.length - 1]!.id;
  }
}
