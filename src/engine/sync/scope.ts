/** What export rules see of an object: agreed attributes, id, state, and the objects it refers to, one hop. */
import { parseImage } from '#core/canonical';
import { scalars } from '#core/values';
import type { ObjectScope } from '#rules/model';
import type { ObjectId } from '#store/contract';
import type { EngineContext } from '../context.ts';
import type { Evaluated } from './evaluate.ts';

/** Attributes of objects as they were when the generation began, for those that it changed already (SEMANTICS 4). */
export type BeforeImages = Map<ObjectId, string>;

export async function exportScopes(
  context: EngineContext,
  batch: readonly Evaluated[],
  before: BeforeImages,
): Promise<Map<ObjectId, ObjectScope>> {
  const referred = await referredObjects(context, batch, before);
  const out = new Map<ObjectId, ObjectScope>();
  for (const one of batch) {
    const object: { [name: string]: unknown } = Object.assign(Object.create(null), one.attributes);
    for (const type of one.rules.attributes.values()) {
      if (type.type !== 'reference') continue;
      const value = one.attributes[type.name];
      const views = scalars(value ?? null).map((id) => referred.get(Number(id)) ?? bare(Number(id)));
      object[type.name] = type.multi ? views : (views[0] ?? null);
    }
    object['id'] = one.id;
    object['state'] = one.life.state;
    object['active'] = one.life.state === 'active';
    out.set(one.id, { object });
  }
  return out;
}

function bare(id: ObjectId): { readonly [name: string]: unknown } {
  return { id };
}

/** Loaded only when some rule reads through a reference. */
async function referredObjects(
  context: EngineContext,
  batch: readonly Evaluated[],
  before: BeforeImages,
): Promise<Map<ObjectId, { readonly [name: string]: unknown }>> {
  const ids = new Set<ObjectId>();
  for (const one of batch)
    for (const [reference] of one.rules.hops) for (const id of scalars(one.attributes[reference] ?? null)) ids.add(Number(id));
  const out = new Map<ObjectId, { readonly [name: string]: unknown }>();
  if (ids.size === 0) return out;
  for (const row of await context.store.sync.objects([...ids])) {
    const view: { [name: string]: unknown } = parseImage(before.get(row.id) ?? row.attributes);
    view['id'] = row.id;
    view['state'] = row.state;
    view['active'] = row.state === 'active';
    out.set(row.id, view);
  }
  return out;
}
