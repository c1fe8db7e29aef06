/**
 * The writer thread of a PostgreSQL store: one connection, two lanes as SQLite's writer has them. Everything that waits in the
 * interactive lane is one transaction, answered after its commit; bulk operations share one until somebody interactive comes.
 * Each begins with the lock of the counters: what other processes write comes before it or after it, and the epoch is as it is then.
 */
import type { MessagePort } from 'node:worker_threads';
import type { Client } from 'pg';
import { checkDomain } from '../tables/domain.ts';
import { plainError } from '../tables/faults.ts';
import { serve } from '../threads.ts';
import { fromColumns } from '../writes/columns.ts';
import { newSliceNotes, nextGroup } from '../writes/lanes.ts';
import type { OperationName } from '../writes/operations.ts';
import type { WriterReply, WriterRequest } from '../writes/writer.ts';
import { connectPipelined, type PostgresPlace, takeStatements } from './connect.ts';
import { isLost, postgresError } from './faults.ts';
import type { Copied } from './loads.ts';
import { migrate } from './migrate.ts';
import { STATEMENTS } from './statements.ts';
import { LEASE_MS } from './tenure/desk.ts';
import { createWorkingCopy, type Outcome, type WorkingCopy } from './working-copy.ts';

export interface WriterOptions extends PostgresPlace {
  /** A private copy need not survive a power cut, and nobody else writes it. */
  readonly careless: boolean;
}

/** Slices that are loaded and sent at one go: a push waits for all of them, about 0.2 s. While some come, each slice goes alone. */
const TOGETHER = 10;
/** After which nobody is believed to push, or to decide anything. */
const QUIET_MS = 1_000;
/** What somebody does who waits for it; whatever else is interactive may be of the batches themselves. */
const URGENT: ReadonlySet<WriterRequest['name']> = new Set(['stage', 'recordDecision', 'revokeDecision', 'closeHold']);

/** A server, a database or a user may be set to answer before a commit is on the disk. */
const DURABLE = "select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'";

/**
 * It writes rows and looks at them by their keys. A plan is kept as long as the connection, and one that was made while a table was still
 * nearly empty would go through all of it each time.
 */
const BY_KEYS = 'set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off';

// Of the store that is open: one at a time.
let port: MessagePort;
let options: WriterOptions;
let client: Client | undefined;
let copy: WorkingCopy;
let notes = newSliceNotes();
let draining = false;
let pushedAt = Number.NEGATIVE_INFINITY;
let interactive: WriterRequest[] = [];
let bulk: WriterRequest[] = [];
let scrubs: WriterRequest[] = [];

serve<WriterOptions>(async (given, asked) => {
  [options, port, client, notes, draining] = [given, asked, undefined, newSliceNotes(), false];
  [interactive, bulk, scrubs, pushedAt] = [[], [], [], Number.NEGATIVE_INFINITY];
  try {
    client = await connected();
    await migrate(client, options.schema);
    copy = await createWorkingCopy(client);
    takeStatements();
    answer({ id: 0, ok: true, result: null, shapes: [] });
    port.on('message', (requests: readonly WriterRequest[]) => {
      for (const request of requests) {
        (request.name === 'scrub' ? scrubs : request.lane === 'interactive' ? interactive : bulk).push(request);
        if (request.lane === 'interactive' && URGENT.has(request.name)) pushedAt = performance.now();
      }
      if (!draining) void drain();
    });
  } catch (error) {
    await client?.end().catch(() => {});
    answer({ id: 0, ok: false, error: plainError(postgresError(error)), shapes: [] });
    port.close();
  }
});

function answer(...replies: WriterReply[]): void {
  port.postMessage(replies);
}

async function connected(): Promise<Client> {
  const fresh = await connectPipelined(options);
  // An answer says it; an idle one is found lost by the next use.
  fresh.on('error', () => {});
  // A process that stands still in a transaction keeps its locks no longer than its lease.
  await fresh.query(`set idle_in_transaction_session_timeout = ${LEASE_MS}`);
  await fresh.query(BY_KEYS);
  await fresh.query(options.careless ? 'set synchronous_commit = off' : DURABLE);
  return fresh;
}

async function drain(): Promise<void> {
  draining = true;
  // What comes in the same turn belongs to one group.
  await new Promise((resolve) => setImmediate(resolve));
  for (;;) {
    if (interactive.length > 0) {
      await runGroup(interactive.splice(0));
      continue;
    }
    if (bulk.length === 0 || bulk[0]!.name === 'close') for (const request of scrubs.splice(0)) await scrub(request);
    if (bulk.length === 0) break;
    if (bulk[0]!.name === 'close') {
      await close(bulk.shift()!);
      return;
    }
    const group = nextGroup(bulk);
    if (group === null) break;
    await runGroup(group);
  }
  draining = false;
}

/** Rows that are gone give their place to others; the server's own log is not ours to empty. */
async function scrub({ id }: WriterRequest): Promise<void> {
  try {
    client ??= await connected();
    await client.query('vacuum');
    answer({ id, ok: true, result: null, shapes: [] });
  } catch (error) {
    await leave(error);
    answer({ id, ok: false, error: plainError(postgresError(error)), shapes: [] });
  }
}

async function close(request: WriterRequest): Promise<void> {
  await client?.end().catch(() => {});
  answer({ id: request.id, ok: true, result: null, shapes: [] });
  port.close();
}

/** One transaction over several operations. What one cannot do is told to it alone; a lost connection to all. */
async function runGroup(requests: readonly WriterRequest[]): Promise<void> {
  const replies: WriterReply[] = [];
  const written = new Map(copy?.written);
  const { epoch } = copy.session;
  let committing = false;
  try {
    const on = await begun();
    while (replies.length < requests.length) {
      const some = alike(requests, replies.length);
      replies.push(...(await runSome(on, some)));
      if (some[0]!.lane === 'bulk' && interactive.length > 0) break;
    }
    await copy.finish();
    const since = performance.now();
    committing = true;
    await on.query('commit');
    notes.slices.commitMs = Math.max(notes.slices.commitMs, performance.now() - since);
  } catch (error) {
    copy.forget();
    copy.restoreWritten(written);
    copy.session.epoch = epoch;
    await leave(error);
    const plain = plainError(postgresError(error, committing));
    answer(...requests.map(({ id }): WriterReply => ({ id, ok: false, error: plain, shapes: [] })));
    return;
  }
  answer(...replies);
  bulk.unshift(...requests.slice(replies.length));
}

/** In a transaction that holds the lock. A connection that was lost while nobody wrote is made anew. */
async function begun(): Promise<Client> {
  for (let again = false; ; again = true)
    try {
      client ??= await connected();
      await Promise.all([client.query('begin'), copy.refresh(client)]);
      return client;
    } catch (error) {
      if (again || !isLost(error)) throw error;
      copy.forget();
      await leave(error);
    }
}

/** The transaction is undone; a connection that is lost is made anew for the next one. */
async function leave(error: unknown): Promise<void> {
  try {
    if (!isLost(error)) return void (await client?.query('rollback'));
  } catch {
    // It is lost, too.
  }
  await client?.end().catch(() => {});
  client = undefined;
}

/** The next request, with slices of its batch that follow it. */
function alike(requests: readonly WriterRequest[], from: number): WriterRequest[] {
  const some = [requests[from]!];
  const most = performance.now() - pushedAt < QUIET_MS ? 1 : TOGETHER;
  while (some.length < most && some.at(-1)!.more && requests[from + some.length]?.name === some[0]!.name)
    some.push(requests[from + some.length]!);
  return some;
}

async function runSome(on: Client, requests: readonly WriterRequest[]): Promise<WriterReply[]> {
  const { id, name, lane } = requests[0]!;
  if (name === 'written') return [{ id, ok: true, result: Object.fromEntries(copy.written), shapes: [] }];
  if (name === 'slices') return [{ id, ok: true, result: notes.slices, shapes: [] }];
  const begun = performance.now();
  const written = new Map(copy.written);
  takeStatements();
  let outcomes: Outcome[];
  try {
    const inputs = requests.map(({ input }) => fromColumns(input, checkDomain, name));
    outcomes = await operate(on, name as OperationName, inputs);
    if (lane === 'bulk') notes.note(name, written, copy.written, performance.now() - begun);
  } catch (error) {
    // What the database refused undoes the whole transaction.
    if ((error as { severity?: unknown }).severity !== undefined || isLost(error)) throw error;
    outcomes = requests.map(() => ({ ok: false, error }));
  }
  const shapes = takeStatements();
  return outcomes.map((one, i) => {
    const reply = { id: requests[i]!.id, shapes: i === 0 ? shapes : [] };
    return one.ok ? { ...reply, ok: true, result: one.result } : { ...reply, ok: false, error: plainError(one.error) };
  });
}

async function operate(on: Client, name: OperationName, inputs: readonly unknown[]): Promise<Outcome[]> {
  if (!(name in STATEMENTS)) return await copy.run(name as Copied, inputs);
  const statement = STATEMENTS[name as keyof typeof STATEMENTS] as (on: Client, input: unknown) => Promise<unknown>;
  const outcomes: Outcome[] = [];
  for (const input of inputs) outcomes.push({ ok: true, result: await statement(on, input) });
  return outcomes;
}
