/**
 * What each linked staged object says about its object: the offers that precedence decides between (SEMANTICS 3).
 * Pure; `explain` computes reasons with the same functions.
 */
import { parseImage } from '#core/canonical';
import { type Fault, toFault } from '#core/errors';
import { equivalent } from '#core/matching';
import { type Attributes, bare, type Scalar, type Value } from '#core/values';
import type { Offer } from '#rules/contribute';
import { aggregate } from '#rules/contribute';
import type { Clock, Evaluate, ImportFlow, ImportRule, KindRules, RowScope } from '#rules/model';
import type { StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import type { OutageTimes } from '../import/health.ts';
import { keptAt } from '../import/kept.ts';
import { typeIn } from '../import/settle.ts';
import { ownOf } from './ours.ts';

/** One staged object with the rule that reads it. */
export interface Contributor {
  readonly row: StagedRow;
  readonly connection: EngineConnection;
  readonly rule: ImportRule;
  readonly scope: RowScope;
  /** Attributes whose value Rollcall put there itself. */
  readonly echo: ReadonlySet<string>;
  /** Last values proven as ours; null when nothing was ever written. */
  readonly confirmed: Attributes | null;
  readonly times: { readonly [attribute: string]: number };
}

/** All offers for one attribute, each with the flow it comes from. */
export interface Offered {
  offers: Offer[];
  readonly flows: ImportFlow[];
  /** Members of a merged set that a connection's own people took out, though Rollcall had put them there. */
  removed: readonly Scalar[];
}

const NO_ECHO: ReadonlySet<string> = new Set();
const NONE_REMOVED: readonly Scalar[] = [];
const NO_TIMES: { readonly [attribute: string]: number } = {};

/** The image rules read: what was seen, with the last values of attributes that are out. */
export function effectiveImage(row: StagedRow, outages: OutageTimes): Attributes {
  const image = row.seen === null ? bare() : parseImage(row.seen);
  if (outages.size === 0 || row.kept === null) return image;
  const kept = parseImage(row.kept);
  for (const attribute in kept) {
    const since = outages.get(`${row.kind}.${attribute}`);
    // What was emptied before the outage began was meant.
    if (since === undefined || Number(kept[keptAt(attribute)] ?? 0) < since) continue;
    // branch: holds: an outage keeps the last value
    if ((image[attribute] ?? null) === null) image[attribute] = kept[attribute]!;
  }
  return image;
}

export type Report = (error: unknown, row: StagedRow) => void;

/** Where a condition that fails for one staged object is told. */
export function reporter(context: EngineContext): Report {
  return (error, row) =>
    context.fault(toFault(error, { connection: row.connection, object: row.anchor ?? String(row.id) }), {
      subject: 'staged',
      id: row.id,
    });
}

/** A filter that fails for one object is reported and changes nothing about it: who is linked stays, who is not is not. */
function passes(filter: Evaluate<RowScope, boolean>, row: StagedRow, scope: RowScope, clock: Clock, report?: Report): boolean {
  try {
    return filter(scope, clock);
  } catch (error) {
    report?.(error, row);
    return row.objectId !== null;
  }
}

/** The rule that takes this staged object, or null: no rule for its kind, or its filter says no. */
export function ruleFor(
  connection: EngineConnection,
  row: StagedRow,
  scope: RowScope,
  clock: Clock,
  report?: Report,
): ImportRule | null {
  for (const rule of connection.imports.values()) {
    if (rule.from !== row.kind) continue;
    if (rule.filter === null || passes(rule.filter, row, scope, clock, report)) return rule;
  }
  return null;
}

export function scopeOf(row: StagedRow, outages: OutageTimes): RowScope {
  return { row: effectiveImage(row, outages), anchor: row.anchor ?? '', name: row.name };
}

/** Null when the object is not there, or no rule takes it: then it says nothing. */
export function contributorOf(
  connection: EngineConnection,
  row: StagedRow,
  outages: OutageTimes,
  clock: Clock,
  report?: Report,
): Contributor | null {
  if (row.presence !== 'present' && row.presence !== 'held') return null;
  const scope = scopeOf(row, outages);
  const rule = ruleFor(connection, row, scope, clock, report);
  if (!rule) return null;
  const confirmed = row.confirmed === null ? null : parseImage(row.confirmed);
  return {
    row,
    connection,
    rule,
    scope,
    echo: echoOf(connection, confirmed, scope.row),
    confirmed,
    times: row.times === null ? NO_TIMES : (parseImage(row.times) as { [attribute: string]: number }),
  };
}

/** A value equivalent to the last one confirmed as ours is not the connection's own. */
function echoOf(connection: EngineConnection, confirmed: Attributes | null, image: Attributes): ReadonlySet<string> {
  if (confirmed === null) return NO_ECHO;
  const echo = new Set<string>();
  for (const attribute in confirmed)
    if (equivalent(image[attribute], confirmed[attribute], typeIn(connection, attribute))) echo.add(attribute);
  return echo;
}

/** The connection's own order; where it cannot be told, the anchor decides. */
function compared(a: Contributor, b: Contributor, clock: Clock): number {
  try {
    return a.rule.primary?.(a.scope, b.scope, clock) ?? 0;
  } catch {
    return 0;
  }
}

/** Contributors of one object, in the order that decides: connection rank, then the connection's own order, then anchor. */
export function orderContributors(contributors: Contributor[], clock: Clock): Contributor[] {
  return contributors.sort((a, b) => {
    if (a.connection.rank !== b.connection.rank) return a.connection.rank - b.connection.rank;
    const own = compared(a, b, clock);
    if (own !== 0) return own;
    return a.scope.anchor < b.scope.anchor ? -1 : a.scope.anchor > b.scope.anchor ? 1 : 0;
  });
}

/** Values are personal and not told: the fault names what was read, and the command that shows it. */
function faultOf(error: unknown, { connection, row }: Contributor, { attribute, reads }: ImportFlow): Fault {
  const object = row.anchor ?? String(row.id);
  const { message, remedy, ...fault } = toFault(error, { connection: connection.name, object, attribute });
  if (reads.length === 0 || fault.kind !== 'invalidValue')
    return { ...fault, message, ...(remedy === undefined ? {} : { remedy }) };
  // What comes from a source is not put into a command that somebody copies, unless no shell reads it otherwise.
  const show = `see what was read with: rollcall preview ${connection.name} ${/^[\w.@:+-]+$/.test(object) ? object : 'ANCHOR'}`;
  return {
    ...fault,
    message: `${message} (read from ${reads.join(', ')})`,
    remedy: remedy === undefined ? show : `${remedy}; ${show}`,
  };
}

/** Offers per attribute. A rule that fails withholds its attribute and is reported through `fault`. */
export function offersOf(
  contributors: readonly Contributor[],
  rules: KindRules,
  clock: Clock,
  fault: (fault: Fault, contributor: Contributor, attribute: string) => void,
): Map<string, Offered> {
  const out = new Map<string, Offered>();
  const order = new Map<string, number>();
  for (const contributor of contributors) {
    const { connection, rule, scope, row } = contributor;
    const position = order.get(connection.name) ?? 0;
    order.set(connection.name, position + 1);
    const key = String(row.id);
    for (const flow of rule.flows) {
      const strategy = rules.attributes.get(flow.attribute)?.strategy;
      const merges = strategy === 'merge';
      if (!merges && contributor.echo.size > 0 && isEcho(flow, contributor)) continue;
      let value: Value | undefined;
      let removed: readonly Scalar[] = NONE_REMOVED;
      try {
        value = flow.evaluate(scope, clock);
      } catch (error) {
        fault(faultOf(error, contributor, flow), contributor, flow.attribute);
        continue;
      }
      const latest = strategy === 'latest';
      if (merges && contributor.confirmed !== null && flow.reads.length === 1 && flow.reads[0]! in contributor.confirmed) {
        const split = ownOf(value, contributor.confirmed[flow.reads[0]!], rules.attributes.get(flow.attribute)!);
        value = split.own;
        removed = split.removed;
      }
      // Something that was there and is not any more is an edit like any other where the newest wins.
      const cleared = latest && value === undefined && flow.reads.some((read) => contributor.times[read] !== undefined);
      if (cleared) value = null;
      if (value === undefined && removed.length === 0) continue;
      let entry = out.get(flow.attribute);
      if (!entry) {
        entry = { offers: [], flows: [], removed: NONE_REMOVED };
        out.set(flow.attribute, entry);
      }
      if (removed.length > 0) entry.removed = [...entry.removed, ...removed];
      if (value === undefined) continue;
      entry.offers.push({
        connection: connection.name,
        key,
        value,
        at: latest ? timeOf(flow, contributor) : null,
        empty: cleared ? 'clears' : flow.empty,
        order: position,
      });
      entry.flows.push(flow);
    }
  }
  for (const contributor of contributors)
    if (contributor.rule.aggregates.length > 0 && (order.get(contributor.connection.name) ?? 0) > 1)
      applyAggregates(contributor, out, rules);
  return out;
}

function applyAggregates(of: Contributor, out: Map<string, Offered>, rules: KindRules): void {
  for (const { attribute, how } of of.rule.aggregates) {
    const entry = out.get(attribute);
    const type = rules.attributes.get(attribute);
    if (!entry || !type) continue;
    const own = entry.offers.filter((o) => o.connection === of.connection.name);
    if (own.length < 2 || own[0]!.key !== String(of.row.id)) continue;
    const value = aggregate(
      how,
      own.map((o) => o.value),
      type,
    );
    entry.offers = entry.offers.map((o) => (o === own[0] ? { ...o, value } : o));
  }
}

/** An echo only when everything the flow reads here is ours. */
function isEcho(flow: ImportFlow, contributor: Contributor): boolean {
  return flow.reads.length > 0 && flow.reads.every((read) => contributor.echo.has(read));
}

/** When the flow's value came to be: the newest time of what it reads, else when the object changed. */
function timeOf(flow: ImportFlow, { times, row }: Contributor): number | null {
  let at: number | null = null;
  for (const read of flow.reads) if (times[read] !== undefined && (at === null || times[read] > at)) at = times[read];
  return at ?? row.changedAt;
}
