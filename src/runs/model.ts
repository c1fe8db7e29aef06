/** What a run is asked for and what it answers. The whole of `runs` is reached through `run`, `plan` and `preview` in runs/index. */
import type { Configuration } from '#config/model';
import type { Fault } from '#core/errors';
import type { Kind } from '#core/values';
import type { NoticeKind, Unfinished } from '#engine/index';
import type { AuditEvent, Holder, ObjectId, RunId, RunStatus, Store } from '#store/contract';
import type { PushesReport } from './beside.ts';
import type { KeptOpen } from './kept-open.ts';
import type { LiveEvent } from './live.ts';
import type { Rests } from './rests.ts';
import type { Pause } from './schedule/pause.ts';

export { asksSomebody, NOTICE_KINDS } from '#engine/index';
export type { Holder } from '#store/contract';

export type Phase = 'import' | 'sync' | 'export' | 'confirm';

export interface Services {
  readonly config: Configuration;
  readonly store: Store;
  /** Wall clock, ms; injected so that tests own time. */
  readonly wall: () => number;
  /** Never goes back, ms; the process's own where it is left out. */
  readonly monotonic?: () => number;
  /** Waits by such a clock, ms: whether the time passed before the signal; the process's own where it is left out. */
  readonly pause?: Pause;
  /** Objects that a sync works out at a time; 1,000 where it is left out. */
  readonly batch?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** `about`: of which run it is, and of which person or account where it is of one. */
  readonly onFault?: (fault: Fault, about?: FaultAbout) => void;
  /** A run begins, or has ended; pushes are none. */
  readonly onRun?: (goesOn: boolean) => void;
  /** A run waits for another process to end its own. */
  readonly onWaits?: (holder: Holder) => void;
  /** Of a process that goes on: connections that it leaves alone for now. */
  readonly rests?: Rests;
  /** Of a process that goes on: what pushes opened. */
  readonly keptOpen?: KeptOpen;
  /** Told by `live` of all that it does. */
  readonly onLive?: (event: LiveEvent) => void;
  /** Pushes that shared a run are worked out and sent. */
  readonly onPushes?: (report: PushesReport) => void;
  /** Aborted = end cleanly after the batch at hand; the run is then `interrupted`. */
  readonly signal?: AbortSignal;
}

export interface FaultAbout {
  readonly run: RunId;
  readonly subject?: 'object' | 'staged';
  readonly id?: number;
}

export interface Progress {
  readonly phase: Phase;
  readonly connection: string | null;
  readonly done: number;
  /** Null while unknown. */
  readonly total: number | null;
}

export interface RunRequest {
  /** A profile, or the name of a sequence of them in the file. */
  readonly profile: string;
  /** Null = all. */
  readonly connections: readonly string[] | null;
  /** Somebody named them, who wants tried now what they refused; otherwise that waits for its time. */
  readonly atOnce?: boolean;
  /** Only this person or group. */
  readonly object?: ObjectId;
  readonly by: string;
  /** Called when its turn has come and it has a number; an error ends it before anything is read. */
  readonly onBegun?: (run: RunId) => Promise<void>;
  /** Carry out exactly this plan: its canonical lines. */
  readonly planLines?: readonly string[];
  /** Fixed `now` in ms; otherwise the wall clock. */
  readonly now?: number;
  /** That it was asked for, for the audit log; noted with its id. */
  readonly audit?: readonly AuditEvent[];
}

export interface ConnectionCounts {
  readonly connection: string;
  readonly seen: number;
  readonly added: number;
  readonly changed: number;
  readonly gone: number;
  readonly joined: number;
  readonly projected: number;
  readonly adopted: number;
  readonly created: number;
  readonly updated: number;
  readonly disabled: number;
  readonly deleted: number;
  /** Decided, not sent: first contact. */
  readonly observed: number;
  readonly parked: number;
  readonly held: number;
  readonly failed: number;
  readonly waiting: number;
  /** Written to the target in this run. */
  readonly written: number;
  /** Writes by what proved them, the cheapest first (docs/guide/safety.md). */
  readonly provenByDigest: number;
  readonly provenByAnswer: number;
  readonly provenByLookup: number;
  readonly provenByDelta: number;
  readonly provenByRead: number;
}

export interface RunReport {
  readonly run: RunId;
  readonly profile: string;
  readonly status: RunStatus;
  readonly now: number;
  readonly elapsedMs: number;
  readonly connections: readonly ConnectionCounts[];
  readonly objects: { readonly [kind: Kind]: { readonly created: number; readonly changed: number; readonly total: number } };
  readonly rowsWritten: number;
  /** The first hundred; all are in the store. */
  readonly faults: readonly Fault[];
  readonly faultCount: number;
  /** Connections that could not be read, or not be written to; the others went on without them. */
  readonly failed: readonly string[];
  /** Connections whose read ended so that the next one reads the same again. */
  readonly unfinished: ReadonlyMap<string, Unfinished>;
  /** Targets whose first plan waits for approval, tripped gates, held connections: one line each, with what to do. */
  readonly notices: readonly Notice[];
}

export interface Notice {
  readonly kind: NoticeKind;
  readonly connection: string;
  readonly message: string;
  readonly remedy: string;
  /** Of a gate, the hold: one notice each, which says how it stands at the end. Null for every other kind. */
  readonly hold: number | null;
}

export interface PlanReads {
  readonly how: 'auto' | 'full' | 'delta';
  readonly connections: readonly string[];
}

/** One line of a plan, in order. */
export type PlanLine =
  | {
      readonly what: 'plan';
      readonly version: 1;
      readonly now: string;
      readonly basedOn: { readonly [connection: string]: string | null };
      /** What was read for it, and is read again before it is carried out; null = planned from what was last read. */
      readonly reads: PlanReads | null;
      readonly hash: string;
    }
  | {
      readonly what: 'object';
      readonly operation: 'create' | 'update' | 'state';
      readonly object: ObjectId;
      readonly kind: Kind;
      readonly label: string;
      readonly before: { readonly [attribute: string]: unknown } | null;
      readonly after: { readonly [attribute: string]: unknown } | null;
    }
  | {
      readonly what: 'export';
      readonly connection: string;
      readonly operation: 'create' | 'update' | 'delete';
      /** An update that takes away the right to sign in, or gives it back. */
      readonly effect: 'disable' | 'enable' | null;
      readonly state: 'observed' | 'waiting' | 'held';
      readonly object: ObjectId | null;
      readonly kind: Kind;
      readonly anchor: string | null;
      readonly name: string | null;
      readonly label: string;
      readonly before: { readonly [attribute: string]: unknown } | null;
      readonly after: { readonly [attribute: string]: unknown } | null;
      /** Of a new group: how many members follow with its creation. */
      readonly members?: number | undefined;
    }
  | {
      readonly what: 'parked';
      readonly kind: string;
      readonly connection: string | null;
      readonly label: string;
      readonly detail: unknown;
    };

export interface Plan {
  readonly lines: readonly PlanLine[];
  /** Why the accounts of these people and groups are disabled or deleted. */
  readonly endings: ReadonlyMap<ObjectId, string>;
  readonly hash: string;
  readonly now: number;
  readonly report: RunReport;
}
