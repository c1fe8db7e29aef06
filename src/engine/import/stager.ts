/** Turns pages into staged batches: digest, compare, collect, write; at most two batches on their way. */
import { setImmediate as pause } from 'node:timers/promises';
import type { Change, ReadObject } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { parseInstant } from '#core/time';
import type { Attributes } from '#core/values';
import type { Settle, StageAudit, StagedRow, StageItem, StageResult } from '#store/contract';
import type { ImportIndex, SeenBitmap } from '#store/import-index';
import type { EngineConnection, EngineContext } from '../context.ts';
import { stateOf } from '../context.ts';
import type { Expected } from '../export/expected.ts';
import { PROVEN_BY } from '../export/proof.ts';
import { createChanges } from './changes.ts';
import { createDigestSet } from './digest-set.ts';
import { createEarlier } from './earlier.ts';
import { type Emptied, type Held, holdEmptied } from './emptied.ts';
import { createErased } from './erased.ts';
import type { Tally } from './health.ts';
import { outageTimes, parseOutages } from './health.ts';
import { keptOf, lastKnown } from './kept.ts';
import { createLostReferences } from './lost-references.ts';
import { stagingPlan } from './plan.ts';
import { createRefusals } from './refusals.ts';
import { seenOf } from './seen.ts';
import { hiddenIn, settleRow, settlingOf } from './settle.ts';
import { type Canonical, canonicalise, edgesOf, nameKeys, type StagingPlan, undecided, withLast } from './staging.ts';
import { timesOf } from './times.ts';
import { createUntold } from './untold.ts';

/** The larger a batch in key order is, the fewer pages of the index are written again and again, and the fewer ranges of ids wait. */
const BATCH = 10_000;
/** Changes that are staged, and rows that are read, at a time. */
const PAGE = 500;
/** Objects that are worked out, and rows that are compared, at one go: about 2 ms. */
const AT_ONE_GO = 100;
const IN_FLIGHT = 2;
const NONE: readonly string[] = [];
const NONE_HELD: ReadonlyMap<number, Held> = new Map();
/** A batch of large objects (pictures, groups) is none of many: characters and bytes. */
const MOST_WEIGHT = 16 * 1_048_576;

export interface Stager {
  readonly seen: number;
  /** Objects that could not be staged: their absence is not known. */
  readonly refused: number;
  /** Of those, new ones of which other attributes would be lost if only changes of them were read from now on. */
  readonly waiting: number;
  /** Objects of which somebody else said something since the read began: what it says of them is left for the next one. */
  readonly left: number;
  objects(page: readonly (ReadObject | Change)[]): Promise<void>;
  changes(page: readonly (ReadObject | Change)[]): Promise<void>;
  flush(): Promise<void>;
  finish(): Promise<void>;
  /** The read begins anew: compared with what is staged by now. */
  restart(mark: number, index: ImportIndex): void;
}

interface Options {
  readonly full: boolean;
  /** Before the read; null for what is newer than anything that was read. */
  readonly mark: number | null;
  /** The connector space had nothing: no row needs to be looked up. */
  readonly empty: boolean;
  readonly index?: ImportIndex;
  readonly bitmap?: SeenBitmap;
  readonly tally?: Tally;
  /** Filled by a full read. */
  readonly emptied?: Emptied[];
  /** Told what changes do to the counts of the last complete read. */
  readonly expected?: Expected;
  /** Told of an object that is not staged: another one has the value at that path, which only one may have. */
  readonly taken?: (anchor: string, path: string) => void;
  /** Of a change: what is written to the audit log where it is staged. */
  readonly noted?: ReadonlyMap<ReadObject | Change, readonly Omit<StageAudit, 'item'>[]>;
  /** Of changes: their rows, where they were just read, by kind and anchor; and what is known of the objects themselves. */
  readonly rows?: ReadonlyMap<string, StagedRow>;
  readonly read?: ReadonlyMap<ReadObject | Change, Canonical>;
  /** Those who were erased are not among the changes that come. */
  readonly erasedLeftOut?: boolean;
}

export interface Arrived {
  readonly object: ReadObject;
  readonly canonical: Canonical;
  readonly digest: Uint8Array | null;
  readonly anchorDigest: Uint8Array;
  /** Of a change: the sets that may be cut short as it leaves them. */
  readonly partial?: readonly string[];
}

export function createStager(context: EngineContext, connection: EngineConnection, options: Options): Stager {
  const { store, digester, counters } = context;
  const plan: StagingPlan = stagingPlan(context, connection);
  const outages = outageTimes(parseOutages(stateOf(context, connection.name).outages));
  const settling = connection.exports.size === 0 ? null : settlingOf(context, connection);
  const lost = createLostReferences(context, connection);
  // A push is one state, and so is what a full read shows.
  const earlier = settling === null || options.full || options.mark === null ? null : createEarlier(settling, lost);
  const last = stateOf(context, connection.name).readMark;
  const untold = earlier === null || last === null ? null : createUntold(settling!, last, options.mark!);
  const met = createDigestSet();
  /** Of the object at hand: most are as they were, and leave nothing behind. */
  const anchorDigest = new Uint8Array(8);
  const digest = new Uint8Array(16);
  let { mark, index } = options;
  let batch: Arrived[] = [];
  /** Into an empty connector space: there is nothing to compare with, and what arrived need not be kept. */
  let fresh: StageItem[] = [];
  let blobs: Canonical['blobs'][number][] = [];
  let weight = 0;
  let onTheirWay: Promise<unknown>[] = [];
  const refusals = createRefusals(context, connection);
  const erased = createErased(context, connection);
  let seen = 0;
  let waiting = 0;

  const arrive = (object: ReadObject): Canonical | null => {
    try {
      const canonical = canonicalise(object, plan);
      if (canonical.refused.length > 0) refusals.attributes(object, canonical.refused);
      return canonical;
    } catch (error) {
      refusals.object(object, error);
      return null;
    }
  };

  const settled = (row: StagedRow, now: Attributes): Settle | undefined => {
    if (settling === null) return undefined;
    return earlier ? earlier.settle(row, now) : settleRow(settling, row, now, lost);
  };

  const loaded = async (rows: Iterable<StagedRow>): Promise<void> => {
    if (settling) await lost.load(rows);
  };

  /** Whether the object may be staged as far as it is known. */
  const decided = (object: ReadObject, canonical: Canonical, isNew: boolean): boolean => {
    const fault = isNew && canonical.refused.length > 0 ? undecided(object, canonical, plan) : undefined;
    if (fault === undefined) return true;
    waiting++;
    const message = `it is new, and ${fault.where.attribute} says who it is: ${fault.message}; it waits for a value that can be used`;
    refusals.object(object, new RollcallError(fault.kind, message, fault));
    return false;
  };

  /** `held` by the place of its item. */
  const send = async (
    items: readonly StageItem[],
    held: ReadonlyMap<number, Held> = NONE_HELD,
    audit: readonly StageAudit[] = [],
  ): Promise<StageResult> => {
    const proven = settling === null ? 0 : items.filter((item) => item.settle?.settled).length;
    if (proven > 0) counters.add(connection.name, PROVEN_BY[options.full ? 'read' : 'delta'], proven);
    const result = await store.spaces.stage({
      connection: connection.name,
      run: context.run,
      epoch: context.epoch,
      unlessTouchedSince: options.full ? mark : null,
      expectNew: options.empty,
      items,
      ...(audit.length === 0 ? {} : { audit }),
    });
    counters.add(connection.name, 'added', result.inserted);
    counters.add(connection.name, 'changed', result.changed);
    if (options.bitmap) for (const id of result.ids) options.bitmap.add(id);
    earlier?.removed(result.oursRemoved);
    for (const [at, one] of held) options.emptied!.push({ ...one, ...result.dirty[result.touchedIn[at]!]! });
    return result;
  };

  /** A target's file is written anew: where something stood in it is where it stands no more. */
  const noteLine = ({ anchor, line }: ReadObject | Change): void => {
    if (line !== undefined && settling === null) context.lines.note(connection.name, anchor, line);
  };

  const drain = async (): Promise<void> => {
    const pending = onTheirWay;
    onTheirWay = [];
    await Promise.all(pending);
  };

  const take = (arrived: Arrived): void => {
    if (!options.empty) batch.push(arrived);
    else if (decided(arrived.object, arrived.canonical, true)) {
      fresh.push(itemOf(arrived, undefined));
      blobs.push(...arrived.canonical.blobs);
    }
  };

  /** Compares what arrived with what is there. `held` gets what of an item is kept, by its place. */
  const compared = async (held: Map<number, Held>): Promise<StageItem[]> => {
    const all = batch;
    batch = [];
    const items: StageItem[] = [];
    for (let i = 0; i < all.length; i += PAGE) {
      if (i > 0) await pause();
      const page = all.slice(i, i + PAGE);
      const before = new Map<string, StagedRow>();
      for (const [kind, anchors] of byKind(page))
        for (const row of await store.spaces.byAnchors(connection.name, kind, anchors))
          before.set(`${kind}\u0000${row.anchor}`, row);
      await loaded(before.values());
      for (const [n, one] of page.entries()) {
        if (n > 0 && n % AT_ONE_GO === 0) await pause();
        const { object, canonical } = one;
        if (options.bitmap && isDuplicate(one, before)) continue;
        if (!decided(object, canonical, lastOf(before, object) === undefined)) continue;
        blobs.push(...canonical.blobs);
        const at = items.length;
        items.push(itemOf(one, before.get(`${object.kind}\u0000${object.anchor}`), (kept) => void held.set(at, kept)));
      }
    }
    return items;
  };

  const flush = async (): Promise<void> => {
    weight = 0;
    if (batch.length + fresh.length === 0) return;
    const held = new Map<number, Held>();
    const items = options.empty ? fresh : await compared(held);
    fresh = [];
    const bytes = blobs;
    blobs = [];
    if (bytes.length > 0) await store.blobs.put(bytes);
    if (onTheirWay.length >= IN_FLIGHT) await drain();
    const way = send(items, held);
    way.catch(() => undefined);
    onTheirWay.push(way);
  };

  const isDuplicate = (arrived: Arrived, before: ReadonlyMap<string, StagedRow>): boolean => {
    const row = before.get(`${arrived.object.kind}\u0000${arrived.object.anchor}`);
    if (!row || !options.bitmap!.has(row.id)) return false;
    duplicate(arrived.object);
    return true;
  };

  const duplicate = (object: ReadObject): void => {
    context.fault({
      kind: 'conflict',
      message: `anchor ${object.anchor} appears twice in one read; the first one counts`,
      where: { connection: connection.name, object: object.anchor, ...(object.line === undefined ? {} : { line: object.line }) },
      remedy: 'give each object its own anchor in the source',
    });
  };

  /** Without `held`, only attributes that are known to be out keep what others look up. */
  const itemOf = (arrived: Arrived, row: StagedRow | undefined, held?: (one: Held) => void): StageItem => {
    const { object } = arrived;
    const previous = row === undefined ? null : seenOf(row);
    const canonical = withLast(arrived.canonical, lastKnown(row, previous), plan);
    const changedAt = object.changedAt === undefined ? null : parseInstant(object.changedAt);
    // What a full read hides is edited there, or out: its end tells.
    const hidden = settling && held && row && isThere(row) ? hiddenIn(row, canonical.attributes) : NONE;
    const settle = row && hidden.length === 0 ? settled(row, canonical.attributes) : undefined;
    const item: StageItem = {
      kind: object.kind,
      anchor: object.anchor,
      operation: 'put',
      name: canonical.name,
      ...nameKeys(canonical.name),
      seen: canonical.text,
      // What a set cut short says of a write is more than that it shows what it showed before.
      digest: settling !== null && arrived.canonical.partial.length > 0 ? null : arrived.digest,
      anchorDigest: arrived.anchorDigest,
      changedAt,
      times: timesOf(plan, row, previous, canonical.attributes, changedAt ?? context.now),
      kept: keptOf({
        kind: object.kind,
        old: row?.kept ?? null,
        before: previous,
        after: canonical.attributes,
        outages,
        partial: arrived.partial ?? arrived.canonical.partial,
        now: context.now,
      }),
      keys: canonical.keys,
      edges: edgesOf(object, canonical, plan),
      ...(object.searchable === undefined ? {} : { pushed: object.searchable }),
      ...(settle ? { settle } : {}),
    };
    if (!isThere(row) || (held === undefined && outages.size === 0)) return item;
    const kept = holdEmptied(plan, item, hidden, held === undefined ? outages : undefined);
    if (kept === null) return item;
    held?.({ id: row!.id, attributes: kept.attributes, digest: Buffer.from(arrived.digest!).toString('hex') });
    return kept.item;
  };

  const changed = createChanges({ context, connection, plan, refusals, decided, itemOf, send, loaded, earlier, untold }, options);

  return {
    get seen() {
      return seen;
    },
    get refused() {
      return refusals.objects;
    },
    get waiting() {
      return waiting;
    },
    get left() {
      return changed.left;
    },
    restart(newMark, newIndex) {
      mark = newMark;
      index = newIndex;
    },
    async objects(page) {
      for (const [n, entry] of (await erased.without(page)).entries()) {
        // Whoever pushes meanwhile is heard.
        if (n > 0 && n % AT_ONE_GO === 0) await pause();
        seen++;
        if (entry.op === 'patch' || entry.op === 'delete') {
          refusals.object(entry, new Error(`a full read gave a change record (${entry.op})`));
          continue;
        }
        const canonical = arrive(entry);
        if (!canonical) continue;
        options.tally?.add(entry.kind, canonical.attributes, canonical.refused, canonical.members);
        digester.anchorInto(anchorDigest, 0, entry.kind, entry.anchor);
        digester.contentInto(digest, 0, entry.kind, entry.anchor, canonical.digestText);
        const same = index!.unchanged(anchorDigest, digest);
        if (same > 0) {
          if (!options.bitmap!.add(same)) duplicate(entry);
          continue;
        }
        noteLine(entry);
        if (!met.add(anchorDigest)) {
          // Met before in this read, or (once in 2^64) another anchor of the same digest: the store knows.
          await flush();
          await drain();
          const rows = await store.spaces.byAnchors(connection.name, entry.kind, [entry.anchor]);
          if (rows.length > 0 && options.bitmap!.has(rows[0]!.id)) {
            duplicate(entry);
            continue;
          }
        }
        take({ object: entry, canonical, digest: digest.slice(), anchorDigest: anchorDigest.slice() });
        weight += canonical.digestText.length;
        for (const { bytes } of canonical.blobs) weight += bytes.length;
        if (batch.length + fresh.length >= BATCH || weight >= MOST_WEIGHT) await flush();
      }
      counters.add(connection.name, 'seen', page.length);
    },
    async changes(shown) {
      const page = options.erasedLeftOut === true ? shown : await erased.without(shown);
      for (const entry of page) noteLine(entry);
      // Changes of one object keep their order: each page sees what the one before it left.
      for (let i = 0; i < page.length; i += PAGE) await changed.stage(page.slice(i, i + PAGE));
      seen += page.length;
      counters.add(connection.name, 'seen', page.length);
    },
    async flush() {
      await flush();
      await drain();
    },
    async finish() {
      await flush();
      await drain();
      refusals.finish();
    },
  };
}

function byKind(
  entries: readonly { readonly object: { readonly kind: string; readonly anchor: string } }[],
): Map<string, string[]> {
  const out = new Map<string, string[]>();
  for (const { object } of entries) {
    const list = out.get(object.kind);
    if (list) list.push(object.anchor);
    else out.set(object.kind, [object.anchor]);
  }
  return out;
}

/** The row of an object that is there already. */
function lastOf(rows: ReadonlyMap<string, StagedRow>, { kind, anchor }: ReadObject): StagedRow | undefined {
  const row = rows.get(`${kind}\u0000${anchor}`);
  return isThere(row) ? row : undefined;
}

/** An object that comes back may be another one: nothing of what it was before stays. */
function isThere(row: StagedRow | undefined): boolean {
  return row !== undefined && row.presence !== 'gone';
}
