/**
 * Changes told one by one (a delta, a push) → staged rows. Each is worked out from the row as it was loaded, and is staged
 * only while the row is still that one (SEMANTICS 16).
 */
import type { Change, ReadObject } from '#connectors/contract';
import { sameValue } from '#core/canonical';
import { checkText } from '#core/text';
import type { Attributes, Value } from '#core/values';
import type { StageAudit, StagedRow, StageItem, StageResult } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { countedOf, type Expected } from '../export/expected.ts';
import type { Earlier } from './earlier.ts';
import { lastKnown, partialIn } from './kept.ts';
import { createOthers } from './others.ts';
import { edgeDeltas, patched } from './patch.ts';
import { createReferring } from './referring.ts';
import type { Refusals } from './refusals.ts';
import { seenOf } from './seen.ts';
import type { Arrived } from './stager.ts';
import { type Canonical, canonicalise, digestsOf, hasMultiEdges, nameKeys, type StagingPlan, withLast } from './staging.ts';
import { isHeld, wholeWhereUnknown } from './unknown.ts';
import type { Untold } from './untold.ts';

/** What the stager does for all that arrives. */
interface Stage {
  readonly context: EngineContext;
  readonly connection: EngineConnection;
  readonly plan: StagingPlan;
  readonly refusals: Refusals;
  decided(object: ReadObject, canonical: Canonical, isNew: boolean): boolean;
  itemOf(arrived: Arrived, row: StagedRow | undefined): StageItem;
  send(items: readonly StageItem[], held: undefined, audit: readonly StageAudit[]): Promise<StageResult>;
  readonly earlier: Earlier | null;
  /** Null where nothing is written to, and for what is newer than anything that was read. */
  readonly untold: Untold | null;
  /** Looks up what is needed besides the rows themselves. */
  loaded(rows: Iterable<StagedRow>): Promise<void>;
}

interface Options {
  /** Before the read; null for a push, which is newer than anything that was read. */
  readonly mark: number | null;
  readonly expected?: Expected;
  readonly taken?: (anchor: string, path: string) => void;
  readonly noted?: ReadonlyMap<ReadObject | Change, readonly Omit<StageAudit, 'item'>[]>;
  /** The rows of all of them, where they were just read: by kind and anchor. */
  readonly rows?: Rows;
  /** What is known of some already. */
  readonly read?: ReadonlyMap<ReadObject | Change, Canonical>;
}

type Rows = ReadonlyMap<string, StagedRow>;

/** One change as it is staged, and the image it leaves; null = the object is gone. */
interface StagedChange {
  readonly entry: ReadObject | Change;
  readonly row: StagedRow | undefined;
  readonly item: StageItem;
  readonly image: Attributes | null;
  readonly blobs: Canonical['blobs'];
}

export interface Changes {
  /** Objects that somebody else wrote to since the read began, about which it says something else. */
  readonly left: number;
  stage(page: readonly (ReadObject | Change)[]): Promise<void>;
}

export function createChanges(stage: Stage, { mark, expected, taken, noted, rows: justRead, read: known }: Options): Changes {
  const { context, connection, plan, refusals } = stage;
  const { store, digester, counters } = context;
  const others = mark === null ? null : createOthers(mark);
  const referring = mark === null ? null : createReferring(context, connection);

  return {
    get left() {
      return (others?.left ?? 0) + (stage.untold?.left ?? 0);
    },
    async stage(page) {
      const given = page.filter(hasKey);
      const rows = justRead === undefined ? await rowsOf(given) : new Map(justRead);
      if (justRead !== undefined) await stage.loaded(rows.values());
      // A push is whole, or of what its sender was shown.
      const told =
        mark === null
          ? given
          : await wholeWhereUnknown(context.open(connection), given, (entry) => isHeld(rows.get(keyOf(entry))));
      const entries = [...told, ...(await referringTo(told, rows))];
      const ready = new Map<string, StagedChange>();
      for (const entry of entries) {
        const key = keyOf(entry);
        const earlier = ready.get(key);
        if (earlier) {
          // A second change of one object in one page sees what the first one left.
          ready.delete(key);
          await send([earlier]);
          rows.delete(key);
          for (const [loaded, row] of await rowsOf([entry])) rows.set(loaded, row);
        }
        const row = rows.get(key);
        if (stage.untold?.waits(row)) {
          const told = workedOut(entry, stage.untold.asTold(row));
          if (told === null || stage.untold.keeps(row, entry, told.image)) continue;
          for (const before of stage.untold.told(row, entry)) await again(before);
          for (const [loaded, now] of await rowsOf([entry])) rows.set(loaded, now);
        }
        const change = workedOut(entry, rows.get(key));
        if (change === null) continue;
        // Outside what refuses an object: what the store cannot do is no fault of it, and ends the read.
        if (change.blobs.length > 0) await store.blobs.put(change.blobs);
        ready.set(key, change);
      }
      if (ready.size > 0) await send([...ready.values()]);
    },
  };

  /** Those that refer to what gets another name or goes, and on to those that refer to them. Adds their rows to `rows`. */
  async function referringTo(
    told: readonly (ReadObject | Change)[],
    rows: Map<string, StagedRow>,
  ): Promise<readonly ReadObject[]> {
    const out: ReadObject[] = [];
    for (let next = told; referring !== null && next.length > 0; ) {
      const found = await referring.of(next, (entry) => rows.get(keyOf(entry)));
      for (const [key, row] of await rowsOf(found)) rows.set(key, row);
      out.push(...found);
      next = found;
    }
    return out;
  }

  /** Null when nothing is to be staged. */
  function workedOut(entry: ReadObject | Change, row: StagedRow | undefined): StagedChange | null {
    try {
      if (!others?.wrote(row)) return changeOf(entry, row);
      const change = changeOf(entry, others.asRead(row));
      const members = change?.item.edges.some((edge) => plan.edges.get(edge.attribute)!.multi) === true;
      if (change) others.note(row, change.item.name, change.image, members);
    } catch (error) {
      refusals.object(entry, error);
    }
    return null;
  }

  async function send(ready: readonly StagedChange[]): Promise<void> {
    const audit = ready.flatMap(({ entry }, item) => (noted?.get(entry) ?? []).map((event) => ({ ...event, item })));
    const result = await stage.send(
      ready.map(({ item }) => item),
      undefined,
      audit,
    );
    others?.own(result.dirty);
    const skipped = new Set(result.skipped);
    const refused = new Map(result.refused.map(({ at, path }) => [at, path]));
    for (const [i, { entry, row, item, image }] of ready.entries()) {
      if (refused.has(i)) taken?.(entry.anchor, refused.get(i)!);
      else if (skipped.has(i)) await again(entry);
      else {
        if (item.operation === 'delete' && row && row.presence !== 'gone') counters.add(connection.name, 'gone');
        expected?.write(entry.kind, countedOf(row), image);
      }
    }
  }

  /** Worked out from the row as it is now. */
  async function again(entry: ReadObject | Change): Promise<void> {
    const change = workedOut(entry, (await rowsOf([entry])).get(keyOf(entry)));
    if (change === null) return;
    if (change.blobs.length > 0) await store.blobs.put(change.blobs);
    await send([change]);
  }

  async function rowsOf(entries: readonly (ReadObject | Change)[]): Promise<Map<string, StagedRow>> {
    const out = new Map<string, StagedRow>();
    for (const [kind, of] of Map.groupBy(entries, (entry) => entry.kind)) {
      const anchors = of.map((entry) => entry.anchor);
      for (const row of await store.spaces.byAnchors(connection.name, kind, anchors)) out.set(`${kind}\u0000${row.anchor}`, row);
    }
    await stage.loaded(out.values());
    return out;
  }

  /** What a change makes of an object; null when it is not decided. */
  function changeOf(entry: ReadObject | Change, row: StagedRow | undefined): StagedChange | null {
    const revision = row?.revision ?? 0;
    if (entry.op === 'delete')
      return { entry, row, item: { ...deletion(entry.kind, entry.anchor), revision }, image: null, blobs: [] };
    const patch = entry.op === 'patch';
    const current = isHeld(row) ? seenOf(row) : undefined;
    const object: ReadObject = patch ? patched(entry, current, plan) : entry;
    const read = (patch ? undefined : known?.get(entry)) ?? canonicalise(object, plan);
    const edits = patch ? edgeDeltas(entry, read, plan) : { deltas: [], refused: [] };
    refusals.attributes(entry, [...read.refused, ...edits.refused]);
    if (!stage.decided(object, read, current === undefined)) return null;
    const canonical = withLast(read, lastKnown(row, current ?? null), plan);
    const whole = !patch || !hasMultiEdges(plan, entry.kind);
    const digests = digestsOf(digester, entry.kind, entry.anchor, canonical.digestText);
    const base = stage.itemOf(
      {
        object,
        canonical,
        digest: whole ? digests.digest : null,
        anchorDigest: digests.anchorDigest,
        ...(patch ? { partial: partialAfter(entry, row) } : {}),
      },
      row,
    );
    // A change that does not say the name leaves it as it was; likewise, so that the object is not looked at for it, when it was changed.
    const name = object.name === undefined && row ? { name: row.name, ...nameKeys(row.name) } : {};
    const time = patch && object.changedAt === undefined && row ? { changedAt: row.changedAt } : {};
    const said = patch ? [...base.edges.filter((e) => !plan.edges.get(e.attribute)!.multi), ...edits.deltas] : base.edges;
    const edges = row && stage.earlier ? stage.earlier.ours(row, said) : said;
    // Only what no rule reads is another one, such as the time of the change itself.
    const quiet = entry.searchable !== undefined && row?.presence === 'present' && isUnread(current, canonical.attributes);
    const item = { ...base, ...name, ...time, edges, revision, ...(quiet ? { quiet } : {}) };
    return { entry, row, item, image: canonical.attributes, blobs: canonical.blobs };
  }

  function isUnread(before: Attributes | undefined, after: Attributes): boolean {
    if (before === undefined) return false;
    for (const attribute of plan.named) if (!sameOrNone(before[attribute], after[attribute])) return false;
    return true;
  }

  function hasKey(entry: ReadObject | Change): boolean {
    try {
      checkText(entry.kind);
      checkText(entry.anchor);
      return true;
    } catch (error) {
      refusals.object(entry, error);
      return false;
    }
  }

  function deletion(kind: string, anchor: string): StageItem {
    return {
      kind,
      anchor,
      operation: 'delete',
      name: null,
      nameKey: null,
      parentKey: null,
      seen: '{}',
      digest: null,
      anchorDigest: digester.anchor(kind, anchor),
      changedAt: null,
      times: null,
      kept: null,
      keys: [],
      edges: [],
    };
  }
}

function sameOrNone(a: Value | undefined, b: Value | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && sameValue(a, b));
}

/** What a change does not replace as a whole is known as far as it was before. */
function partialAfter({ set }: Extract<Change, { op: 'patch' }>, row: StagedRow | undefined): readonly string[] {
  return partialIn(row?.kept ?? null).filter((attribute) => set?.[attribute] === undefined);
}

function keyOf({ kind, anchor }: ReadObject | Change): string {
  return `${kind}\u0000${anchor}`;
}
