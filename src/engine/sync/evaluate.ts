/**
 * Evaluation of a batch of objects: contributors → offers → agreed attributes, state, unique values. Everything a batch needs
 * is loaded in a number of calls that does not grow with it; then it is computing only.
 */
import { canonicalJson, parseImage } from '#core/canonical';
import { type Attributes, bare, type Kind, type Scalar, scalars, type Value } from '#core/values';
import { type Decision, decide, type Offer } from '#rules/contribute';
import type { Clock, KindRules, MetaAttribute } from '#rules/model';
import type { ObjectId, ObjectRow, StagedRow } from '#store/contract';
import { belongsTo, clockOf, connectionNamed, type EngineContext } from '../context.ts';
import type { Life } from '../lifecycle/state.ts';
import { type Contributor, contributorOf, offersOf, orderContributors, reporter } from './contributions.ts';
import { fixedOn } from './decisions.ts';
import type { Generation, ParkedItem } from './generation.ts';
import { listsOf } from './kinds.ts';
import { isOwned, neverOwned, stateOfObject } from './life.ts';
import { type Loaded, load } from './load.ts';
import { keepGiven, type Missing, missingWith } from './missing.ts';
import { stillOffered, without } from './ours.ts';
import { outagesOf } from './outages.ts';
import { createResolver, owedOf } from './references.ts';
import { type Taken, takenOf, tellTaken } from './taken.ts';
import { type Claims, keepUnique, settleUnique } from './unique.ts';

/** One object as it comes out of the rules, before the targets are looked at. */
export interface Evaluated {
  readonly id: ObjectId;
  readonly kind: Kind;
  readonly rules: KindRules;
  readonly before: ObjectRow | null;
  readonly beforeAttributes: Attributes | null;
  readonly attributes: Attributes;
  readonly frozen: Attributes | null;
  readonly owned: boolean;
  readonly life: Life;
  readonly clock: Clock;
  /** Every staged row linked to it, this generation's links included. */
  readonly rows: readonly StagedRow[];
  readonly contributors: readonly Contributor[];
  /** Which connection's value won, by attribute. */
  readonly winners: ReadonlyMap<string, string | null>;
  /** Reference attributes with a key that does not resolve. */
  readonly debts: ReadonlySet<string>;
  /** Members of merged sets that somebody took out and others still offer. */
  readonly suppressed: ReadonlyMap<string, readonly Scalar[]>;
  readonly parked: ParkedItem[];
  readonly taken: Taken | null;
}

export async function evaluateObjects(
  context: EngineContext,
  generation: Generation,
  ids: readonly ObjectId[],
  /** Null = an object is looked at before its turn: it has the unique values it had, and gets none. */
  claims: Claims | null,
): Promise<Evaluated[]> {
  const loaded = await load(context, generation, ids);
  await generation.heard();
  const resolver = createResolver(context, generation);
  const fixed = await fixedOn(context, generation, ids);
  const drafts = loaded.map((one) => draft(context, one));
  for (const { offered } of drafts)
    for (const { offers, flows } of offered.values())
      for (let i = 0; i < flows.length; i++) {
        const { value } = offers[i]!;
        if (flows[i]!.reference !== null && value !== undefined) resolver.want(flows[i]!, value);
      }
  await resolver.resolve();
  await generation.heard();
  const out = drafts.map((one) => agree(context, one, resolver, fixed.get(one.id) ?? NOTHING_FIXED));
  for (const [kind, rules] of context.kinds) {
    if (listsOf(rules).uniques.length === 0) continue;
    const claimants = out
      .filter((e) => e.kind === kind && e.frozen === null)
      .map((e) => ({
        object: e.id,
        kind,
        attributes: e.attributes,
        before: e.beforeAttributes,
        rows: e.rows,
        fixed: fixed.get(e.id) ?? NOTHING_FIXED,
        scope: { object: e.attributes },
        clock: e.clock,
        living: e.life.state !== 'gone',
        parked: e.parked,
        taken: e.taken,
      }));
    if (claims === null) {
      keepUnique(rules, claimants);
      continue;
    }
    if (claimants.length > 0) await settleUnique(context, rules, claimants, claims);
    for (const { taken } of claimants) if (taken?.replaced.size === 0) tellTaken(context, taken);
  }
  return out;
}

interface Draft extends Loaded {
  readonly rules: KindRules;
  readonly clock: Clock;
  readonly contributors: Contributor[];
  readonly offered: ReturnType<typeof offersOf>;
  /** Attribute → whose rule failed. */
  readonly failed: ReadonlyMap<string, readonly Contributor[]>;
  readonly missing: Missing;
  readonly parked: ParkedItem[];
}

function draft(context: EngineContext, one: Loaded): Draft {
  const rules = context.kinds.get(one.kind)!;
  const clock = clockOf(context);
  const parked: ParkedItem[] = [];
  const contributors: Contributor[] = [];
  let missing: Missing = null;
  for (const row of one.rows) {
    const connection = connectionNamed(context, row.connection);
    if (!connection) {
      missing = missingWith(context, missing, row);
      continue;
    }
    const contributor = contributorOf(connection, row, outagesOf(context, row.connection), clock, reporter(context));
    if (contributor && contributor.rule.kind === one.kind) contributors.push(contributor);
  }
  orderContributors(contributors, clock);
  const failed = new Map<string, Contributor[]>();
  const offered = offersOf(contributors, rules, clock, (fault, contributor, attribute) => {
    failed.set(attribute, [...(failed.get(attribute) ?? []), contributor]);
    context.fault(fault, { subject: 'staged', id: contributor.row.id });
    // branch: parks invalidValue: an import rule fails
    parked.push({
      kind: 'invalidValue',
      connection: contributor.connection.name,
      detail: canonicalJson({ attribute, message: fault.message }),
    });
  });
  return { ...one, rules, clock, contributors, offered, failed, missing, parked };
}

const NOTHING_FIXED: ReadonlyMap<string, Value> = new Map();

function agree(
  context: EngineContext,
  one: Draft,
  resolver: ReturnType<typeof createResolver>,
  fixed: ReadonlyMap<string, Value>,
): Evaluated {
  const { rules, clock, before } = one;
  const beforeAttributes = before ? parseImage(before.attributes) : null;
  const winners = new Map<string, string | null>();
  const debts = new Set<string>();
  const owed: { readonly attribute: string; readonly item: ParkedItem }[] = [];
  const suppressed = new Map<string, readonly Scalar[]>();
  const attributes: Attributes = bare();
  for (const [name, { offers, flows, removed }] of one.offered) {
    const type = rules.attributes.get(name);
    if (!type) continue;
    const referring = type.type === 'reference' && flows.some((flow) => flow.reference !== null);
    const settled = referring
      ? offers.map((offer, i) =>
          flows[i]!.reference && offer.value !== undefined && offer.value !== null
            ? { ...offer, value: resolver.get(flows[i]!, offer.value) }
            : offer,
        )
      : offers;
    const decision: Decision = decide(type, settled);
    let { value } = decision;
    if (removed.length > 0) {
      suppressed.set(name, stillOffered(removed, value, type));
      value = without(value, removed, type);
    }
    const winning = decision.winner === null ? undefined : offers[decision.winner]!;
    const winner = winning?.connection ?? null;
    winners.set(name, winner);
    if (value === undefined) continue;
    if (one.missing === 'source' && beforeAttributes?.[name] !== undefined) continue;
    if (heldByFailure(one, type, beforeAttributes, winning)) {
      // branch: holds: an attribute whose rule fails
      continue;
    }
    if (referring) value = resolved(name, value, type.multi, winner, debts, owed);
    if (value !== undefined) attributes[name] = value;
  }
  for (const name of one.failed.keys()) {
    const had = beforeAttributes?.[name];
    if (attributes[name] === undefined && had !== undefined) attributes[name] = had;
  }
  keepGiven(one.missing, attributes, beforeAttributes, one.offered);
  for (const type of listsOf(rules).once) {
    const had = beforeAttributes?.[type.name];
    if (had !== undefined && had !== null) attributes[type.name] = had;
  }
  for (const [name, value] of fixed) {
    if (!rules.attributes.has(name)) continue;
    attributes[name] = value;
    winners.set(name, null);
    debts.delete(name);
  }
  // Who was there stays: nobody knows whether the missing connection speaks for them.
  const kept = one.missing === 'source' && before?.owned === true;
  const owned = kept || isOwned(context, one.kind, before, one.contributors.filter(keeps));
  const frozen = owned || before === null || neverOwned(before) ? null : beforeAttributes;
  const agreed = frozen ? Object.assign(bare(), frozen) : attributes;
  // Nobody waits for a value that would not be taken: it is frozen, or a person fixed another.
  for (const { attribute, item } of frozen ? [] : owed) {
    if (!debts.has(attribute)) continue;
    // branch: parks debt: a key that means nobody
    one.parked.push(item);
  }
  const life = stateOfObject(context, rules, before, owned, agreed, clock);
  const taken = frozen || before === null ? null : takenOf(context, rules, one.rows);
  return {
    ...one,
    beforeAttributes,
    attributes: agreed,
    frozen,
    owned,
    life,
    winners,
    suppressed,
    debts: frozen ? new Set() : debts,
    taken,
  };
}

/** Whom somebody edits here is not kept by that. */
function keeps({ connection, row }: Contributor): boolean {
  return belongsTo(connection, row) === null;
}

/**
 * A rule that failed might have decided: what was agreed stays until it is mended. What goes before the failed one in
 * precedence decides as ever.
 */
function heldByFailure(one: Draft, type: MetaAttribute, before: Attributes | null, winner: Offer | undefined): boolean {
  const failed = one.failed.get(type.name);
  if (failed === undefined || before?.[type.name] === undefined) return false;
  if (winner === undefined || type.strategy !== 'ranked') return true;
  const rank = (connection: string): number => {
    const at = type.rank.indexOf(connection);
    return at < 0 ? type.rank.length : at;
  };
  return failed.some((contributor) => {
    const { name } = contributor.connection;
    if (name !== winner.connection) return rank(name) < rank(winner.connection);
    const own = one.contributors.filter((c) => c.connection.name === name);
    return contributor.rule.aggregates.some((a) => a.attribute === type.name) || own.indexOf(contributor) < winner.order;
  });
}

/** Splits a decided reference into what resolves and what is owed. */
function resolved(
  name: string,
  value: Value,
  multi: boolean,
  connection: string | null,
  debts: Set<string>,
  owed: { readonly attribute: string; readonly item: ParkedItem }[],
): Value | undefined {
  const found: number[] = [];
  for (const scalar of scalars(value)) {
    if (typeof scalar === 'number') {
      found.push(scalar);
      continue;
    }
    debts.add(name);
    const { key, candidates } = owedOf(String(scalar));
    const of = candidates.length === 0 ? {} : { candidates };
    owed.push({ attribute: name, item: { kind: 'debt', connection, detail: canonicalJson({ attribute: name, key, ...of }) } });
  }
  if (found.length === 0) return scalars(value).length === 0 ? null : undefined;
  return multi ? found : found[0];
}
