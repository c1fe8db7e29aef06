/**
 * The engine: import → sync → export, each a function over one `EngineContext`.
 *
 *   import/     reads a system into its connector space: canonical form, digests, absence, outages
 *   sync/       staged objects → agreed objects → wishes for the targets, in generations
 *   export/     sends wishes, settles the answers
 *   safety/     what is parked, what the gates count and hold
 *   lifecycle/  a person's state, an account's last steps
 *
 * Called by `runs` only. It owns retry, back-off and batching; it never throws for one bad object.
 */
import type { Connection, ConnectorDefinition } from '#connectors/contract';
import type { Digester } from '#core/digest';
import type { Fault } from '#core/errors';
import type { Pace } from '#core/pace';
import type { Kind } from '#core/values';
import type { Openings } from '#core/window';
import type { Clock, Delivery, Deprovision, ExportRule, ImportRule, KindRules } from '#rules/model';
import type { ConnectionState, Epoch, RunId, Store } from '#store/contract';
import type { Counters } from './counts.ts';
import type { Lines } from './import/lines.ts';
import type { Turns } from './turns.ts';

export interface EngineConnection {
  readonly name: string;
  readonly rank: number;
  readonly owner: boolean;
  readonly definition: ConnectorDefinition;
  readonly settings: unknown;
  readonly mode: 'observe' | 'hold' | 'on' | null;
  readonly imports: ReadonlyMap<Kind, ImportRule>;
  readonly exports: ReadonlyMap<Kind, ExportRule>;
  readonly deprovision: Deprovision;
  readonly gates: ReadonlyMap<string, { readonly percent: number; readonly count: number }>;
  readonly fullReadEveryMs: number;
  /** When it may be written to; null = always. */
  readonly openings: Openings | null;
  /** How much it takes in a time; null = as much as there is. */
  readonly pace: Pace | null;
  /** Whether accounts are disabled at once while it may not. */
  readonly leavers: 'now' | 'wait';
  /** Of what says which system it is. */
  readonly configHash: string;
}

export interface EngineContext {
  readonly store: Store;
  /** Fulfilled when the run is in the store: before, nobody knows its number, and nothing of it can be written. */
  readonly begun: Promise<void>;
  readonly run: RunId;
  readonly epoch: Epoch;
  /** IANA zone of dates without time. */
  readonly zone: string;
  /** The run's one instant. */
  readonly now: number;
  /** A plan asks about another day: owners are taken as read until then, showing what they showed last. */
  readonly whatIf: boolean;
  /** The clock leapt further than anybody confirms: due disables and deletes wait for a person (SEMANTICS 5). */
  readonly timeDoubted: boolean;
  /** Wall clock: attempts and deadlines only, never rules. */
  readonly wall: () => number;
  readonly folder: string;
  readonly limits: { readonly maxObjectBytes: number };
  /** Objects that a sync works out at a time; its result does not depend on it. */
  readonly batch: number;
  readonly connections: readonly EngineConnection[];
  readonly kinds: ReadonlyMap<Kind, KindRules>;
  readonly digester: Digester;
  readonly states: Map<string, ConnectionState>;
  readonly counters: Counters;
  /** Connections that could not be read, or not be written to, in this run: the others went on without them. */
  readonly failed: Set<string>;
  /** Connections whose feed could not go on in this run: what they show now may be older than what is known. */
  readonly lostPlace: Set<string>;
  /** Connections whose last read of this run ended so that the next one reads the same again. */
  readonly unfinished: Map<string, Unfinished>;
  /** Of what this run read from files. */
  readonly lines: Lines;
  readonly signal: AbortSignal;
  /** Shared by all that run on this store now. */
  readonly turns: Turns;
  /** Never goes back, in ms: how long a send has waited. */
  readonly monotonic: () => number;
  /** Whether the time, in ms, passed before the signal came. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<boolean>;
  fault(fault: Fault, subject?: { readonly subject: 'object' | 'staged'; readonly id: number }): void;
  progress(phase: 'import' | 'sync' | 'export' | 'confirm', connection: string | null, done: number, total: number | null): void;
  /** `hold`: what is said of it last takes the place of what was said before; null as message: it is no more. */
  notice(kind: NoticeKind, connection: string, message: string | null, remedy: string, hold?: number): void;
  /** Hands a generated value on; resolves once it is safe there, rejects after `withinMs`. Called once the target has it (SEMANTICS 9). */
  deliver(delivery: Delivery, secret: DeliveredSecret, withinMs: number): Promise<void>;
  /** Throws a RollcallError where a delivery is known to fail: nothing is generated then. */
  canDeliver(delivery: Delivery): Promise<void>;
  /** Whether it refused to let Rollcall sign in: nothing is read from it or sent to it for now, and what waits there goes on waiting. */
  rests(connection: string): boolean;
  /** One open connection per run and configured system. */
  open(connection: EngineConnection): Connection;
}

export interface Unfinished {
  readonly tookMs: number;
  /** Null where others wrote meanwhile, and nobody needs to mend anything. */
  readonly reason: Fault | null;
}

/** A generated value, and the account it was set for. */
export interface DeliveredSecret {
  readonly connection: string;
  readonly kind: Kind;
  /** As the target knows the account. */
  readonly anchor: string;
  readonly name: string | null;
  /** Id of the object that the account is of. */
  readonly object: number | null;
  readonly attribute: string;
  readonly value: string;
}

/** What a run says that somebody should look at; docs/guide/operating.md says what to do about each. */
export const NOTICE_KINDS = [
  'firstPlan',
  'gate',
  'heldConnection',
  'outage',
  'staleRead',
  'rulesChanged',
  'readInFull',
  'notSynced',
  'waitsForTarget',
  'notConverging',
  'enabledByHand',
  'refused',
  'incompleteRead',
  'outsideWindow',
  'waitsForQuota',
  'leftAlone',
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** Notices of what the run has seen to by itself: nobody is asked for anything. */
const SEEN_TO: ReadonlySet<NoticeKind> = new Set(['rulesChanged', 'readInFull', 'outsideWindow', 'waitsForQuota']);
export const asksSomebody = (notice: { readonly kind: NoticeKind }): boolean => !SEEN_TO.has(notice.kind);

/** A fresh clock for one evaluation: `due` starts at never. */
export function clockOf(context: { readonly now: number }): Clock {
  return { now: context.now, due: Number.POSITIVE_INFINITY };
}

/** The id of the object that a staged object of this connection is a part of, by its anchor alone; null for every other one. */
export function belongsTo(
  { definition }: Pick<EngineConnection, 'definition'>,
  { anchor }: { readonly anchor: string | null },
): number | null {
  return anchor === null ? null : (definition.belongsTo?.(anchor) ?? null);
}

export function connectionNamed(context: EngineContext, name: string): EngineConnection | undefined {
  return context.connections.find((c) => c.name === name);
}

export function stateOf(context: EngineContext, name: string): ConnectionState {
  const known = context.states.get(name);
  if (known) return known;
  const fresh: ConnectionState = {
    name,
    mode: null,
    approval: null,
    held: null,
    cursor: null,
    checkpoint: null,
    fingerprint: null,
    baseline: null,
    outages: null,
    lastCompleteRead: null,
    lastRead: null,
    readMark: null,
    rulesHash: null,
    configHash: null,
  };
  context.states.set(name, fresh);
  return fresh;
}

export async function saveState(
  context: EngineContext,
  name: string,
  patch: Partial<Omit<ConnectionState, 'name'>>,
): Promise<void> {
  await context.store.spaces.saveState(name, patch, context.epoch);
  context.states.set(name, { ...stateOf(context, name), ...patch });
}
