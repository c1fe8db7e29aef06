/** Attempts and answers (SEMANTICS 9): stored before sent, kept until proven, an answer only to the wish it was made for. */
import { canonicalJson } from '#core/canonical';
import { mergeChanges } from '#core/merge';
import { notNew } from '#core/not-new';
import type { ExportAnswer, ExportOperations, NewChange, SeqRange } from '../contract.ts';
import { type AttemptItem, packItems, unpackItems } from '../tables/attempt-items.ts';
import {
  CREATE,
  codeOf,
  DELETE,
  EXPORT_STATES,
  FAILED,
  GONE,
  OPERATIONS,
  PRESENT,
  SENT,
  UNKNOWN,
  UPDATE,
  WAITING,
} from '../tables/codes.ts';
import type { Bind, Row } from '../tables/database.ts';
import { anchorWords, contentWords } from '../tables/digest.ts';
import { writeChanges } from './changes.ts';
import { writeDirty, writeDirtyIds } from './dirty.ts';
import { connectionsOf, writeEdges } from './edges.ts';
import { SET_NO_WISH } from './export-columns.ts';
import { countSent } from './gates.ts';
import { forgetStagedKeys, keyList, replaceStagedKeys } from './keys.ts';
import { bringBack } from './overtaken.ts';
import { forgetRefused } from './parked.ts';
import { forgetPushed } from './pushed.ts';
import type { Session } from './session.ts';
import { adoptTwin, isSomebodyElses } from './twin.ts';
import { loseItems, parkRefused } from './unshown.ts';

const FEW = 1_000;

/** Ids of what was taken, in order. */
export function take(session: Session, request: Parameters<ExportOperations['take']>[0]): number[] {
  session.checkEpoch(request.epoch);
  const connection = session.connection(request.connection);
  const flying = session.inFlight(connection);
  const items: AttemptItem[] = [];
  const only = request.only ? new Set(request.only) : null;
  // A few are not looked for among all that wait.
  const [from, of] =
    only !== null && only.size <= FEW
      ? ['json_each(?) j cross join staged s on s.id = j.value', [JSON.stringify([...only])]]
      : ['staged s', []];
  for (const operation of request.operations.map((name) => codeOf(OPERATIONS, name)).sort()) {
    if (items.length >= request.limit) break;
    for (const [id, revision] of session.db.each(
      `select s.id, s.export_revision from ${from} where s.connection = ? and s.export_state = ${WAITING} and s.export_operation = ?
         and s.export_not_before <= ? and s.id > ? order by s.id`,
      ...of,
      connection,
      operation,
      request.now,
      request.after ?? 0,
    )) {
      if (flying.has(Number(id)) || (only && !only.has(Number(id)))) continue;
      items.push({ id: Number(id), revision: Number(revision), operation });
      if (items.length >= request.limit) break;
    }
  }
  if (items.length === 0) return [];
  session.db.run(
    'attempt',
    'insert into attempt (connection, run, attempt, epoch, at, deadline, items) values (?, ?, ?, ?, ?, ?, ?)',
    connection,
    request.run,
    request.attempt,
    request.epoch,
    request.now,
    request.deadline,
    packItems(items),
  );
  for (const item of items) flying.add(item.id);
  return items.map((item) => item.id);
}

export type AnswerBatch = Parameters<ExportOperations['answer']>[0];

/** `more`: the attempt has further answers. Of one that never gets its last all that is not proven is of unknown outcome. */
export function answer(session: Session, batch: AnswerBatch & { readonly more?: boolean }): SeqRange {
  session.checkEpoch(batch.epoch);
  const after = session.lastSeq;
  const { db } = session;
  const connection = session.connection(batch.connection);
  const stored = db.get(
    'select items from attempt where connection = ? and run = ? and attempt = ?',
    connection,
    batch.run,
    batch.attempt,
  );
  const items = new Map(stored ? unpackItems(stored[0] as Uint8Array).map((item) => [item.id, item]) : []);
  const sent = new Map<string, number>();
  const overtaken: number[] = [];
  for (const one of batch.answers) {
    const { counted, again } = answerOne(session, batch, connection, one, items.get(one.staged));
    if (again) overtaken.push(one.staged);
    items.delete(one.staged);
    // What may have been done counts as done.
    if (COUNTED.has(one.outcome) && !one.approved && !counted)
      for (const part of one.parts) sent.set(part, (sent.get(part) ?? 0) + 1);
  }
  const flying = session.inFlight(connection);
  for (const one of batch.answers) flying.delete(one.staged);
  if (!batch.more) {
    // Those that earlier slices answered fly no more.
    const lost = [...items.keys()].filter((id) => flying.has(id));
    loseItems(session, connection, lost, batch.at);
    for (const id of lost) flying.delete(id);
    db.run(
      'attempt',
      'delete from attempt where connection = ? and run = ? and attempt = ?',
      connection,
      batch.run,
      batch.attempt,
    );
  }
  for (const [part, count] of sent) countSent(session, connection, part, batch.at, count);
  writeEdges(
    session,
    batch.answers.flatMap((one) => one.edges),
    connectionsOf(session),
  );
  writeChanges(session, batch.run, batch.changes as readonly NewChange[]);
  writeDirty(session, batch.dirty ?? []);
  writeDirtyIds(session, overtaken, 'overtaken');
  return { after, upTo: session.lastSeq };
}

const COUNTED: ReadonlySet<ExportAnswer['outcome']> = new Set(['proven', 'sent', 'unknown']);
const FIND = `select export_revision, export_operation, presence, object_id, kind, anchor, keys, export_state, export_attempts, steps, overtaken is not null from staged where id = ?`;

/** `counted`: as sent, before. `again`: what is wanted was worked out from what was there before it was done. */
function answerOne(
  session: Session,
  batch: AnswerBatch,
  connection: number,
  one: ExportAnswer,
  item: AttemptItem | undefined,
): { readonly counted: boolean; readonly again: boolean } {
  if (one.outcome === 'unknown') bringBack(session, one.staged);
  const row = session.db.get(FIND, one.staged);
  if (!row) return { counted: false, again: false };
  const current = row[0] === one.revision;
  const operation = item?.operation ?? Number(row[1]);
  const set: string[] = ['revision = revision + 1'];
  const values: Bind[] = [];
  const put = (column: string, value: Bind): void => {
    set.push(`${column} = ?`);
    values.push(value);
  };
  const done = one.outcome === 'proven' || one.outcome === 'sent';
  if (done || one.outcome === 'unknown') put('touched_seq', session.seq());
  let presence = Number(row[2]);
  if (done && operation === DELETE && one.outcome === 'proven') {
    presence = GONE;
    put('gone_at', batch.at);
  } else if (one.outcome === 'proven') {
    presence = PRESENT;
    if (one.seen !== null) put('seen', one.seen);
    for (const [i, word] of contentWords(one.digest).entries()) put(`content_${i}`, word);
    set.push('gone_at = null', 'sent = null');
    if (one.confirmed !== null) put('confirmed', one.confirmed);
    if (one.keys !== null) put('keys', keyList(one.keys));
  } else if (one.outcome === 'sent') put('sent', one.sent);
  if (presence !== Number(row[2])) put('presence', presence);
  if (done && operation !== DELETE) {
    if (one.name !== null) set.push('name = ?', 'name_key = ?');
    if (one.name !== null) values.push(one.name, one.nameKey);
    if (one.anchor !== null && one.anchor !== row[5]) {
      const [high, low] = anchorWords(one.anchorDigest);
      put('anchor', one.anchor);
      put('anchor_high', high!);
      put('anchor_low', low!);
    }
  }
  if (one.steps !== undefined) put('steps', mergeChanges(one.steps.before, one.steps.after, row[9] as string | null));
  if (row[10] === 1) put('overtaken', null);
  settleWish(set, put, batch, one, row, current, operation);
  const update = `update or ignore staged set ${set.join(', ')} where id = ?`;
  // Left out only when another row has the anchor already.
  if (session.db.run('staged', update, ...values, one.staged) === 0) {
    if (isSomebodyElses(session, connection, Number(row[4]), row[3] as number | null, one.anchor!))
      return answerOne(session, batch, connection, refused(one, canonicalJson(notNew(batch.connection, one.anchor!))), item);
    adoptTwin(session, connection, Number(row[4]), one.staged, one.anchor!);
    session.db.run('staged', update, ...values, one.staged);
  }
  if (presence === GONE) {
    forgetStagedKeys(session, one.staged, row[6] as string | null);
    forgetPushed(session, one.staged);
  } else if (one.outcome === 'proven' && one.keys !== null)
    replaceStagedKeys(session, one.staged, row[6] as string | null, keyList(one.keys));
  if (one.outcome === 'failed') parkRefused(session, batch, one.staged, one.fault ?? '{}');
  else if (done && Number(row[8] ?? 0) > 0) forgetRefused(session, one.staged);
  const linked = row[3] !== null;
  if (presence !== Number(row[2]))
    session.moved(connection, Number(row[4]), { presence: Number(row[2]), linked }, { presence, linked });
  return { counted: row[7] === UNKNOWN, again: done && !current && linked };
}

function refused(one: ExportAnswer, fault: string): ExportAnswer {
  const { steps: _steps, ...rest } = one;
  return {
    ...rest,
    outcome: 'failed',
    anchor: null,
    seen: null,
    sent: null,
    confirmed: null,
    keys: null,
    remaining: null,
    fault,
  };
}

/** What becomes of the wish: answered, sent again, kept for a person; a newer one stays in place. */
function settleWish(
  set: string[],
  put: (column: string, value: Bind) => void,
  batch: AnswerBatch,
  one: ExportAnswer,
  row: Row,
  current: boolean,
  operation: number,
): void {
  if (row[7] === null) return;
  const done = one.outcome === 'proven' || one.outcome === 'sent';
  if (!current) {
    // A newer wish to create what is there now is a wish to change it.
    if (done && operation === CREATE && row[1] === CREATE) toUpdate(put);
    if (one.outcome === 'unknown') {
      put('export_state', UNKNOWN);
      put('export_at', batch.at);
    }
    return;
  }
  if (one.outcome === 'proven' && one.remaining === null) {
    set.push(SET_NO_WISH);
    return;
  }
  put('export_attempt', batch.attempt);
  put('export_at', batch.at);
  put('export_fault', one.fault);
  put('export_not_before', one.notBefore);
  set.push('export_attempts = export_attempts + 1');
  if (one.remaining !== null) {
    put('wanted', one.remaining.wanted);
    put('wanted_name', one.remaining.wantedName);
    put('export_parts', one.remaining.parts);
    put('export_state', codeOf(EXPORT_STATES, one.remaining.state));
    if (done && operation === CREATE) toUpdate(put);
    // It is another change now: an approval of the whole does not speak of the rest.
    set.push('export_revision = revision + 1');
    if (done) set.push('export_approved = null');
    return;
  }
  const states: { readonly [outcome in ExportAnswer['outcome']]: number } = {
    proven: SENT,
    sent: SENT,
    failed: FAILED,
    retry: WAITING,
    unknown: UNKNOWN,
  };
  put('export_state', states[one.outcome]);
}

/** What was to be made is there: what is left is a change of it, which is not told by whom it was to be. */
function toUpdate(put: (column: string, value: Bind) => void): void {
  put('export_operation', UPDATE);
  put('wanted_anchor', null);
}

export function markExports(session: Session, batch: Parameters<ExportOperations['mark']>[0]): void {
  session.checkEpoch(batch.epoch);
  for (const row of batch.rows)
    session.db.run(
      'staged',
      `update staged set export_state = ?, export_hold = ?, export_approved = ?, export_discarded = ?, revision = revision + 1,
         export_not_before = iif(export_state = ${FAILED}, 0, export_not_before)
       where id = ? and export_revision = ? and export_state is not null`,
      codeOf(EXPORT_STATES, row.state),
      row.holdId,
      row.approved,
      row.discarded,
      row.id,
      row.revision,
    );
}
