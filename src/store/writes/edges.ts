/** Edges between objects as a read shows them: only differences are written, pending ones are proven or kept. */
import type { EdgeList, EdgePosition, EdgeWrite, ExportOperations, StageEdges } from '../contract.ts';
import { codeOf, codeOrNull, EDGE_ADD, EDGE_DECISIONS, EDGE_REMOVE, EDGE_SEEN, EDGE_STATES } from '../tables/codes.ts';
import type { Row } from '../tables/database.ts';
import { type Columns, differences, inKeyOrder, textAt } from './edge-lists.ts';
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
/** Read before and not in question: nearly all, so they come as one text, not as a row each. */
const SEEN = `select json_group_array(key), case when count(text) > 0 then json_group_array(text) end
  from reference where staged_id = ? and attribute = ? and state = ${EDGE_SEEN}`;
const PENDING = `select key, state, text, sent_at, ours from reference indexed by reference_pending
  where connection = ? and staged_id = ? and attribute = ? and state <> ${EDGE_SEEN}`;

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

interface Place {
  readonly name: string;
  readonly attribute: number;
  /** Keys of what is Rollcall's own where it is new. */
  readonly ours: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();
const NOTHING: Columns = { keys: [], texts: null };

export function stageEdges(subject: Subject, edges: readonly StageEdges[], fresh: boolean): void {
  for (const list of edges) {
    const at: Place = {
      name: list.attribute,
      attribute: subject.session.term(list.attribute),
      ours: list.ours ? new Set(list.ours) : NONE,
    };
    if (list.all) replaceAll(subject, at, list.all, fresh);
    if (list.add)
      for (const [i, key] of list.add.keys.entries()) see(subject, at, key, textAt(list.add, i), one(subject, at, key));
    for (const key of list.remove ?? []) {
      const row = one(subject, at, key);
      if (row) unsee(subject, at, row);
    }
  }
}

function one(subject: Subject, { attribute }: Place, key: string): Row | undefined {
  return subject.session.db.get(ONE, subject.stagedId, attribute, key);
}

function replaceAll(subject: Subject, at: Place, all: EdgeList, fresh: boolean): void {
  const pending = new Map(fresh ? [] : pendingOf(subject, at).map((row) => [String(row[0]), row]));
  const known = fresh ? NOTHING : inKeyOrder(seen(subject, at));
  // In key order: neighbours share a page.
  for (const edge of differences(known, inKeyOrder(all))) {
    const row = edge.known ? one(subject, at, edge.key) : pending.get(edge.key);
    if (edge.text === undefined) unsee(subject, at, row!);
    else see(subject, at, edge.key, edge.text, row);
    pending.delete(edge.key);
  }
  for (const row of pending.values()) unsee(subject, at, row);
}

function pendingOf({ session, connection, stagedId }: Subject, { attribute }: Place): readonly Row[] {
  return session.db.all(PENDING, connection, stagedId, attribute);
}

function seen({ session, stagedId }: Subject, { attribute }: Place): Columns {
  const [keys, texts] = session.db.get(SEEN, stagedId, attribute)!;
  return {
    keys: JSON.parse(String(keys)) as string[],
    texts: texts === null ? null : (JSON.parse(String(texts)) as (string | null)[]),
  };
}

function see(subject: Subject, at: Place, key: string, text: string | null, row: Row | undefined): void {
  const { session, stagedId, counts } = subject;
  if (!row) {
    counts.added++;
    counts.written += session.db.run(
      'reference',
      INSERT,
      stagedId,
      at.attribute,
      key,
      subject.connection,
      EDGE_SEEN,
      at.ours.has(key) ? 1 : 0,
      null,
      text,
    );
    subject.differs(at.name, key);
    return;
  }
  // A removal that is wished for and not done yet stays a wish.
  if (Number(row[1]) === EDGE_REMOVE) {
    sendAgain(subject, at, row);
    return;
  }
  if (Number(row[1]) === EDGE_SEEN && row[2] === text) return;
  counts.written += session.db.run('reference', STATE, text, stagedId, at.attribute, key);
}

function unsee(subject: Subject, at: Place, row: Row): void {
  const { session, stagedId, counts } = subject;
  const [key, state] = [String(row[0]), Number(row[1])];
  // Wished for and not there yet.
  if (state === EDGE_ADD) {
    sendAgain(subject, at, row);
    return;
  }
  counts.written += session.db.run('reference', DELETE, stagedId, at.attribute, key);
  if (state === EDGE_REMOVE) return;
  counts.removed++;
  if (row[4] === 1) counts.oursRemoved.push({ stagedId, attribute: at.name, key });
  subject.differs(at.name, key);
}

/** It was sent, and is not done. */
function sendAgain({ session, stagedId, counts }: Subject, { attribute }: Place, row: Row): void {
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
