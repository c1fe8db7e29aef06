/** Exports on their way: attempts, answers, and what holds them. */
import type { DirtyRange, SeqRange } from './dirty.ts';
import type { EdgeDecision, EdgePosition, EdgeRow, EdgeWrite } from './edges.ts';
import type { GateCount, GateHold, GroupChange, GroupLoss } from './gates.ts';
import type { Digest, Epoch, RunId, StagedId } from './ids.ts';
import type { NewChange } from './runs.ts';
import type { StagedKey } from './stage.ts';
import type { ExportOperation, ExportState, StagedRow } from './staged.ts';

export interface ExportAnswer {
  readonly staged: StagedId;
  /**
   * The revision the attempt was made for; another one leaves the newer wish in place, and what was done is looked at again. A
   * wish that was taken back is there again where the outcome is unknown.
   */
  readonly revision: number;
  readonly outcome: 'proven' | 'sent' | 'failed' | 'retry' | 'unknown';
  readonly anchor: string | null;
  readonly anchorDigest: Digest | null;
  readonly name: string | null;
  readonly nameKey: string | null;
  /** proven: the image the target holds now, and its digest. */
  readonly seen: string | null;
  readonly digest: Digest | null;
  readonly sent: string | null;
  readonly confirmed: string | null;
  readonly keys: readonly StagedKey[] | null;
  /** failed: goes out again by itself then; 0 where only another change cures it. */
  readonly notBefore: number;
  readonly fault: string | null;
  /** Still wanted after this answer (what a gate or a debt held back); null = nothing more. */
  readonly remaining: {
    readonly wanted: string;
    readonly wantedName: string | null;
    readonly parts: string;
    readonly state: ExportState;
  } | null;
  /** What the gates count as sent, or as perhaps sent. */
  readonly parts: readonly string[];
  readonly approved: boolean;
  /** As worked out from `before`: what was noted there since stays. */
  readonly steps?: { readonly before: string | null; readonly after: string | null };
  readonly edges: readonly EdgeWrite[];
}

export interface ExportOperations {
  /**
   * Waiting exports in order: creates, updates, deletes, each by id, without those in an open attempt; opens an attempt over
   * them. It ends with its answer: items that the answer leaves out, and all items when the run ends before, become unknown. Nothing is
   * to be sent of it before it is `durable`.
   */
  take(request: {
    connection: string;
    run: RunId;
    epoch: Epoch;
    attempt: string;
    now: number;
    deadline: number;
    /** Of each operation only those behind this one: nobody goes through what is on its way again and again. */
    after?: StagedId;
    limit: number;
    operations: readonly ExportOperation[];
    only?: readonly StagedId[];
  }): Promise<readonly StagedRow[]>;
  answer(batch: {
    connection: string;
    run: RunId;
    epoch: Epoch;
    attempt: string;
    at: number;
    answers: readonly ExportAnswer[];
    changes: readonly NewChange[];
    dirty?: readonly DirtyRange[];
  }): Promise<readonly SeqRange[]>;
  /** Accounts in open attempts of which the deadline is not over: what was sent of them may be done any moment. */
  sending(connection: string, at: number): Promise<ReadonlySet<StagedId>>;
  /** How many exports there are in each state. */
  counts(connection: string): Promise<{ readonly [state in ExportState]?: number }>;
  /** Exports in these states, by id; all operations, or one. `again`: of those that a target refused what goes out again by itself, until then, ms. */
  list(
    connection: string,
    states: readonly ExportState[],
    page: { after: StagedId; limit: number; operation?: ExportOperation; again?: number },
  ): Promise<readonly StagedRow[]>;
  /** Pending edges of a target's groups: those to be sent, or those that were sent and are not proven. */
  pendingEdges(
    connection: string,
    page: { after: EdgePosition | null; limit: number; sent?: boolean },
  ): Promise<readonly EdgeRow[]>;
  /**
   * An attempt over these memberships, before they are sent. It ends with `answerEdges`; without one they stay pending, since set
   * operations may be repeated, and count as sent: those that no person decided about, and that were not counted before.
   */
  attemptEdges(request: {
    connection: string;
    run: RunId;
    epoch: Epoch;
    attempt: string;
    now: number;
    deadline: number;
    edges: readonly Pick<EdgeRow, 'stagedId' | 'attribute' | 'key' | 'state' | 'decided' | 'counted'>[];
  }): Promise<void>;
  /**
   * What became of them. The groups are compared in full at the next read. `counted`: what of it the gates count as sent;
   * `changes`: of each group one row in a run, the newest.
   */
  answerEdges(batch: {
    connection: string;
    run: RunId;
    epoch: Epoch;
    attempt: string;
    at: number;
    edges: readonly EdgeWrite[];
    counted: readonly GroupChange[];
    changes: readonly NewChange[];
  }): Promise<void>;
  /** Of these groups, each with what it is to lose, in their order. */
  groupLosses(
    groups: readonly Pick<GroupLoss, 'stagedId' | 'attribute' | 'pending'>[],
    since: number,
  ): Promise<readonly GroupLoss[]>;
  /** Notes what a person said about pending edges; one that is not in this state any more is left alone. */
  decideEdges(batch: {
    edges: readonly Pick<EdgeRow, 'stagedId' | 'attribute' | 'key' | 'state'>[];
    decided: EdgeDecision | null;
  }): Promise<void>;
  /**
   * What a complete read did not show: it is sent again, or given up with a fault that parks it. `steps` as they are from now on;
   * `undone`: parts that were counted as sent because no answer came, and were not done.
   */
  unshown(batch: {
    connection: string;
    run: RunId;
    epoch: Epoch;
    at: number;
    rows: readonly {
      readonly id: StagedId;
      /** Of the row: when it has another one by now it is left for the next read. */
      readonly revision: number;
      readonly fault: string | null;
      readonly steps: string | null;
      readonly undone: readonly string[];
    }[];
  }): Promise<void>;
  /**
   * Times of exports and memberships behind `latest`, ms, were said by a clock that was ahead: what waits until then may be sent,
   * what was sent then was sent at `at`, and is counted so.
   */
  setTimesBack(request: { connection: string; epoch: Epoch; at: number; latest: number }): Promise<void>;
  gateCounts(connection: string, since: number): Promise<readonly GateCount[]>;
  /** Of these parts: as many pending as `gateCounts` says or more, for what a million that wait would be counted again and again for. */
  gateBounds(connection: string, since: number, parts: readonly string[]): Promise<readonly GateCount[]>;
  holds(connection: string | null): Promise<readonly GateHold[]>;
  /** `epoch`: null when a person's decision opens it. */
  openHold(hold: Omit<GateHold, 'id' | 'closedAt' | 'decision'>, epoch: Epoch | null): Promise<number>;
  /** Sets state, hold id, approved and discarded of listed rows; what was refused waits for no time then. */
  mark(batch: {
    connection: string;
    epoch: Epoch | null;
    rows: readonly {
      id: StagedId;
      revision: number;
      state: ExportState;
      holdId: number | null;
      approved: string | null;
      discarded: string | null;
    }[];
  }): Promise<void>;
  closeHold(id: number, decision: number, at: number): Promise<void>;
}
