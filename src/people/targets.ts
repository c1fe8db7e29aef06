/** How a target stands to an object: its account, what happens to that next, and each attribute that is written there. */
import { parseImage, sameValue } from '#core/canonical';
import { HIDDEN, isGenerated } from '#core/generated';
import { accountName } from '#core/label';
import { equivalent } from '#core/matching';
import { type Attributes, bare, type Value } from '#core/values';
import type { ExportFlow, ExportRule, ObjectScope } from '#rules/model';
import type { Services } from '#runs/model';
import {
  effectiveImage,
  isDiscarded,
  type Outage,
  outageTimes,
  parseOutages,
  parseSteps,
  typeIn,
  undiscarded,
} from '#runs/reasons';
import type { ConnectionState, ObjectRow, StagedId, StagedRow } from '#store/contract';

type Configuration = Services['config'];

export type AttributeState =
  | 'inStep'
  | 'different'
  | 'waiting'
  | 'held'
  | 'observed'
  | 'sent'
  | 'unknown'
  | 'failed'
  | 'discarded'
  /** The target does not show it now, and nothing is written to it meanwhile (SEMANTICS 6). */
  | 'out'
  /** Never written, whatever the rules say: `wanted` is what they say. */
  | 'protected'
  /** A person took it out of Rollcall's hands: `wanted` is what the rules say. */
  | 'excluded'
  /** Its person no longer belongs there, and `deprovision: none` leaves it as it is. */
  | 'left'
  | 'notThere';
export interface TargetState {
  readonly connection: string;
  readonly account: string | null;
  readonly origin: 'created' | 'adopted' | null;
  readonly protected: boolean;
  readonly held: boolean;
  /** What happens to the account as a whole next; null = nothing. */
  readonly operation: 'create' | 'update' | 'delete' | null;
  readonly state: AttributeState;
  readonly fault: string | null;
  /** Disabled because its person left: since when (ms; null = not seen there yet), and when it is deleted (null = never). */
  readonly disabled: { readonly since: number | null; readonly deleteAt: number | null } | null;
  readonly attributes: readonly TargetAttribute[];
}
export interface TargetAttribute {
  readonly attribute: string;
  readonly rule: string;
  readonly strength: ExportFlow['strength'];
  /** What the target was last seen to have; of what is out, before that. */
  readonly seen: Value | undefined;
  /** What it is to have, where that differs. */
  readonly wanted: Value | undefined;
  readonly state: AttributeState;
  /** Why it is out; null where it is not. */
  readonly outage: Pick<Outage, 'kind' | 'since' | 'filledBefore' | 'filledNow'> | null;
}

/** What besides rows and rules tells how a target stands to an object. */
export interface Standing {
  /** Accounts that a person took out of Rollcall's hands. */
  readonly excluded: ReadonlySet<StagedId>;
  /** What export rules see of the object. */
  readonly scope: ObjectScope;
  readonly now: number;
}

/** `attribute`: only what this agreed attribute feeds. */
export function targetsOf(
  object: ObjectRow,
  rows: readonly StagedRow[],
  states: ReadonlyMap<string, ConnectionState>,
  config: Configuration,
  attribute: string | null,
  standing: Standing,
): TargetState[] {
  return config.connections.flatMap((connection) => {
    const rule = connection.exports.get(object.kind);
    if (rule === undefined) return [];
    const row = rows.find((one) => one.connection === connection.name && one.kind === rule.to && one.presence !== 'gone');
    const flows = rule.flows.filter((flow) => attribute === null || flow.reads.some((read) => read.split('.')[0] === attribute));
    const ruled = { connection, rule, inScope: isInScope(object, rule, standing), ...standing };
    const state = targetState(connection.name, row, flows, states.get(connection.name), ruled);
    return [attribute === null ? { ...state, attributes: [...state.attributes, ...secretsOf(rule, row, state.state)] } : state];
  });
}

/** Those that are to be set: of others nobody knows anything. */
function secretsOf(rule: ExportRule, row: StagedRow | undefined, state: AttributeState): TargetAttribute[] {
  const wanted: Attributes = row?.export?.wanted == null ? bare() : parseImage(row.export.wanted);
  return rule.secrets
    .filter(({ attribute }) => isGenerated(wanted[attribute]))
    .map(({ attribute, text }) => ({
      attribute,
      rule: text,
      strength: 'onCreate',
      seen: undefined,
      wanted: HIDDEN,
      state,
      outage: null,
    }));
}

/** As a run asks (engine/sync/wishes). A rule that fails says nothing: a run tells of it. */
function isInScope({ state }: ObjectRow, rule: ExportRule, { scope, now }: Standing): boolean | null {
  try {
    return state !== 'leaving' && state !== 'gone' && rule.when(scope, { now, due: Number.POSITIVE_INFINITY });
  } catch {
    return null;
  }
}

/** Accounts that were written to, or are to be. */
export function storedTargets(rows: readonly StagedRow[], states: ReadonlyMap<string, ConnectionState>): TargetState[] {
  return rows
    .filter((row) => row.presence !== 'gone' && (row.export !== null || row.origin !== null))
    .map((row) => targetState(row.connection, row, [], states.get(row.connection), null));
}

type Connection = Configuration['connections'][number];
interface Ruled extends Standing {
  readonly connection: Connection;
  readonly rule: ExportRule;
  /** Whether the rules want an account for the object at all; null where that rule fails. */
  readonly inScope: boolean | null;
}

/** `ruled`: null where no rule is known; then nobody knows when an account is deleted either. */
function targetState(
  connection: string,
  row: StagedRow | undefined,
  flows: readonly ExportFlow[],
  state: ConnectionState | undefined,
  ruled: Ruled | null,
): TargetState {
  const wish = row?.export ?? null;
  const outages = parseOutages(state?.outages ?? null);
  const seen: Attributes = row === undefined ? bare() : effectiveImage(row, outageTimes(outages));
  const wanted: Attributes = wish?.wanted == null ? bare() : parseImage(wish.wanted);
  const apart = row === undefined ? null : row.protected ? 'protected' : ruled?.excluded.has(row.id) ? 'excluded' : null;
  const next =
    apart !== null
      ? apart
      : row === undefined
        ? 'notThere'
        : wish === null
          ? ruled?.inScope === false && ruled.rule.deprovision.action === 'none'
            ? 'left'
            : 'inStep'
          : isDiscarded(row)
            ? 'discarded'
            : wish.state;
  const left = wish === null ? null : undiscarded(row!);
  const { disabledAt, confirmedAt = null } = parseSteps(row?.steps ?? null);
  const steps = ruled?.rule.deprovision;
  // Enabled by hand since, or not in Rollcall's hands: nothing is deleted.
  const ended =
    apart === null &&
    (steps === undefined || steps.action === 'disable') &&
    (disabledAt !== undefined || confirmedAt !== null) &&
    !(confirmedAt !== null && ruled !== null && isEnabled(ruled, seen));
  const deleteAt = steps?.then === 'delete' && confirmedAt !== null ? confirmedAt + steps.afterMs : null;
  const outageOf = ({ attribute, strength, reference }: ExportFlow): TargetAttribute['outage'] => {
    // Memberships, and what is not followed, do not wait for it.
    if (strength === 'observe' || strength === 'onCreate' || reference?.multi || wish?.operation === 'delete') return null;
    if (Object.hasOwn(wanted, attribute)) return null;
    const found = outages.attributes.find((one) => one.kind === row!.kind && one.attribute === attribute);
    if (found === undefined) return null;
    const { kind, since, filledBefore, filledNow } = found;
    return { kind, since, filledBefore, filledNow };
  };
  const attributes = row === undefined ? [] : flows.map((flow) => attributeState(flow, outageOf(flow)));
  return {
    connection,
    account: row === undefined ? null : (accountName(row) ?? wish?.wantedName ?? wish?.wantedAnchor ?? null),
    origin: row?.origin ?? null,
    protected: row?.protected ?? false,
    held: state?.held != null,
    operation: wish?.operation ?? null,
    state: next === 'inStep' && attributes.some((one) => one.outage !== null) ? 'out' : next,
    fault: wish?.fault ?? null,
    disabled: ended ? { since: confirmedAt, deleteAt } : null,
    attributes,
  };

  function attributeState(flow: ExportFlow, outage: TargetAttribute['outage']): TargetAttribute {
    if (apart !== null) return apartState(flow, apart, seen[flow.attribute], ruled!);
    const changes = Object.hasOwn(wanted, flow.attribute);
    return {
      attribute: flow.attribute,
      rule: flow.text,
      strength: flow.strength,
      seen: seen[flow.attribute],
      wanted: changes ? wanted[flow.attribute] : undefined,
      state: changes
        ? left?.wanted?.[flow.attribute] === undefined
          ? 'discarded'
          : next
        : wish?.operation === 'delete'
          ? next
          : outage !== null
            ? 'out'
            : next === 'left'
              ? 'left'
              : 'inStep',
      outage,
    };
  }
}

/** Whether the account is not switched off, as far as it is known. */
function isEnabled({ connection, rule: { enabled } }: Ruled, seen: Attributes): boolean {
  return enabled !== null && !equivalent(seen[enabled.attribute], enabled.off, typeIn(connection, enabled.attribute));
}

/** Of an account that is not written: what it has, and what the rules say where that differs. */
function apartState(
  flow: ExportFlow,
  apart: 'protected' | 'excluded',
  seen: Value | undefined,
  { scope, now, inScope }: Ruled,
): TargetAttribute {
  const { attribute, text: rule, strength } = flow;
  const said =
    !inScope || strength === 'observe' || strength === 'onCreate' || flow.reference ? undefined : ruleSays(flow, scope, now);
  const differs = said !== undefined && !sameValue(said, seen ?? null);
  return { attribute, rule, strength, seen, wanted: differs ? said : undefined, state: differs ? apart : 'inStep', outage: null };
}

/** A rule that fails says nothing: a run tells of it. */
function ruleSays(flow: ExportFlow, scope: ObjectScope, now: number): Value | undefined {
  try {
    return flow.evaluate(scope, { now, due: Number.POSITIVE_INFINITY });
  } catch {
    return undefined;
  }
}
