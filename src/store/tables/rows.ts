/** Rows of the tables as the contract's rows. */
import type { EdgeRow, ExportColumns, ObjectRow, SpaceOperations, StagedRow } from '../contract.ts';
import { EDGE_DECISIONS, EDGE_STATES, EXPORT_STATES, HOWS, LIFE_STATES, OPERATIONS, ORIGINS, PRESENCES } from './codes.ts';

/** As any store answers it: the columns of a statement in its order. */
export type Row = readonly unknown[];

export const STAGED = `s.id, s.connection, s.kind, s.presence, s.revision, s.touched_seq, s.incarnation, s.object_id, s.link_how, s.link_run,
  s.origin, s.protected, s.changed_at, s.gone_at, s.anchor, s.name, s.times, s.kept, s.steps, s.seen, s.sent, s.confirmed,
  s.export_state, s.export_operation, s.export_revision, s.export_attempts, s.export_attempt, s.export_at, s.export_not_before,
  s.export_hold, s.export_run, s.export_parts, s.export_approved, s.export_discarded, s.export_fault, s.wanted_anchor, s.wanted_name, s.wanted,
  s.overtaken`;

type Account = Awaited<ReturnType<SpaceOperations['accounts']>>[number];

export const ACCOUNT = 's.object_id, s.id, s.kind, s.anchor, s.name, s.presence';

/** Of a staged row what says whose account it is. */
export function accountRow(names: NamesById, [object, id, kind, anchor, name, presence]: Row): Account {
  return {
    objectId: object as number,
    stagedId: id as number,
    kind: names.term(kind as number),
    anchor: anchor as Text,
    name: name as Text,
    presence: PRESENCES[presence as number]!,
  };
}

/** What interned names stand for. */
export interface NamesById {
  term(id: number): string;
  connection(id: number): string;
}

type Text = string | null;
type Int = number | null;

export function stagedRow(names: NamesById, row: Row): StagedRow {
  return {
    id: row[0] as number,
    connection: names.connection(row[1] as number),
    kind: names.term(row[2] as number),
    presence: PRESENCES[row[3] as number]!,
    revision: row[4] as number,
    touchedSeq: row[5] as number,
    incarnation: row[6] as number,
    objectId: row[7] as Int,
    linkHow: row[8] === null ? null : HOWS[row[8] as number]!,
    linkRun: row[9] as Int,
    origin: row[10] === null ? null : ORIGINS[row[10] as number]!,
    protected: row[11] === 1,
    changedAt: row[12] as Int,
    goneAt: row[13] as Int,
    anchor: row[14] as Text,
    name: row[15] as Text,
    times: row[16] as Text,
    kept: row[17] as Text,
    steps: row[18] as Text,
    seen: row[19] as Text,
    sent: row[20] as Text,
    confirmed: row[21] as Text,
    export: row[22] === null ? null : exportColumns(row),
    overtaken: row[38] === null ? null : (JSON.parse(row[38] as string) as { wanted: string }).wanted,
  };
}

function exportColumns(row: Row): ExportColumns {
  return {
    state: EXPORT_STATES[row[22] as number]!,
    operation: OPERATIONS[row[23] as number]!,
    revision: row[24] as number,
    attempts: row[25] as number,
    attemptId: row[26] as Text,
    attemptedAt: row[27] as Int,
    notBefore: row[28] as number,
    holdId: row[29] as Int,
    run: row[30] as number,
    parts: row[31] as string,
    approved: row[32] as Text,
    discarded: row[33] as Text,
    fault: row[34] as Text,
    wantedAnchor: row[35] as Text,
    wantedName: row[36] as Text,
    wanted: row[37] as Text,
  };
}

export const OBJECT =
  'o.id, o.kind, o.state, o.revision, o.due_at, o.alias_of, o.created_run, o.dates, o.attributes, o.notes, o.frozen, o.owned';

export function objectRow(names: NamesById, row: Row): ObjectRow {
  return {
    id: row[0] as number,
    kind: names.term(row[1] as number),
    state: LIFE_STATES[row[2] as number]!,
    revision: row[3] as number,
    dueAt: row[4] as Int,
    aliasOf: row[5] as Int,
    createdRun: row[6] as number,
    dates: row[7] as string,
    attributes: row[8] as string,
    notes: row[9] as string,
    frozen: row[10] as Text,
    owned: row[11] === 1,
  };
}

export const EDGE =
  'r.staged_id, r.attribute, r.key, r.text, r.state, r.ours, r.debt_since, r.decided, r.sent_at, r.sends, r.counted';

export function edgeRow(names: NamesById, row: Row): EdgeRow {
  return {
    stagedId: row[0] as number,
    attribute: names.term(row[1] as number),
    key: row[2] as string,
    text: (row[3] ?? row[2]) as string,
    state: EDGE_STATES[row[4] as number]!,
    ours: row[5] === 1,
    debtSince: row[6] as Int,
    decided: row[7] === null ? null : EDGE_DECISIONS[row[7] as number]!,
    sentAt: row[8] as Int,
    sends: (row[9] as Int) ?? 0,
    counted: row[10] === 1,
  };
}
