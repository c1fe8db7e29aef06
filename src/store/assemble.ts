/** A store of its parts: what it reads by, and the thread that writes. The same for every database. */
import { createDigester, type Digester } from '#core/digest';
import { erasedNorm } from '#core/erased';
import { RollcallError, type Where } from '#core/errors';
import type { AccessReads, QueueReads, SpaceOperations, Store, StoreInfo } from './contract.ts';
import type {
  AgreedReads,
  AuditReads,
  ClaimReads,
  ExportReads,
  PersonReads,
  PushedReads,
  QuotaReads,
  RunReads,
  SpaceReads,
  SyncReads,
} from './reads.ts';
import { gateCountsOf } from './tables/gate-counts.ts';
import { reservedAhead } from './writes/ahead.ts';
import { gateBounds } from './writes/gate-bounds.ts';
import {
  answerEdgesInSlices,
  answerInSlices,
  commitInSlices,
  decideEdgesInSlices,
  laneFor,
  markInSlices,
  mostTaken,
  putBlobsInSlices,
  stageInSlices,
} from './writes/slices.ts';
import { NO_SLICES, type Writer } from './writes/writer.ts';

export interface Parts {
  readonly info: StoreInfo;
  /** Where it is, for messages. */
  readonly place: Where;
  /** Null: opened for reading only. */
  readonly writer: Writer | null;
  readonly reads: {
    readonly runs: RunReads;
    readonly spaces: SpaceReads;
    readonly sync: SyncReads;
    readonly exports: ExportReads;
    readonly people: PersonReads;
    readonly access: AccessReads;
    readonly claims: ClaimReads;
    readonly quotas: QuotaReads;
    readonly pushed: PushedReads;
    readonly agreed: AgreedReads;
    readonly audit: AuditReads;
    readonly queues: QueueReads;
  };
  readonly durable: Store['durable'];
  readonly several: Store['several'];
  readonly importIndex: SpaceOperations['importIndex'];
  readonly checksums: Store['checksums'];
  readonly sandbox: Store['sandbox'];
  readonly close: () => Promise<void>;
}

export function assembleStore(parts: Parts): Store {
  const { claims, runs, spaces, sync, exports, people, pushed, access, audit } = parts.reads;
  const { several } = parts;
  const writing = parts.writer;
  const gates = gateBounds(writing ?? refusingWriter(parts.place), exports.gatePending);
  const { writer } = gates;
  const ahead = reservedAhead(writer);
  let closed = false;
  return {
    info: parts.info,
    async close() {
      if (closed) return;
      closed = true;
      await parts.close();
    },
    sandbox: parts.sandbox,
    checksums: parts.checksums,
    slices: () => (writing ? writing.slices() : Promise.resolve(NO_SLICES)),
    several,
    durable: parts.durable,
    rowsWritten: () => (writing ? writing.rowsWritten() : Promise.resolve({})),
    runs: {
      ...runs,
      begin: ahead.begin,
      progress: (run, epoch, counts) => writer.interactive('progress', { run, epoch, counts }),
      finish: (run, epoch, { soon = false, ...end }) => writer[soon ? 'soon' : 'interactive']('finishRun', { run, epoch, end }),
      recordErrors: (errors, epoch) => writer.bulk('recordErrors', { errors, epoch }),
      recordChanges: (run, epoch, changes) => writer.bulk('recordChanges', { run, epoch, changes }),
      clean: (before, limit) => writer.bulk('cleanRuns', { before, limit }),
    },
    spaces: {
      ...spaces,
      saveState: (name, patch, epoch) => writer.interactive('saveState', { name, patch, epoch }),
      addToBaseline: (name, { soon = false, ...change }, epoch) =>
        writer[soon ? 'soon' : 'interactive']('addToBaseline', { name, change, epoch }),
      importIndex: parts.importIndex,
      stage: (batch) => stageInSlices(writer, batch),
      saveBitmap: (connection, epoch, checkpoint, pages) => writer.bulk('saveBitmap', { connection, epoch, checkpoint, pages }),
      clearBitmap: (connection, epoch) => writer.bulk('clearBitmap', { connection, epoch }),
      markAbsent: (batch) => writer[laneFor(batch.ids.length)]('markAbsent', batch),
    },
    sync: {
      ...sync,
      keys: withErased(sync.keys, createDigester(parts.info.digestKey)),
      markDirty: (ranges, epoch) => writer[laneFor(ranges.length)]('markDirty', { ranges, epoch }),
      reserve: ahead.reserve,
      commit: (batch) => commitInSlices(writer, batch),
    },
    exports: {
      ...exports,
      async gateCounts(connection, since) {
        return gateCountsOf(connection, await gates.counted(connection), await exports.gateSent(connection, since));
      },
      async gateBounds(connection, since, parts) {
        // Others may write it too: nothing is known of what they added.
        const pending = several === null ? await gates.atMost(connection) : of(await gates.counted(connection));
        const sent = of(await exports.gateSent(connection, since));
        return parts.map((part) => ({ connection, part, pending: pending(part), sent: sent(part) }));
      },
      async take(request) {
        const ids = await writer[laneFor(mostTaken(request))]('take', request);
        const rows = new Map((await spaces.byIds(ids)).map((row) => [row.id, row]));
        return ids.flatMap((id) => rows.get(id) ?? []);
      },
      answer: (batch) => answerInSlices(writer, batch),
      attemptEdges: (request) => writer[laneFor(request.edges.length)]('attemptEdges', request),
      answerEdges: (batch) => answerEdgesInSlices(writer, batch),
      decideEdges: (batch) => decideEdgesInSlices(writer, batch),
      openHold: (hold, epoch) => writer.interactive('openHold', { hold, epoch }),
      unshown: (batch) => writer[laneFor(batch.rows.length)]('settleUnshown', batch),
      setTimesBack: (request) => writer.bulk('setTimesBack', request),
      mark: (batch) => markInSlices(writer, batch),
      closeHold: (id, decision, at) => writer.interactive('closeHold', { id, decision, at }),
    },
    decisions: {
      list: people.list,
      parked: people.parked,
      parkedCounts: people.parkedCounts,
      refusals: people.refusals,
      record: (decision, dirty, events = []) => writer.interactive('recordDecision', { decision, dirty, audit: events }),
      revoke: (id, at, dirty) => writer.interactive('revokeDecision', { id, at, dirty }),
    },
    people: {
      counts: people.counts,
      debts: people.debts,
      search: people.search,
      searchState: people.searchState,
      bytesOf: people.bytesOf,
      indexForSearch: (limit) => writer.bulk('indexForSearch', { limit }),
      scrub: () => writer.scrub(),
      erase: (request) => writer.interactive('erase', { request, digestKey: parts.info.digestKey }),
      readmit: (object, events) => writer.interactive('readmit', { object, audit: events }),
      foldAgain: (request) => writer.bulk('foldAgain', request),
    },
    quotas: { ...parts.reads.quotas, spend: (request) => writer.interactive('spend', request) },
    claims: {
      ...claims,
      take: (what) => writer.interactive('takeClaim', what),
      keep: (what) => writer.interactive('keepClaim', what),
      end: (what) => writer.interactive('endClaim', what),
    },
    pushed,
    agreed: parts.reads.agreed,
    queues: parts.reads.queues,
    audit: {
      ...audit,
      append: (events) => writer[laneFor(events.length)]('appendAudit', { events }),
      seal: (segment) => writer.bulk('sealAudit', { segment }),
      erase: (subjects, events) => writer.bulk('eraseAudit', { subjects, events }),
      clean: (before, at) => writer.bulk('cleanAudit', { before, at }),
    },
    blobs: { get: people.get, put: (blobs) => putBlobsInSlices(writer, blobs) },
    access: {
      ...access,
      addAccount: (account, events = []) => writer.interactive('addAccount', { account, audit: events }),
      changeAccount: (id, change, { endSessions }, events = []) =>
        writer.interactive('changeAccount', { id, change, endSessions, audit: events }),
      addToken: (token, events = []) => writer.interactive('addToken', { token, audit: events }),
      rotateToken: (how, events = []) => writer.interactive('rotateToken', { ...how, audit: events }),
      revokeToken: (id, at, events = []) => writer.interactive('revokeToken', { id, at, audit: events }),
      addSession: (session, events = []) => writer.interactive('addSession', { session, audit: events }),
      endSessions: (which) => writer.interactive('endSessions', { which }),
      addLink: (link, events = []) => writer.interactive('addLink', { link, audit: events }),
      redeemLink: (how, events = []) => writer.interactive('redeemLink', { ...how, audit: events }),
      touch: (used) => writer.interactive('touchAccess', used),
    },
  };
}

const of =
  (counts: ReadonlyMap<string, number>) =>
  (part: string): number =>
    counts.get(part) ?? 0;

/** Unique values of who was erased are kept as hashes, and found by the values that have them. */
function withErased(keys: SyncReads['keys'], digester: Digester): SyncReads['keys'] {
  return async (wanted) => {
    const meant = new Map<string, string>();
    const asked = [...wanted];
    for (const { scope, norm } of wanted) {
      if (!scope.startsWith('unique:')) continue;
      const hash = erasedNorm(digester, scope, norm);
      meant.set(hash, norm);
      asked.push({ scope, norm: hash });
    }
    const rows = await keys(asked);
    return rows.map((row) => (meant.has(row.norm) ? { ...row, norm: meant.get(row.norm)! } : row));
  };
}

function refusingWriter(where: Where): Writer {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new RollcallError('permission', 'the store was opened for reading only', {
        where,
        remedy: 'open it for writing',
      }),
    );
  return {
    rowsAtOnce: 1,
    bulk: refuse,
    interactive: refuse,
    soon: refuse,
    parts: refuse,
    rowsWritten: refuse,
    slices: refuse,
    scrub: refuse,
    close: () => Promise.resolve(),
  };
}
