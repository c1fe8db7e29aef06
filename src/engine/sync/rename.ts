/**
 * Renaming: another unique value for somebody whose new account stands in a target already (SEMANTICS 7, "account exists:
 * adopt, rename, ignore"). Which value is in the way is read from what was found there; which one is free is decided by the same
 * functions that make unique values.
 */
import { parseImage } from '#core/canonical';
import { scalars } from '#core/values';
import type { ExportRule, KindRules, MetaAttribute } from '#rules/model';
import type { ObjectRow, StagedRow } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { outageTimes, parseOutages } from '../import/health.ts';
import { candidates, tryMore } from './candidates.ts';
import { contributorOf, offersOf } from './contributions.ts';
import { keyText } from './generation.ts';
import { type Claimant, isFree, keysOf, type Owners } from './unique.ts';

export type RenameContext = Pick<EngineContext, 'store' | 'connections' | 'kinds' | 'now'>;

/**
 * Unique attributes whose value stands in the way. `by` as the parked item has it: `anchor`, `nameKey`, or
 * `connection.attribute` of the target.
 */
export function inTheWay(rule: ExportRule, rules: KindRules, by: string): readonly string[] {
  const reads =
    by === 'anchor' || by === 'nameKey'
      ? rule.namedBy
      : rule.flows.filter((flow) => `${rule.connection}.${flow.attribute}` === by).flatMap((flow) => flow.reads);
  return [...new Set(reads)].filter((read) => rules.attributes.get(read)?.unique != null);
}

/** The connection that gives the value; null where Rollcall makes it. */
export async function givenBy(context: RenameContext, object: ObjectRow, attribute: string): Promise<string | null> {
  const clock = { now: context.now, due: Number.POSITIVE_INFINITY };
  const states = new Map((await context.store.spaces.states()).map((state) => [state.name, state]));
  const contributors = (await context.store.sync.linked([object.id])).flatMap((row) => {
    const connection = context.connections.find((one) => one.name === row.connection);
    const outages = outageTimes(parseOutages(states.get(row.connection)?.outages ?? null));
    const contributor = connection === undefined ? null : contributorOf(connection, row, outages, clock);
    return contributor?.rule.kind === object.kind ? [contributor] : [];
  });
  const offered = offersOf(contributors, context.kinds.get(object.kind)!, clock, () => undefined);
  const offers = offered.get(attribute)?.offers ?? [];
  return offers.find(({ value }) => scalars(value ?? null).length > 0)?.connection ?? null;
}

/** Whether nobody else has the value, no target named by the rule shows it, and it was never given up. */
export async function isFreeFor(context: RenameContext, object: ObjectRow, type: MetaAttribute, value: string): Promise<boolean> {
  const claimant = await claimantOf(context, object);
  return isFree(type, claimant, value, await ownersOf(context, type, claimant, [value]), new Map(), false);
}

/** The next candidate that is free; null when there is none. */
export async function nextCandidate(context: RenameContext, object: ObjectRow, type: MetaAttribute): Promise<string | null> {
  const claimant = await claimantOf(context, object);
  const had = new Set(keysOf(claimant, type, String(claimant.before?.[type.name] ?? '')).map(keyText));
  const tries = candidates(type, claimant);
  for (let fresh = [...tries.texts]; fresh.length > 0; fresh = tryMore(type, claimant, tries, tries.texts.length)) {
    const owners = await ownersOf(context, type, claimant, fresh);
    for (const text of fresh) {
      const same = keysOf(claimant, type, text).some((key) => had.has(keyText(key)));
      if (!same && isFree(type, claimant, text, owners, new Map(), false)) return text;
    }
  }
  return null;
}

async function claimantOf({ store, now }: RenameContext, object: ObjectRow): Promise<Claimant> {
  const attributes = parseImage(object.attributes);
  const rows: readonly StagedRow[] = await store.sync.linked([object.id]);
  return {
    object: object.id,
    kind: object.kind,
    attributes,
    before: attributes,
    rows,
    fixed: new Map(),
    scope: { object: attributes },
    clock: { now, due: Number.POSITIVE_INFINITY },
    living: true,
    parked: [],
    taken: null,
  };
}

async function ownersOf(
  { store }: RenameContext,
  type: MetaAttribute,
  claimant: Claimant,
  tries: readonly string[],
): Promise<Owners> {
  const owners = new Map<string, Set<number>>();
  for (const row of await store.sync.keys(tries.flatMap((text) => keysOf(claimant, type, text)))) {
    const set = owners.get(keyText(row)) ?? new Set();
    owners.set(keyText(row), set.add(row.owner));
  }
  return owners;
}
