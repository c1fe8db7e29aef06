/** Explain: loads what belongs to one object, and computes the reasons of its values. */

import { parseImage } from '#core/canonical';
import { accountName } from '#core/label';
import type { Value } from '#core/values';
import type { ImportFlow, ImportRule, KindRules } from '#rules/model';
import type { Services } from '#runs/model';
import {
  type Contributor,
  contributorOf,
  createResolver,
  endingsOf,
  fixedValue,
  neverOwned,
  newGeneration,
  offersOf,
  outageTimes,
  parseOutages,
  type ReadDoubt,
  readDoubts,
  storedScopes,
} from '#runs/reasons';
import type { ConnectionState, ObjectRow, ParkedRow, StagedRow, Store } from '#store/contract';
import { type Absent, type AttributeReasons, reasonsOf, silentRows } from './reasons.ts';
import { storedTargets, type TargetState, targetsOf } from './targets.ts';

export interface Explanation {
  readonly object: ObjectRow;
  readonly attributes: readonly (AttributeReasons & {
    readonly changedRun: number | null;
    readonly changedAt: number | null;
    readonly fixed: Fixed | null;
    readonly absent: readonly Absent[];
    /** Connections whose rules give it, whoever is linked. */
    readonly ruledBy: readonly string[];
    /** Where rollcall.yaml says how Rollcall makes it; null where it makes none. */
    readonly madeBy: string | null;
  })[];
  /** Why it is not active: `gone from hr since 2026-11-21`; null while it is. */
  readonly ending: string | null;
  /** Of connections that have it: what their last reads left unknown. */
  readonly doubts: readonly Doubt[];
  readonly targets: readonly TargetState[];
  /** Linked objects that say nothing, and why. */
  readonly silent: readonly {
    readonly connection: string;
    readonly anchor: string | null;
    readonly name: string | null;
    readonly why: string;
  }[];
  readonly parked: readonly ParkedRow[];
}
export interface Doubt extends ReadDoubt {
  readonly connection: string;
}
/** A value that a person fixed. */
export interface Fixed {
  readonly decision: number;
  readonly value: Value;
  readonly by: string;
  readonly at: number;
  readonly reason: string;
}
/** Far more than one object and its accounts ever have. */
const MOST_PARKED = 1_000;
/** The note of every attribute that has none of its own: when the object was made. */
const ALL = '*';

type Configuration = Services['config'];
type Surroundings = Pick<Services, 'store' | 'config' | 'wall'> & {
  /** No rule is known: values and accounts as the store has them, without reasons. */
  readonly storedOnly?: boolean;
};

/** `attribute`: only this one of the agreed attributes, and what it feeds in the targets. */
export async function explain(object: ObjectRow, attribute: string | null, surroundings: Surroundings): Promise<Explanation> {
  const { store, config } = surroundings;
  const rows = await store.sync.linked([object.id]);
  const states = new Map((await store.spaces.states()).map((one) => [one.name, one]));
  const rules = config.kinds.get(object.kind);
  // The clock of the last run: what it decided is explained, not what a later date would decide.
  const now = (await store.runs.latestNow()) || surroundings.wall();
  const contributors = contributorsOf(object, rows, states, config, now);
  const resolve = await resolver(contributors, surroundings, object.kind, now);
  const stored = parseImage(object.attributes);
  const notes = JSON.parse(object.notes) as { readonly [attribute: string]: readonly [number, number] };
  const noteOf = ({ attribute: name, stored: has }: AttributeReasons) =>
    notes[name] ?? (has === undefined ? undefined : notes[ALL]);
  const configured = new Map(config.connections.map((one) => [one.name, one]));
  const linkedTo = new Set(rows.map((row) => row.connection));
  const fixed = await fixedValues(object.id, store);
  const silent = silentRows(
    (surroundings.storedOnly ? [] : rows).filter(
      (row) => config.connections.find((one) => one.name === row.connection)?.imports.size !== 0,
    ),
    contributors,
    configured,
  );
  const said = surroundings.storedOnly ? [] : importersOf(object.kind, config);
  const reasons = surroundings.storedOnly
    ? Object.entries(stored).map(([name, of]) => ({
        attribute: name,
        stored: of,
        recomputed: of,
        contributions: [],
        difference: null,
      }))
    : rules === undefined
      ? []
      : reasonsOf({
          rules,
          stored,
          frozen: object.frozen !== null,
          contributors,
          heldConnections: [...linkedTo].filter((name) => !configured.has(name) || states.get(name)?.held != null),
          changedRules: config.connections.filter((one) => changed(one.rulesHash, states.get(one.name))).map((one) => one.name),
          waiting: await waits(object, rows, store),
          resolve,
          now,
          fixed,
        });
  return {
    object,
    attributes: asked(reasons, attribute, rules).map((one) => ({
      ...one,
      absent: silent.flatMap(({ row, why }) => absentOf(row, why, one.attribute, said)),
      ruledBy: said.flatMap(({ name, rule }) => (rule.flows.some((flow) => flow.attribute === one.attribute) ? [name] : [])),
      madeBy: rules?.attributes.get(one.attribute)?.unique == null ? null : `attributes.${object.kind}.${one.attribute}.unique`,
      fixed: fixed.get(one.attribute) ?? null,
      changedRun: noteOf(one)?.[0] ?? null,
      changedAt: noteOf(one)?.[1] ?? null,
    })),
    targets: surroundings.storedOnly
      ? storedTargets(rows, states)
      : targetsOf(object, rows, states, config, attribute, {
          excluded: await excludedAmong(rows, store),
          scope:
            rules === undefined ? { object: {} } : (await storedScopes({ store, kinds: config.kinds }, [object])).get(object.id)!,
          now,
        }),
    silent: silent.map(({ row, why }) => ({ connection: row.connection, anchor: row.anchor ?? row.name, name: row.name, why })),
    ending:
      surroundings.storedOnly || object.state === 'active' || object.state === 'away' || neverOwned(object)
        ? null
        : ((await endingsOf([object.id], store, config)).get(object.id) ?? null),
    doubts: surroundings.storedOnly ? [] : await doubtsOf(rows, states, surroundings),
    parked: await store.decisions.parked(
      { objectIds: [object.id], stagedIds: rows.map((row) => row.id) },
      { after: 0, limit: MOST_PARKED },
    ),
  };
}

/** The one that is asked for is told also where nothing is known of it. */
function asked(
  reasons: readonly AttributeReasons[],
  attribute: string | null,
  rules: KindRules | undefined,
): readonly AttributeReasons[] {
  if (attribute === null) return reasons;
  const found = reasons.filter((one) => one.attribute === attribute);
  if (found.length > 0 || !rules?.attributes.has(attribute)) return found;
  return [{ attribute, stored: undefined, recomputed: undefined, contributions: [], difference: null }];
}

interface Importer {
  readonly name: string;
  readonly rule: ImportRule;
}

function importersOf(kind: string, { connections }: Configuration): Importer[] {
  return connections.flatMap(({ name, imports }) => {
    const rule = imports.get(kind);
    return rule === undefined ? [] : [{ name, rule }];
  });
}

function absentOf(row: StagedRow, why: string, attribute: string, importers: readonly Importer[]): Absent[] {
  const rule = importers.find((one) => one.name === row.connection)?.rule;
  if (rule === undefined || rule.from !== row.kind) return [];
  return rule.flows
    .filter((flow) => flow.attribute === attribute)
    .map((flow) => ({ connection: row.connection, anchor: row.anchor ?? row.name, name: row.name, rule: flow.text, why }));
}

/** What was not believed says nothing of whom it left out: they stay, and whoever asks for one of them has to know. */
async function doubtsOf(
  rows: readonly StagedRow[],
  states: ReadonlyMap<string, ConnectionState>,
  { store, config }: Surroundings,
): Promise<Doubt[]> {
  const doubts = await readDoubts(store, [...states.values()]);
  return config.connections.flatMap(({ name }) => {
    const here = rows.filter((row) => row.connection === name && (row.presence === 'present' || row.presence === 'held'));
    if (here.length === 0) return [];
    const doubt = doubts.get(name);
    const missing = here
      .filter((row) => row.presence === 'held')
      .map((row) => ({
        connection: name,
        message: `${name}: the last read did not show ${accountName(row)}; taken as gone when the next one does not either`,
        remedy: 'to see it: rollcall plan --read',
      }));
    return [...(doubt === undefined ? [] : [{ connection: name, ...doubt }]), ...missing];
  });
}

async function fixedValues(object: number, store: Store): Promise<ReadonlyMap<string, Fixed>> {
  const decisions = await store.decisions.list(
    { objectIds: [object], kinds: ['fixed'], active: true },
    { after: 0, limit: 1_000 },
  );
  return new Map(
    decisions.map((one) => {
      const [attribute, value] = fixedValue(one);
      return [attribute, { decision: one.id, value, by: one.by, at: one.at, reason: one.reason }];
    }),
  );
}

/** Accounts that a person took out of Rollcall's hands. */
async function excludedAmong(rows: readonly StagedRow[], store: Store): Promise<ReadonlySet<number>> {
  const stagedIds = rows.map((row) => row.id);
  const decisions = await store.decisions.list({ stagedIds, kinds: ['exclude'], active: true }, { after: 0, limit: 1_000 });
  return new Set(decisions.flatMap(({ stagedId }) => (stagedId === null ? [] : [stagedId])));
}

function changed(rulesHash: string, state: ConnectionState | undefined): boolean {
  return state?.rulesHash != null && state.rulesHash !== rulesHash;
}

function contributorsOf(
  object: ObjectRow,
  rows: readonly StagedRow[],
  states: ReadonlyMap<string, ConnectionState>,
  config: Configuration,
  now: number,
): Contributor[] {
  const clock = { now, due: Number.POSITIVE_INFINITY };
  return rows.flatMap((row) => {
    const connection = config.connections.find((one) => one.name === row.connection);
    if (connection === undefined) return [];
    const outages = outageTimes(parseOutages(states.get(row.connection)?.outages ?? null));
    const contributor = contributorOf(connection, row, outages, clock);
    return contributor !== null && contributor.rule.kind === object.kind ? [contributor] : [];
  });
}

async function waits(object: ObjectRow, rows: readonly StagedRow[], store: Store): Promise<boolean> {
  const { ranges } = await store.sync.dirty();
  const inside = (subject: string, id: number): boolean =>
    ranges.some((one) => one.subject === subject && one.from <= id && id <= one.to);
  return inside('object', object.id) || rows.some((row) => inside('staged', row.id));
}

/** Looks up every key that a reference rule of these contributors gives. */
async function resolver(
  contributors: readonly Contributor[],
  { store, config }: Surroundings,
  kind: string,
  now: number,
): Promise<(flow: ImportFlow, value: Value) => Value> {
  const rules = config.kinds.get(kind);
  const resolver = createResolver({ store, kinds: config.kinds }, newGeneration(0, false));
  const offered =
    rules === undefined ? [] : offersOf(contributors, rules, { now, due: Number.POSITIVE_INFINITY }, () => {}).values();
  for (const { offers, flows } of offered)
    for (const [i, { value }] of offers.entries()) if (flows[i]!.reference !== null) resolver.want(flows[i]!, value ?? null);
  await resolver.resolve();
  return (flow, value) => resolver.get(flow, value);
}
