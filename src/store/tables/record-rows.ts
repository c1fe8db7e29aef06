/** Rows of the tables as the contract's rows: the record of runs, what waits for people, the state of connections. */
import type { Fault } from '#core/errors';
import type {
  ChangeRow,
  Claim,
  ConnectionState,
  DecisionRow,
  ErrorRow,
  GateHold,
  ParkedRow,
  RunId,
  RunRow,
} from '../contract.ts';
import { SUBJECTS } from './codes.ts';
import type { NamesById, Row } from './rows.ts';

type Text = string | null;
type Int = number | null;

export const RUN = 'id, epoch, profile, now, started_at, ended_at, status, started_by, rules_hash, counts, rows_written';

export function runRow(row: Row): RunRow {
  return {
    id: Number(row[0]),
    epoch: Number(row[1]),
    profile: String(row[2]),
    now: Number(row[3]),
    startedAt: Number(row[4]),
    endedAt: row[5] as Int,
    status: row[6] as RunRow['status'],
    by: String(row[7]),
    rulesHash: String(row[8]),
    counts: String(row[9]),
    rowsWritten: Number(row[10]),
  };
}

export const CHANGE = 'c.id, c.run, c.subject, c.from_id, c.to_id, c.operation, c.before, c.after';

export function changeRow(row: Row): ChangeRow {
  return {
    id: Number(row[0]),
    run: Number(row[1]),
    subject: SUBJECTS[Number(row[2])] as ChangeRow['subject'],
    from: Number(row[3]),
    to: Number(row[4]),
    operation: row[5] as ChangeRow['operation'],
    before: row[6] as Text,
    after: row[7] as Text,
  };
}

export const ERROR = 'id, connection, subject, subject_id, fault';

export function errorRow(names: NamesById, run: RunId, row: Row): ErrorRow & { readonly id: number } {
  return {
    id: Number(row[0]),
    run,
    connection: named(names, row[1]),
    subject: row[2] === null ? null : (SUBJECTS[Number(row[2])] as 'object' | 'staged'),
    subjectId: row[3] as Int,
    fault: JSON.parse(String(row[4])) as Fault,
  };
}

export const DECISION =
  'd.id, d.kind, d.staged_id, d.object_id, d.connection, d.detail, d.decided_by, d.at, d.reason, d.revoked_at';

export function decisionRow(names: NamesById, row: Row): DecisionRow {
  return {
    id: Number(row[0]),
    kind: row[1] as DecisionRow['kind'],
    stagedId: row[2] as Int,
    objectId: row[3] as Int,
    connection: named(names, row[4]),
    detail: String(row[5]),
    by: String(row[6]),
    at: Number(row[7]),
    reason: String(row[8]),
    revokedAt: row[9] as Int,
  };
}

export const PARKED = 'p.id, p.kind, p.connection, p.staged_id, p.object_id, p.detail, p.since, p.run';

export function parkedRow(names: NamesById, row: Row): ParkedRow {
  return {
    id: Number(row[0]),
    kind: String(row[1]),
    connection: named(names, row[2]),
    stagedId: row[3] as Int,
    objectId: row[4] as Int,
    detail: String(row[5]),
    since: Number(row[6]),
    run: Number(row[7]),
  };
}

export const HOLD = 'h.id, h.connection, h.part, h.count, h.most, h.digest, h.since, h.closed_at, h.decision';

export function holdRow(names: NamesById, row: Row): GateHold {
  return {
    id: Number(row[0]),
    connection: names.connection(Number(row[1])),
    part: String(row[2]),
    count: Number(row[3]),
    limit: Number(row[4]),
    digest: String(row[5]),
    since: Number(row[6]),
    closedAt: row[7] as Int,
    decision: row[8] as Int,
  };
}

export const CLAIM = 'kind, name, number, at, until, detail, run, outcome, ended_at';

export function claimRow(row: Row): Claim {
  return {
    kind: row[0] as Claim['kind'],
    name: String(row[1]),
    number: Number(row[2]),
    at: Number(row[3]),
    until: row[4] as Int,
    detail: String(row[5]),
    run: row[6] as Int,
    outcome: row[7] as Text,
    endedAt: row[8] as Int,
  };
}

export const STATE =
  'name, mode, approval, held, cursor, checkpoint, fingerprint, baseline, outages, last_complete_read, last_read, rules_hash, config_hash, read_mark';

export function stateRow(row: Row): ConnectionState {
  return {
    name: String(row[0]),
    mode: row[1] as ConnectionState['mode'],
    approval: row[2] as Text,
    held: row[3] === null ? null : (JSON.parse(String(row[3])) as ConnectionState['held']),
    cursor: row[4] as Text,
    checkpoint: row[5] as Text,
    fingerprint: row[6] as Text,
    baseline: row[7] as Text,
    outages: row[8] as Text,
    lastCompleteRead: row[9] as Int,
    lastRead: row[10] as Int,
    rulesHash: row[11] as Text,
    configHash: row[12] as Text,
    readMark: row[13] as Int,
  };
}

export function named(names: NamesById, id: unknown): string | null {
  return id === null ? null : names.connection(Number(id));
}
