/** Edges between objects as a read shows them: only differences are written, pending ones are proven or kept. */
import type { EdgeKey, EdgePosition, EdgeWrite, ExportOperations, StageEdges } from '../../contract.ts';
import { codeOf, codeOrNull, EDGE_ADD, EDGE_DECISIONS, EDGE_REMOVE, EDGE_SEEN, EDGE_STATES } from '../codes.ts';
import type { Row } from '../database.ts';
import type { Session } from './session.ts';

const INSERT =
  'insert into reference (staged_id, attribute, key, connection, state, ours, debt_since, text) values (?, ?, ?, ?, ?, ?, ?, ?)';
const INSERT_DECIDED = `insert into reference (staged_id, attribute, key, connection, state, ours, debt_since, text, decided, sent_at, sends, counted)
  values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?12, ?13)`;
const DELETE = 'delete from reference where staged_id = ? and attribute = ? and key = ?';
const STATE =
  'update reference set state = 0, decided = null, sent_at = null, sends = null, counted = null, text = ? where staged_id = ? and attribute = ? and key = ?';
const AGAIN = 'update reference set sent_at = null where staged_id = ? and attribute = ? and key = ?';
const ONE = 'select key, state, text, sent_at, ours from reference where staged_id = ? and attribute = ? and key = ?';
/** Read before, and nothing else to say of them: nearly all, so their keys come as one text, not as a row each. */
const PLAIN = `select json_group_array(key) from reference where staged_id = ? and attribute = ? and state = ${EDGE_SEEN} and text is null`;
const OTHERS = `select key, state, text, sent_at, ours from reference where staged_id = ? and attribute = ? and (state <> ${EDGE_SEEN} or text is not null)`;

export interface EdgeCounts {
  added: number;
  removed: number;
  /** Rows written, proofs included. */
  written: number;
  readonly oursRemoved: EdgePosition[];
}

interface Subject {
  readonly session: Session;
  readonly connection: number;
  readonly stagedId: number;
  readonly counts: EdgeCounts;
  /** Called for what really differs in the source, not for proofs. */
  readonly differs: (attribute: string, key: string) => void;
}

export function stageEdges(subject: Subject, edges: readonly StageEdges[], fresh: boolean): void {
  for (const list of edges) {
    const attribute = subject.session.term(list.attribute);
    if (list.all) replaceAll(subject, list.attribute, attribute, list.all, fresh);
    for (const edge of list.add ?? []) see(subject, list.attribute, attribute, edge, one(subject, attribute, edge.key));
    for (const edge of list.remove ?? []) {
      const row = one(subject, attribute, edge.key);
      if (row) unsee(subject, list.attribute, attribute, row);
    }
  }
}

function one(subject: Subject, attribute: number, key: string): Row | undefined {
  return subject.session.db.get(ONE, subject.stagedId, attribute, key);
}

function replaceAll(subject: Subject, name: string, attribute: number, all: readonly EdgeKey[], fresh: boolean): void {
  const incoming = new Map<string, EdgeKey>();
  for (const edge of all) incoming.set(edge.key, edge);
  const changes: [Row, EdgeKey | undefined][] = [];
  if (!fresh) {
    const plain = subject.session.db.get(PLAIN, subject.stagedId, attribute);
    for (const key of JSON.parse(String(plain![0])) as string[]) {
      const edge = incoming.get(key);
      incoming.delete(key);
      if (edge === undefined || textOf(edge) !== null) changes.push([one(subject, attribute, key)!, edge]);
    }
    for (const row of subject.session.db.each(OTHERS, subject.stagedId, attribute)) {
      const key = String(row[0]);
      const edge = incoming.get(key);
      incoming.delete(key);
      if (edge === undefined || Number(row[1]) !== EDGE_SEEN || textOf(edge) !== row[2]) changes.push([row, edge]);
    }
  }
  for (const [row, edge] of changes) {
    if (edge) see(subject, name, attribute, edge, row);
    else unsee(subject, name, attribute, row);
  }
  // In key order: neighbours share a page.
  for (const edge of [...incoming.values()].sort((a, b) => (a.key < b.key ? -1 : 1)))
    see(subject, name, attribute, edge, undefined);
}

function textOf(edge: EdgeKey): string | null {
  return edge.text === edge.key ? null : edge.text;
}

function see(subject: Subject, name: string, attribute: number, edge: EdgeKey, row: Row | undefined): void {
  const { session, stagedId, counts } = subject;
  const text = textOf(edge);
  if (!row) {
    counts.added++;
    counts.written += session.db.run(
      'reference',
      INSERT,
      stagedId,
      attribute,
      edge.key,
      subject.connection,
      EDGE_SEEN,
      edge.ours ? 1 : 0,
      null,
      text,
    );
    subject.differs(name, edge.key);
    return;
  }
  // A removal that is wished for and not done yet stays a wish.
  if (Number(row[1]) === EDGE_REMOVE) {
    sendAgain(subject, attribute, row);
    return;
  }
  if (Number(row[1]) === EDGE_SEEN && row[2] === text) return;
  counts.written += session.db.run('reference', STATE, text, stagedId, attribute, edge.key);
}

function unsee(subject: Subject, name: string, attribute: number, row: Row): void {
  const { session, stagedId, counts } = subject;
  const [key, state] = [String(row[0]), Number(row[1])];
  // Wished for and not there yet.
  if (state === EDGE_ADD) {
    sendAgain(subject, attribute, row);
    return;
  }
  counts.written += session.db.run('reference', DELETE, stagedId, attribute, key);
  if (state === EDGE_REMOVE) return;
  counts.removed++;
  if (row[4] === 1) counts.oursRemoved.push({ stagedId, attribute: name, key });
  subject.differs(name, key);
}

/** It was sent, and is not done. */
function sendAgain({ session, stagedId, counts }: Subject, attribute: number, row: Row): void {
  if (row[3] !== null) counts.written += session.db.run('reference', AGAIN, stagedId, attribute, String(row[0]));
}

/** Edges as sync or an answer decides them. */
export function writeEdges(
  session: Session,
  edges: readonly EdgeWrite[],
  connectionOf: (stagedId: number) => number | undefined,
): void {
  for (const edge of edges) {
    const attribute = session.term(edge.attribute);
    if (edge.state === 'drop') {
      session.db.run('reference', DELETE, edge.stagedId, attribute, edge.key);
      continue;
    }
    const connection = connectionOf(edge.stagedId);
    if (connection === undefined) continue;
    session.db.run(
      'reference',
      `${INSERT_DECIDED} on conflict do update set state = excluded.state, ours = excluded.ours, debt_since = excluded.debt_since, text = excluded.text,
         decided = case when ?11 then excluded.decided when state is excluded.state then decided end,
         sent_at = case when ?11 then excluded.sent_at when state is excluded.state then sent_at end,
         sends = case when ?11 then excluded.sends when state is excluded.state then sends end,
         counted = case when ?11 then excluded.counted when state is excluded.state then counted end
       where state is not excluded.state or ours is not excluded.ours or debt_since is not excluded.debt_since or text is not excluded.text
         or (?11 and (decided is not excluded.decided or sent_at is not excluded.sent_at or sends is not excluded.sends or counted is not excluded.counted))`,
      edge.stagedId,
      attribute,
      edge.key,
      connection,
      codeOf(EDGE_STATES, edge.state),
      edge.ours ? 1 : 0,
      edge.debtSince,
      edge.text === edge.key ? null : edge.text,
      codeOrNull(EDGE_DECISIONS, edge.pending?.decided ?? null),
      edge.pending?.sentAt ?? null,
      edge.pending === undefined ? 0 : 1,
      edge.pending?.sends || null,
      edge.pending?.counted ? 1 : null,
    );
  }
}

export function decideEdges(session: Session, { edges, decided }: Parameters<ExportOperations['decideEdges']>[0]): void {
  for (const edge of edges)
    session.db.run(
      'reference',
      'update reference set decided = ? where staged_id = ? and attribute = ? and key = ? and state = ?',
      codeOrNull(EDGE_DECISIONS, decided),
      edge.stagedId,
      session.term(edge.attribute),
      edge.key,
      codeOf(EDGE_STATES, edge.state),
    );
}

export function connectionsOf(session: Session): (stagedId: number) => number | undefined {
  const known = new Map<number, number | undefined>();
  return (stagedId) => {
    if (known.has(stagedId)) return known.get(stagedId);
    const row = session.db.get('select connection from staged where id = ?', stagedId);
    const connection = row === undefined ? undefined : Number(row[0]);
    known.set(stagedId, connection);
    return connection;
  };
}
