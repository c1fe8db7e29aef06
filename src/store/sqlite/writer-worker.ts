/**
 * The writer thread: owns the only writing connection and runs whole store operations from two lanes, interactive before
 * bulk. Everything that waits in the interactive lane is one transaction, answered when it is on the disk, or after its commit (EARLY). Bulk operations that
 * wait share a transaction too (a page that several of them touch is logged once), until somebody interactive comes: who
 * writes interactively waits for at most one bulk operation and its commit. Large ones come in slices (`more`).
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type Database, openDatabase } from '../tables/database.ts';
import { checkDomain } from '../tables/domain.ts';
import { plainError } from '../tables/faults.ts';
import { serve } from '../threads.ts';
import { fromColumns } from '../writes/columns.ts';
import { newSliceNotes, nextGroup } from '../writes/lanes.ts';
import { EARLY, OPERATIONS, type OperationName } from '../writes/operations.ts';
import { createSession, type Session } from '../writes/session.ts';
import type { WriterReply, WriterRequest } from '../writes/writer.ts';
import { CACHE_KB } from './caches.ts';
import { type Lock, takeLock } from './lock.ts';
import { createLog, type Log } from './log.ts';
import { migrate } from './migrate.ts';

export interface WriterOptions {
  readonly path: string;
  readonly program: string;
  /** A private copy needs no lock. */
  readonly lock: boolean;
  readonly careless: boolean;
  readonly delayMs: number;
}

/**
 * In pages: 64 MB of log are copied back at a time. Keys in random order touch the same pages again and again: at 300k people
 * this costs half of what 16 MB at a time does. An interactive write waits up to 0.1 s for it; so while there are any, 16 MB it is.
 */
const [CHECKPOINT_PAGES, CHECKPOINT_PAGES_BESIDE] = [16_000, 4_000];
/** Who wrote interactively so long ago may do so again. */
const BESIDE_MS = 500;
/** How long the log is need not be asked after every few rows. */
const [UNASKED_ROWS, UNASKED_GROUPS] = [200, 16];

// Of the store that is open: one at a time.
let port: MessagePort;
let options: WriterOptions;
let lock: Lock | undefined;
let db: Database;
/** Null where nothing need outlive a power cut. */
let log: Log | null = null;
let session: Session;
let notes = newSliceNotes();
let scheduled = false;
let unasked = { rows: 0, groups: 0 };
let interactiveAt = Number.NEGATIVE_INFINITY;
let interactive: WriterRequest[] = [];
let bulk: WriterRequest[] = [];
let scrubs: WriterRequest[] = [];

serve<WriterOptions>((given, asked) => {
  [options, port, lock, notes, scheduled] = [given, asked, undefined, newSliceNotes(), false];
  [interactive, bulk, scrubs] = [[], [], []];
  try {
    lock = options.lock ? takeLock(options.path, options.program) : undefined;
    db = openDatabase(options.path, {
      readOnly: false,
      cacheKb: CACHE_KB.writer,
      careless: options.careless,
      delayMs: options.delayMs,
    });
    migrate(db, options.path);
    log = options.careless
      ? null
      : createLog(db, options.path, { answer: (replies) => asked.postMessage(replies), failed: lost });
    db.takeShapes();
    unasked = { rows: 0, groups: 0 };
    session = createSession(db);
    answer({ id: 0, ok: true, result: null, shapes: [] });
    port.on('message', (requests: readonly WriterRequest[]) => {
      requests.forEach(accept);
      drainSoon();
    });
  } catch (error) {
    lock?.release();
    answer({ id: 0, ok: false, error: plainError(error, { file: options.path }), shapes: [] });
    port.close();
  }
});

function accept(request: WriterRequest): void {
  (request.name === 'scrub' ? scrubs : request.lane === 'interactive' ? interactive : bulk).push(request);
}

function answer(...replies: WriterReply[]): void {
  port.postMessage(replies);
}

function acceptAll(): void {
  for (let message = receiveMessageOnPort(port); message; message = receiveMessageOnPort(port))
    (message.message as readonly WriterRequest[]).forEach(accept);
}

function drain(): void {
  scheduled = false;
  for (;;) {
    acceptAll();
    if (interactive.length > 0) {
      interactiveAt = performance.now();
      runGroup(interactive.splice(0));
      continue;
    }
    if (bulk.length === 0 || bulk[0]!.name === 'close') for (const request of scrubs.splice(0)) scrub(request);
    if (bulk.length === 0) return;
    if (bulk[0]!.name === 'close') {
      close(bulk.shift()!);
      return;
    }
    const group = nextGroup(bulk);
    if (group === null) return;
    runGroup(group);
    checkpoint();
    // That the log is on the disk is heard between two turns of the loop only: who waits for that does not wait for all the bulk.
    drainSoon();
    return;
  }
}

function drainSoon(): void {
  if (scheduled) return;
  scheduled = true;
  setImmediate(drain);
}

/** The index forgets the words of what is not there any more; the file is written anew, and the log is emptied. */
function scrub({ id }: WriterRequest): void {
  try {
    db.exec(`insert into search (search) values ('optimize'); vacuum`);
    db.get('pragma wal_checkpoint(truncate)');
    answer({ id, ok: true, result: null, shapes: [] });
  } catch (error) {
    answer({ id, ok: false, error: plainError(error, { file: options.path }), shapes: [] });
  }
}

/** The log goes into the file, the lock to whoever wants it. */
function close(request: WriterRequest): void {
  log?.close();
  db.close();
  lock?.release();
  answer({ id: request.id, ok: true, result: null, shapes: [] });
  port.close();
}

/** One transaction over several operations; one that fails is undone alone. */
function runGroup(requests: readonly WriterRequest[]): void {
  const replies: WriterReply[] = [];
  const written = new Map(db.written);
  const { epoch } = session;
  try {
    db.all('begin immediate');
    for (const request of requests) {
      replies.push(runOne(request, requests.length === 1));
      acceptAll();
      if (request.lane === 'bulk' && interactive.length > 0) break;
    }
    const begun = performance.now();
    db.all('commit');
    notes.slices.commitMs = Math.max(notes.slices.commitMs, performance.now() - begun);
  } catch (error) {
    if (db.raw.isTransaction) db.exec('rollback');
    db.restoreWritten(written);
    session.reload();
    session.epoch = epoch;
    const plain = plainError(error, { file: options.path });
    answer(...requests.map(({ id }): WriterReply => ({ id, ok: false, error: plain, shapes: [] })));
    return;
  }
  // A log that failed has answered for itself.
  const { late = [], early = [] } = Object.groupBy(replies, (reply, i) =>
    log !== null && reply.ok && !EARLY.has(requests[i]!.name) ? 'late' : 'early',
  );
  if (early.length > 0) answer(...early);
  log?.committed(late);
  bulk.unshift(...requests.slice(replies.length));
}

/** What is on the disk is not known: as after a power cut, only who opens it anew reads what is there. */
function lost(waiting: readonly WriterReply[], error: unknown): void {
  const plain = plainError(error, { file: options.path });
  answer(...waiting.map(({ id }): WriterReply => ({ id, ok: false, error: plain, shapes: [] })));
  throw new Error('the log of the store could not be flushed to the disk', { cause: error });
}

/** `alone`: in its transaction, which then is undone as a whole where it fails. */
function runOne(request: WriterRequest, alone: boolean): WriterReply {
  if (request.name === 'written') return { id: request.id, ok: true, result: Object.fromEntries(db.written), shapes: [] };
  if (request.name === 'slices') return { id: request.id, ok: true, result: notes.slices, shapes: [] };
  const begun = performance.now();
  db.takeShapes();
  if (!alone) db.exec('savepoint one');
  const written = new Map(db.written);
  const { epoch } = session;
  try {
    // Here, since the calling thread is the busier one.
    const input = fromColumns(request.input, checkDomain, request.name);
    const operation = OPERATIONS[request.name as OperationName] as (session: Session, input: unknown) => unknown;
    const result = operation(session, input);
    session.flush();
    if (!alone) db.exec('release one');
    if (request.lane === 'bulk') notes.note(request.name, written, db.written, performance.now() - begun);
    return { id: request.id, ok: true, result, shapes: db.takeShapes() };
  } catch (error) {
    // A full disk undoes the whole transaction, and everything in it fails.
    if (!db.raw.isTransaction) throw error;
    db.exec(alone ? 'rollback; begin immediate' : 'rollback to one; release one');
    db.restoreWritten(written);
    session.reload();
    session.epoch = epoch;
    return { id: request.id, ok: false, error: plainError(error, { file: options.path }), shapes: [] };
  }
}

/** Passive: never waits for a reader, never stops one. */
function checkpoint(): void {
  if (interactive.length > 0) return;
  const rows = db.written.values().reduce((sum, n) => sum + n, 0);
  if (rows - unasked.rows < UNASKED_ROWS && ++unasked.groups < UNASKED_GROUPS) return;
  unasked = { rows, groups: 0 };
  const row = db.get('pragma wal_checkpoint(noop)');
  const begun = performance.now();
  const most = begun - interactiveAt < BESIDE_MS ? CHECKPOINT_PAGES_BESIDE : CHECKPOINT_PAGES;
  if (!row || Number(row[1]) - Number(row[2]) < most) return;
  db.get('pragma wal_checkpoint(passive)');
  notes.slices.checkpointMs = Math.max(notes.slices.checkpointMs, performance.now() - begun);
}
