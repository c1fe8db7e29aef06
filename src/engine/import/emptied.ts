/**
 * What a full read emptied and others look up (memberships, references, unique values), or Rollcall wrote. Whether their attribute is out
 * (SEMANTICS 6) is known at the end of the read; until then their edges, their keys and the memory of what is ours stay, and while it is out. Without a digest
 * meanwhile: a read that ends before says nothing, and the next one looks again.
 */
import { parseImage } from '#core/canonical';
import { bare, type Value } from '#core/values';
import type { StagedId, StagedKey, StagedRow, StageItem } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { PROVEN_BY } from '../export/proof.ts';
import type { OutageTimes } from './health.ts';
import { createLostReferences } from './lost-references.ts';
import { settleRow, settlingOf } from './settle.ts';
import { addKeys, NO_EDGE, nameKeys, type StagingPlan } from './staging.ts';

const PAGE = 2_000;

/** A staged object with attributes whose edges, keys or memory were left as they were; plain data, so that a checkpoint can hold it. */
export interface Emptied {
  readonly id: StagedId;
  readonly attributes: readonly string[];
  /** Of what was read, hex. */
  readonly digest: string;
  /** Nothing else touched it when its last touch lies here, or before the read. */
  readonly after: number;
  readonly upTo: number;
}

export type Held = Pick<Emptied, 'id' | 'attributes' | 'digest'>;

/**
 * The item with edges and keys as they were for what it empties, and which attributes that are; null when there are none. `hidden`:
 * others that it empties, and that are remembered as ours.
 * `outages`: only what is known to be out, for changes; without, anything may turn out to be.
 */
export function holdEmptied(
  plan: StagingPlan,
  item: StageItem,
  hidden: readonly string[],
  outages?: OutageTimes,
): { readonly item: StageItem; readonly attributes: readonly string[] } | null {
  const mayBeOut = (attribute: string): boolean => outages === undefined || outages.has(`${item.kind}.${attribute}`);
  const last = item.kept === null ? bare() : parseImage(item.kept);
  const held = new Set<string>(hidden);
  const keys: StagedKey[] = [...item.keys];
  for (const [attribute, key] of plan.keys) {
    if (last[attribute] === undefined || !mayBeOut(attribute)) continue;
    held.add(attribute);
    addKeys(keys, last[attribute], key);
  }
  const edges = item.edges.filter(({ attribute, all }) => {
    const empty = all?.keys.length === 0 && (plan.edges.get(attribute)!.multi || last[attribute] !== undefined);
    if (!empty || !mayBeOut(attribute)) return true;
    held.add(attribute);
    return false;
  });
  return held.size === 0 ? null : { item: { ...item, digest: null, keys, edges }, attributes: [...held] };
}

/** At the end of a read: what is not out goes from the edges, the keys and what is ours, unless somebody said otherwise meanwhile. */
export async function dropEmptied(
  context: EngineContext,
  connection: EngineConnection,
  plan: StagingPlan,
  mark: number,
  emptied: readonly Emptied[],
  isOut: (kind: string, attribute: string) => boolean,
): Promise<void> {
  const { spaces } = context.store;
  const settling = connection.exports.size === 0 ? null : { ...settlingOf(context, connection), out: isOut };
  const lost = createLostReferences(context, connection);
  for (let i = 0; i < emptied.length; i += PAGE) {
    const page = new Map(emptied.slice(i, i + PAGE).map((one) => [one.id, one]));
    const now = await spaces.mark();
    const items: StageItem[] = [];
    let told = 0;
    const rows = await spaces.byIds([...page.keys()]);
    if (settling) await lost.load(rows);
    for (const row of rows) {
      const one = page.get(row.id)!;
      const untouched = row.touchedSeq <= mark || (row.touchedSeq > one.after && row.touchedSeq <= one.upTo);
      const goes = one.attributes.filter((attribute) => !isOut(row.kind, attribute));
      if (!untouched || row.presence !== 'present') continue;
      const settle = settling ? settleRow(settling, row, row.seen === null ? bare() : parseImage(row.seen), lost) : undefined;
      if (goes.length === 0 && settle === undefined) continue;
      if (one.attributes.some((attribute) => plan.edges.get(attribute)?.multi !== true)) told++;
      const digest = goes.length === one.attributes.length ? Buffer.from(one.digest, 'hex') : null;
      items.push({
        ...itemOf(context, plan, row, (attribute) => isOut(row.kind, attribute)),
        digest,
        edges: edgesOf(plan, goes),
        ...(settle ? { settle, quiet: false } : {}),
      });
    }
    if (items.length === 0) continue;
    const where = { connection: connection.name, run: context.run, epoch: context.epoch };
    const proven = items.filter((item) => item.settle?.settled).length;
    if (proven > 0) context.counters.add(connection.name, PROVEN_BY.read, proven);
    const { changed } = await spaces.stage({ ...where, unlessTouchedSince: now, items });
    // What its image lost was counted when that was staged.
    context.counters.add(connection.name, 'changed', Math.max(0, changed - told));
  }
}

function edgesOf(plan: StagingPlan, attributes: readonly string[]): StageItem['edges'] {
  return attributes.filter((attribute) => plan.edges.has(attribute)).map((attribute) => ({ attribute, all: NO_EDGE }));
}

function itemOf(context: EngineContext, plan: StagingPlan, row: StagedRow, isOut: (attribute: string) => boolean): StageItem {
  const seen = row.seen === null ? bare() : parseImage(row.seen);
  const last = row.kept === null ? bare() : parseImage(row.kept);
  const keys: StagedKey[] = [];
  for (const [attribute, key] of plan.keys) {
    const value: Value = seen[attribute] ?? (isOut(attribute) ? last[attribute] : null) ?? null;
    addKeys(keys, value, key);
  }
  return {
    kind: row.kind,
    anchor: row.anchor!,
    operation: 'put',
    name: row.name,
    ...nameKeys(row.name),
    seen: row.seen ?? '{}',
    digest: null,
    anchorDigest: context.digester.anchor(row.kind, row.anchor!),
    changedAt: row.changedAt,
    times: row.times,
    kept: row.kept,
    keys,
    edges: [],
    quiet: true,
  };
}
