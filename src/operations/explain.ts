/** Why a person is as they are: each value with its winner, its losers and its rule, and how every target stands. */
import { z } from 'zod';
import { RollcallError } from '#core/errors';
import { nearest } from '#core/text';
import { formatInstant } from '#core/time';
import { scalars, type Value } from '#core/values';
import { explain as explainNow } from '#people/explain';
import { describe } from '#people/find';
import { type Members, membersOf } from '#people/members';
import type { Services } from '#runs/model';
import { neverOwned, owedOf } from '#runs/reasons';
import { type Operation, versioned } from './operation.ts';
import { instant, values } from './shapes.ts';
import { sightOf, without } from './shown.ts';
import { type Asker, named, whoShape } from './who.ts';

export interface ExplainInput {
  readonly person: string;
  readonly attribute?: string | undefined;
  readonly who: Asker;
}
export interface ExplainContribution {
  readonly connection: string;
  readonly anchor: string | null;
  /** What its system calls the object: a DN; null where it has no names. */
  readonly name: string | null;
  readonly rule: string;
  readonly read: { readonly [attribute: string]: unknown };
  /** What the rule made of that; null = nothing. */
  readonly value: unknown;
  readonly verdict: 'wins' | 'merged' | 'outranked' | 'silent' | 'echo' | 'failed';
  readonly why: string;
}
export interface ExplainAttribute {
  readonly attribute: string;
  readonly label: string | null;
  /** References to many, kept one by one: see `members`. */
  readonly ofMany: boolean;
  /** References as `{object, label}`. */
  readonly value: unknown;
  readonly changedRun: number | null;
  readonly changedAt: string | null;
  readonly contributions: readonly ExplainContribution[];
  /** Rules of linked objects that say nothing: gone, or left out by a filter. */
  readonly absent: readonly {
    readonly connection: string;
    readonly anchor: string | null;
    readonly name: string | null;
    readonly rule: string;
    readonly why: string;
  }[];
  /** Connections that have a rule for it, whoever is linked. */
  readonly ruledBy: readonly string[];
  /** Where rollcall.yaml says how Rollcall makes the value; null where it makes none. */
  readonly madeBy: string | null;
  /** The decision by which a person fixed the value. */
  readonly fixed: {
    readonly decision: number;
    readonly value: unknown;
    readonly by: string;
    readonly at: string;
    readonly reason: string;
  } | null;
  /** Set where the rules would give another value now, or no rule gives this one. */
  readonly difference: { readonly reason: string; readonly why: string; readonly recomputed: unknown } | null;
}
export interface ExplainTarget {
  readonly connection: string;
  readonly account: string | null;
  readonly origin: 'created' | 'adopted' | null;
  readonly protected: boolean;
  readonly held: boolean;
  readonly operation: 'create' | 'update' | 'delete' | null;
  readonly state: string;
  readonly fault: string | null;
  /** Disabled because its person left: since when (null = not seen there yet), and when it is deleted (null = never). */
  readonly disabled: { readonly since: string | null; readonly deleteAt: string | null } | null;
  readonly attributes: readonly {
    readonly attribute: string;
    readonly rule: string;
    readonly strength: string;
    readonly seen: unknown;
    readonly wanted: unknown;
    readonly state: string;
    /** The target does not show it now: nothing is written to it, and `seen` is what it had before; how many accounts had it, and have it. */
    readonly outage: {
      readonly kind: string;
      readonly since: string;
      readonly filledBefore: number;
      readonly filledNow: number;
    } | null;
  }[];
}
export interface ExplainOutput {
  readonly id: number;
  readonly kind: string;
  readonly label: string;
  readonly state: string;
  /** Why it is not active: `gone from hr since 2026-11-21`; null while it is, or where nobody knows. */
  readonly ending: string | null;
  /** What the last reads of its connections left unknown. */
  readonly doubts: readonly { readonly connection: string; readonly message: string; readonly remedy: string }[];
  /** It is leaving or gone without ever having been held by an owner: its values are not frozen. */
  readonly neverOwned: boolean;
  readonly createdRun: number;
  /** False: rollcall.yaml has faults, so that values and accounts are shown as they are stored, without reasons. */
  readonly rulesKnown: boolean;
  readonly attributes: readonly ExplainAttribute[];
  readonly targets: readonly ExplainTarget[];
  /** Of a group, in each system; counted to ten thousand, the first ten by name. */
  readonly members: readonly Members[];
  /** Linked objects that say nothing. */
  readonly silent: readonly {
    readonly connection: string;
    readonly anchor: string | null;
    readonly name: string | null;
    readonly why: string;
  }[];
  readonly parked: readonly { readonly id: number; readonly kind: string; readonly connection: string | null }[];
}

const nullableText = z.string().nullable();

export const explain: Operation<ExplainInput, ExplainOutput> = {
  name: 'explain',
  permission: 'people.read',
  input: z.object({ person: z.string().min(1), attribute: z.string().optional(), who: whoShape.default(null) }),
  output: versioned<ExplainOutput>('explain', {
    id: z.number(),
    kind: z.string(),
    label: z.string(),
    state: z.string(),
    ending: nullableText,
    doubts: z.array(z.object({ connection: z.string(), message: z.string(), remedy: z.string() })),
    neverOwned: z.boolean(),
    createdRun: z.number(),
    rulesKnown: z.boolean(),
    attributes: z.array(
      z.object({
        attribute: z.string(),
        label: nullableText,
        ofMany: z.boolean(),
        value: z.unknown(),
        changedRun: z.number().nullable(),
        changedAt: instant.nullable(),
        contributions: z.array(
          z.object({
            connection: z.string(),
            anchor: nullableText,
            name: nullableText,
            rule: z.string(),
            read: values,
            value: z.unknown(),
            verdict: z.enum(['wins', 'merged', 'outranked', 'silent', 'echo', 'failed']),
            why: z.string(),
          }),
        ),
        absent: z.array(
          z.object({ connection: z.string(), anchor: nullableText, name: nullableText, rule: z.string(), why: z.string() }),
        ),
        ruledBy: z.array(z.string()),
        madeBy: nullableText,
        fixed: z.object({ decision: z.number(), value: z.unknown(), by: z.string(), at: instant, reason: z.string() }).nullable(),
        difference: z.object({ reason: z.string(), why: z.string(), recomputed: z.unknown() }).nullable(),
      }),
    ),
    targets: z.array(
      z.object({
        connection: z.string(),
        account: nullableText,
        origin: z.enum(['created', 'adopted']).nullable(),
        protected: z.boolean(),
        held: z.boolean(),
        operation: z.enum(['create', 'update', 'delete']).nullable(),
        state: z.string(),
        fault: nullableText,
        disabled: z.object({ since: instant.nullable(), deleteAt: instant.nullable() }).nullable(),
        attributes: z.array(
          z.object({
            attribute: z.string(),
            rule: z.string(),
            strength: z.string(),
            seen: z.unknown(),
            wanted: z.unknown(),
            state: z.string(),
            outage: z.object({ kind: z.string(), since: instant, filledBefore: z.number(), filledNow: z.number() }).nullable(),
          }),
        ),
      }),
    ),
    members: z.array(
      z.object({
        connection: z.string(),
        account: nullableText,
        attribute: z.string(),
        seen: z.number(),
        add: z.number(),
        remove: z.number(),
        owed: z.number(),
        more: z.boolean(),
        some: z.array(z.string()),
      }),
    ),
    silent: z.array(z.object({ connection: z.string(), anchor: nullableText, name: nullableText, why: z.string() })),
    parked: z.array(z.object({ id: z.number(), kind: z.string(), connection: nullableText })),
  }),
  async run({ person, attribute, who }, session) {
    const services = await session.services('stored');
    const row = await named(person, who, services);
    if (!services.storedOnly) checkAttribute(attribute, row.kind, services);
    const whole = await explainNow(row, attribute ?? null, services);
    const sight = sightOf(who, services);
    const isHidden = sight.object(row);
    const found = { ...whole, attributes: whole.attributes.filter((one) => !isHidden(one.attribute)) };
    const inSystem = (connection: string): ((name: string) => boolean) => sight.accounts(connection, row);
    const types = services.config.kinds.get(row.kind)?.attributes;
    const referring = (name: string): boolean => types?.get(name)?.type === 'reference';
    const ids = found.attributes
      .filter((one) => referring(one.attribute))
      .flatMap((one) => [one.stored, one.recomputed, ...one.contributions.map((c) => c.value)].flatMap((value) => scalars(value)))
      .flatMap((value) => (typeof value === 'number' ? [value] : owedOf(String(value)).candidates));
    const labels = await sight.labels(ids);
    const shown = (name: string, value: Value | undefined): unknown =>
      referring(name) ? referred(value, labels) : (value ?? null);
    const { id, kind, state, attributes: agreed } = describe(row);
    const label = sight.label(row, agreed);
    return {
      id,
      kind,
      label,
      state,
      ending: found.ending,
      doubts: found.doubts,
      neverOwned: neverOwned(row),
      createdRun: row.createdRun,
      rulesKnown: !services.storedOnly,
      attributes: found.attributes.map((one) => ({
        attribute: one.attribute,
        label: types?.get(one.attribute)?.label ?? null,
        ofMany: referring(one.attribute) && types!.get(one.attribute)!.multi,
        value: shown(one.attribute, one.stored),
        changedRun: one.changedRun,
        changedAt: one.changedAt === null ? null : formatInstant(one.changedAt),
        contributions: one.contributions.map(({ staged: _, ...c }) => ({
          ...c,
          read: without(c.read, inSystem(c.connection)),
          value: shown(one.attribute, c.value),
        })),
        absent: one.absent,
        ruledBy: one.ruledBy,
        madeBy: one.madeBy,
        fixed: one.fixed === null ? null : { ...one.fixed, at: formatInstant(one.fixed.at) },
        difference: one.difference === null ? null : { ...one.difference, recomputed: shown(one.attribute, one.recomputed) },
      })),
      targets: found.targets.map((target) => ({
        ...target,
        disabled: target.disabled && { since: instantOf(target.disabled.since), deleteAt: instantOf(target.disabled.deleteAt) },
        attributes: target.attributes
          .filter((one) => !inSystem(target.connection)(one.attribute))
          .map((one) => ({
            ...one,
            seen: one.seen ?? null,
            wanted: one.wanted ?? null,
            outage: one.outage && { ...one.outage, since: formatInstant(one.outage.since) },
          })),
      })),
      members: (await membersOf(await services.store.sync.linked([id]), kind, services)).filter(
        (one) => !inSystem(one.connection)(one.attribute),
      ),
      silent: found.silent,
      parked: found.parked.map((one) => ({ id: one.id, kind: one.kind, connection: one.connection })),
    };
  },
};

function instantOf(ms: number | null): string | null {
  return ms === null ? null : formatInstant(ms);
}

function checkAttribute(attribute: string | undefined, kind: string, { config }: Services): void {
  const known = config.kinds.get(kind)?.attributes;
  if (attribute === undefined || known === undefined || known.has(attribute)) return;
  const near = nearest(attribute, known.keys());
  throw new RollcallError('notFound', `A ${kind} has no attribute '${attribute}'.`, {
    remedy: near === null ? "'rollcall explain PERSON' shows all of them." : `Did you mean '${near}'?`,
  });
}

/** A reference that is owed: nobody has its key, or several have, who are named. */
function owed(text: string, labels: ReadonlyMap<number, string>): unknown {
  const { key, candidates } = owedOf(text);
  const several = candidates.map((object) => ({ object, label: labels.get(object) ?? `#${object}` }));
  return { unresolved: key, ...(several.length === 0 ? {} : { candidates: several }) };
}

function referred(value: Value | undefined, labels: ReadonlyMap<number, string>): unknown {
  const all = scalars(value).map((one) =>
    typeof one === 'number' ? { object: one, label: labels.get(one) ?? `#${one}` } : owed(String(one), labels),
  );
  return Array.isArray(value) ? all : (all[0] ?? null);
}
