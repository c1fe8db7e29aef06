/** What a batch of objects is evaluated from: the objects as they were agreed, and every staged row linked to them. */
import type { Kind } from '#core/values';
import type { ObjectId, ObjectRow, StagedRow } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { endStale } from './disturbed.ts';
import type { Generation } from './generation.ts';
import { knowOurs } from './unanswered-creates.ts';

/** An object and its staged rows, before the rules. */
export interface Loaded {
  readonly id: ObjectId;
  readonly kind: Kind;
  readonly before: ObjectRow | null;
  readonly rows: StagedRow[];
}

/** In the order of `ids`, without those that are another object's alias. */
export async function load(context: EngineContext, generation: Generation, ids: readonly ObjectId[]): Promise<Loaded[]> {
  const { sync, spaces } = context.store;
  const existing = ids.filter((id) => !generation.created.has(id));
  const objects = new Map((existing.length > 0 ? await sync.objects(existing) : []).map((row) => [row.id, row]));
  const rows = new Map<ObjectId, StagedRow[]>();
  const add = (object: ObjectId, row: StagedRow): void => {
    const list = rows.get(object);
    // A link just committed is in the store and in the generation's memory.
    if (list?.some((known) => known.id === row.id)) return;
    if (list) list.push(row);
    else rows.set(object, [row]);
  };
  if (existing.length > 0) for (const row of await sync.linked(existing)) add(row.objectId!, row);
  const assigned = generation.apart ? [] : ids.flatMap((id) => generation.links.of(id));
  if (assigned.length > 0) {
    const found = await spaces.byIds(assigned);
    if (generation.disturbed) endStale(context, generation, found, rows);
    for (const row of found) {
      const link = generation.links.get(row.id);
      if (!link) continue;
      if (row.objectId === null || row.objectId === link.object)
        add(link.object, { ...row, objectId: link.object, linkHow: link.how, linkRun: context.run });
    }
  }
  const out: Loaded[] = [];
  for (const id of ids) {
    const before = objects.get(id) ?? null;
    if (before?.aliasOf) continue;
    const kind = before?.kind ?? generation.created.get(id);
    if (kind === undefined || !context.kinds.has(kind)) continue;
    out.push({ id, kind, before, rows: (rows.get(id) ?? []).sort(firstAccountFirst) });
  }
  await knowOurs(context, generation, out);
  return out;
}

/** Of several accounts in one target the one that a person decided on is kept, else the one known longest. */
function firstAccountFirst(a: StagedRow, b: StagedRow): number {
  return Number(b.linkHow === 'decided') - Number(a.linkHow === 'decided') || a.id - b.id;
}
