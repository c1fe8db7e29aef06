/**
 * The pure part of explain: the rules once more over the staged rows, who won, who lost and why, and a named reason wherever
 * the answer differs from what is stored. It reads its argument only and answers the same for the same input.
 *
 * Every difference has a reason of the closed list `DIFFERENCES`; `unexplained` is a fault in Rollcall, and a property test
 * asserts that it never occurs.
 */
import { sameValue } from '#core/canonical';
import type { Fault } from '#core/errors';
import { type Attributes, scalars, type Value } from '#core/values';
import { decide } from '#rules/contribute';
import type { Clock, ImportFlow, ImportRule, KindRules, MetaAttribute } from '#rules/model';
import { type Contributor, offersOf, orderContributors, without } from '#runs/reasons';
import type { StagedRow } from '#store/contract';

/** Why one source's value is not the agreed one, or that it is. */
export type Verdict =
  /** It is the agreed value. */
  | 'wins'
  /** It is part of the agreed set. */
  | 'merged'
  /** Another connection goes before it. */
  | 'outranked'
  /** It has no value and leaves the decision to others. */
  | 'silent'
  /** Rollcall wrote this value there itself. */
  | 'echo'
  /** Its rule failed on this object. */
  | 'failed';

export const DIFFERENCES = [
  /** A person without any source: values stay as they were until gone. */
  'frozen',
  /** Made or taken once, then kept. */
  'memory',
  /** A value made by Rollcall, unique over everybody. */
  'generated',
  /** A rule failed; its attribute is held. */
  'failed',
  /** It refers to somebody who is not known yet. */
  'debt',
  /** A connection is held, or missing from the configuration. */
  'connectionHeld',
  /** Rules changed since the last sync. */
  'rulesChanged',
  /** Something changed since and waits for the next sync. */
  'waiting',
  'unexplained',
] as const;
export type Difference = (typeof DIFFERENCES)[number];

export interface Contribution {
  readonly connection: string;
  readonly anchor: string | null;
  readonly name: string | null;
  readonly staged: number;
  /** The rule as written. */
  readonly rule: string;
  /** What it read in the source. */
  readonly read: { readonly [attribute: string]: Value };
  /** What it made of that; undefined = nothing. */
  readonly value: Value | undefined;
  readonly verdict: Verdict;
  readonly why: string;
}
/** A rule that would say something here, of a linked row that says nothing. */
export interface Absent {
  readonly connection: string;
  readonly anchor: string | null;
  readonly name: string | null;
  readonly rule: string;
  readonly why: string;
}
export interface AttributeReasons {
  readonly attribute: string;
  readonly stored: Value | undefined;
  readonly recomputed: Value | undefined;
  readonly contributions: readonly Contribution[];
  /** Null when stored and recomputed are the same. */
  readonly difference: { readonly reason: Difference; readonly why: string } | null;
}

export interface ReasonsInput {
  readonly rules: KindRules;
  readonly stored: Attributes;
  readonly frozen: boolean;
  readonly contributors: readonly Contributor[];
  /** Linked rows of connections that are held or not configured any more. */
  readonly heldConnections: readonly string[];
  /** Connections whose rules are not those of the last sync. */
  readonly changedRules: readonly string[];
  /** Something about this object waits to be worked out again. */
  readonly waiting: boolean;
  /** Keys → object ids for what resolves, texts for what is owed. */
  readonly resolve: (flow: ImportFlow, value: Value) => Value;
  readonly now: number;
  /** Attribute → the value that a person fixed, and who. */
  readonly fixed: ReadonlyMap<string, { readonly value: Value; readonly by: string }>;
}

/** Reasons of every attribute that is stored or contributed, in the order of the rules. */
export function reasonsOf(input: ReasonsInput): readonly AttributeReasons[] {
  const clock: Clock = { now: input.now, due: Number.POSITIVE_INFINITY };
  const failed = new Map<string, Fault>();
  const ordered = orderContributors([...input.contributors], clock);
  const offered = offersOf(ordered, input.rules, clock, (fault, { row }, attribute) => {
    failed.set(`${row.id} ${attribute}`, fault);
  });
  const flows = new Map<string, { contributor: Contributor; flow: ImportFlow }[]>();
  for (const contributor of ordered) {
    for (const flow of contributor.rule.flows) {
      flows.set(flow.attribute, [...(flows.get(flow.attribute) ?? []), { contributor, flow }]);
    }
  }
  const names = [...input.rules.attributes.keys()].filter(
    (name) => Object.hasOwn(input.stored, name) || flows.has(name) || input.fixed.has(name),
  );
  return names.map((name) => attributeReasons(name, input, offered.get(name), flows.get(name) ?? [], failed));
}

type Offered = ReturnType<typeof offersOf> extends Map<string, infer Entry> ? Entry : never;

function attributeReasons(
  name: string,
  input: ReasonsInput,
  entry: Offered | undefined,
  flows: readonly { contributor: Contributor; flow: ImportFlow }[],
  failed: ReadonlyMap<string, Fault>,
): AttributeReasons {
  const type = input.rules.attributes.get(name)!;
  const offers = (entry?.offers ?? []).map((offer, i) => {
    const flow = entry!.flows[i]!;
    return flow.reference === null || offer.value === undefined || offer.value === null
      ? offer
      : { ...offer, value: input.resolve(flow, offer.value) };
  });
  const decided = decide(type, offers);
  const decision = { ...decided, value: without(decided.value, entry?.removed ?? [], type) };
  const winner = decision.winner === null ? null : offers[decision.winner]!;
  const losers = new Set(decision.losers.map((i) => offers[i]!.key));
  const fixed = input.frozen ? undefined : input.fixed.get(name);
  const recomputed = fixed === undefined ? settled(type, decision.value) : fixed.value;
  const stored = input.stored[name];
  const contributions = flows.map(({ contributor, flow }): Contribution => {
    const { row } = contributor;
    const offer = offers.find((one) => one.key === String(row.id));
    const fault = failed.get(`${row.id} ${name}`);
    const ruled = verdictOf(contributor, flow, offer, winner, losers, type, fault);
    const verdict = fixed !== undefined && (ruled === 'wins' || ruled === 'merged') ? 'outranked' : ruled;
    return {
      connection: row.connection,
      anchor: row.anchor,
      name: row.name,
      staged: row.id,
      rule: flow.text,
      read: readBy(flow, contributor),
      value: offer?.value,
      verdict,
      why:
        fault?.message ?? (verdict !== ruled ? `${fixed!.by} fixed the value` : whyOf(verdict, winner?.connection ?? null, type)),
    };
  });
  return {
    attribute: name,
    stored,
    recomputed,
    contributions,
    difference: differenceOf(type, stored, recomputed, decision.value, input, flows, failed),
  };
}

function verdictOf(
  contributor: Contributor,
  flow: ImportFlow,
  offer: Offered['offers'][number] | undefined,
  winner: Offered['offers'][number] | null,
  losers: ReadonlySet<string>,
  type: MetaAttribute,
  fault: Fault | undefined,
): Verdict {
  if (fault !== undefined) return 'failed';
  if (offer === undefined) {
    const ours = contributor.echo.size > 0 && flow.reads.length > 0 && flow.reads.every((read) => contributor.echo.has(read));
    return ours ? 'echo' : 'silent';
  }
  if (offer === winner) return 'wins';
  if (losers.has(offer.key)) return 'outranked';
  return type.strategy === 'merge' && scalars(offer.value).length > 0 ? 'merged' : 'silent';
}

function whyOf(verdict: Verdict, winner: string | null, type: MetaAttribute): string {
  switch (verdict) {
    case 'wins':
      return type.strategy === 'latest' ? 'the newest value' : 'first in order that has a value';
    case 'merged':
      return 'all values together';
    case 'outranked':
      return type.strategy === 'latest' ? `${winner ?? 'another'} is newer` : `${winner ?? 'another'} comes first`;
    case 'silent':
      return 'has no value';
    case 'echo':
      return 'Rollcall wrote it there itself, so it is not its own';
    case 'failed':
      return 'its rule failed';
  }
}

function readBy(flow: ImportFlow, { scope }: Contributor): { readonly [attribute: string]: Value } {
  const read: { [attribute: string]: Value } = Object.create(null);
  for (const name of flow.reads) read[name] = scope.row[name] ?? null;
  return read;
}

/** References keep what resolves; a debt alone says nothing. */
function settled(type: MetaAttribute, value: Value | undefined): Value | undefined {
  if (type.type !== 'reference' || value === undefined) return value;
  const ids = scalars(value).filter((one) => typeof one === 'number');
  if (ids.length === 0) return scalars(value).length === 0 ? null : undefined;
  return type.multi ? ids : ids[0];
}

function differenceOf(
  type: MetaAttribute,
  stored: Value | undefined,
  recomputed: Value | undefined,
  decided: Value | undefined,
  input: ReasonsInput,
  flows: readonly { contributor: Contributor; flow: ImportFlow }[],
  failed: ReadonlyMap<string, Fault>,
): AttributeReasons['difference'] {
  if (sameValue(stored ?? null, recomputed ?? null)) return null;
  const because = (reason: Difference, why: string): AttributeReasons['difference'] => ({ reason, why });
  if (input.frozen)
    return because(
      'frozen',
      'No source that speaks for this person has them any more, so their values stay as they were until they are gone.',
    );
  if (type.unique !== null && scalars(stored).length > 0)
    return because('generated', 'Rollcall made this value once, unique over everybody, and keeps it.');
  if (type.once && scalars(stored).length > 0)
    return because('memory', 'It was taken once and is kept whatever the sources say now.');
  const fault = flows.map(({ contributor }) => failed.get(`${contributor.row.id} ${type.name}`)).find((one) => one !== undefined);
  if (fault !== undefined) return because('failed', `A rule failed, so the attribute is held: ${fault.message}`);
  if (type.type === 'reference' && scalars(decided).some((one) => typeof one === 'string')) {
    return because(
      'debt',
      'It refers to somebody who is not known yet, or to several at once; it resolves by itself when its key names one.',
    );
  }
  if (input.heldConnections.length > 0)
    return because(
      'connectionHeld',
      `${input.heldConnections.join(', ')} is held or not configured any more; the values it gave stay.`,
    );
  if (input.waiting)
    return because('waiting', "Something changed since the last run; the next 'rollcall run' works it out again.");
  if (input.changedRules.length > 0)
    return because(
      'rulesChanged',
      `The rules of ${input.changedRules.join(', ')} changed since the last run; 'rollcall plan' shows what that means.`,
    );
  return because('unexplained', 'Nothing known explains this difference. Please report it.');
}

interface Importing {
  readonly imports: ReadonlyMap<string, ImportRule>;
}

/** Rows that say nothing at all, with the reason: not there any more, or left out by a filter. */
export function silentRows(
  rows: readonly StagedRow[],
  contributors: readonly Contributor[],
  configured: ReadonlyMap<string, Importing>,
): readonly { readonly row: StagedRow; readonly why: string }[] {
  const speaking = new Set(contributors.map((one) => one.row.id));
  return rows
    .filter((row) => !speaking.has(row.id))
    .map((row) => ({
      row,
      why: !configured.has(row.connection)
        ? 'its connection is not configured any more'
        : row.presence === 'gone'
          ? 'it is gone from there'
          : row.presence === 'pending'
            ? 'it is not there yet'
            : leftOut(row, configured.get(row.connection)!),
    }));
}

/** Of an object that is there: no rule is for its kind, or the filters of those that are. */
function leftOut({ kind }: StagedRow, { imports }: Importing): string {
  const rules = [...imports.values()].filter(({ from }) => from === kind);
  if (rules.length === 0) return `no import rule is for its kind (${kind})`;
  const filters = rules.map((rule) => `${rule.kind}.filter '${rule.filterText}'`);
  return `${filters.join(' and ')} ${filters.length === 1 ? 'leaves' : 'leave'} it out`;
}
