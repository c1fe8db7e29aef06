/** What export rules see of an object: agreed attributes, id, state, and the objects it refers to, one hop (SEMANTICS 4). */
import { isDeepStrictEqual } from 'node:util';
import { parseImage } from '#core/canonical';
import { type Attributes, bare, scalars } from '#core/values';
import type { KindRules, ObjectScope } from '#rules/model';
import type { LifeState, ObjectId, ObjectRow } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { type Evaluated, evaluateObjects } from './evaluate.ts';
import type { Generation } from './generation.ts';
import { listsOf } from './kinds.ts';

type View = { readonly [name: string]: unknown };

export async function exportScopes(
  context: EngineContext,
  generation: Generation,
  batch: readonly Evaluated[],
): Promise<Map<ObjectId, ObjectScope>> {
  const referred = await referredObjects(context, generation, batch);
  const out = new Map<ObjectId, ObjectScope>();
  for (const one of batch) {
    const view = viewOf(one.id, one.attributes, one.life.state);
    out.set(one.id, referring(one.rules, one.attributes, view, referred));
  }
  return out;
}

/** The same of objects as they are stored, a batch at a time. */
export async function storedScopes(
  context: Pick<EngineContext, 'store' | 'kinds'>,
  rows: readonly ObjectRow[],
): Promise<Map<ObjectId, ObjectScope>> {
  const images = rows.map((row) => parseImage(row.attributes));
  const rules = rows.map((row) => context.kinds.get(row.kind)!);
  const ids = new Set<ObjectId>();
  images.forEach((image, i) => {
    for (const [reference] of rules[i]!.hops) for (const id of scalars(image[reference] ?? null)) ids.add(Number(id));
  });
  const referred = new Map<ObjectId, View>();
  if (ids.size > 0)
    for (const row of await context.store.sync.objects([...ids]))
      referred.set(row.id, viewOf(row.id, parseImage(row.attributes), row.state));
  return new Map(
    rows.map((row, i) => [row.id, referring(rules[i]!, images[i]!, viewOf(row.id, images[i]!, row.state), referred)]),
  );
}

function referring(
  rules: KindRules,
  attributes: Attributes,
  object: { [name: string]: unknown },
  referred: ReadonlyMap<ObjectId, View>,
): ObjectScope {
  for (const type of listsOf(rules).references) {
    const views = scalars(attributes[type.name] ?? null).map((id) => referred.get(Number(id)) ?? { id });
    object[type.name] = type.multi ? views : (views[0] ?? null);
  }
  return { object };
}

function viewOf(id: ObjectId, attributes: Attributes, state: LifeState): { [name: string]: unknown } {
  return Object.assign(bare<unknown>(), attributes, { id, state, active: state === 'active' });
}

/**
 * The objects that rules read through a reference, as this generation leaves them. One whose turn comes later is agreed on
 * ahead of it: what is agreed depends on nobody's wishes, so the answer is the same, but for unique values that this generation
 * makes: who reads them looks again in the next one (hops.ts). Loaded only when some rule reads so.
 */
async function referredObjects(
  context: EngineContext,
  generation: Generation,
  batch: readonly Evaluated[],
): Promise<ReadonlyMap<ObjectId, View>> {
  const out = new Map<ObjectId, View>();
  const here = new Map(batch.map((one) => [one.id, one]));
  const ahead: ObjectId[] = [];
  const stored: ObjectId[] = [];
  const met = new Set<ObjectId>();
  for (const one of batch)
    for (const [reference] of one.rules.hops)
      for (const scalar of scalars(one.attributes[reference] ?? null)) {
        const id = Number(scalar);
        if (met.has(id)) continue;
        met.add(id);
        const evaluated = here.get(id);
        const known = generation.ahead.get(id);
        if (evaluated) out.set(id, viewOf(id, evaluated.attributes, evaluated.life.state));
        else if (known) out.set(id, known);
        else if (generation.ordered.has(id) && !generation.done.has(id)) ahead.push(id);
        else stored.push(id);
      }
  if (ahead.length > 0)
    for (const one of await evaluateObjects(context, generation, ahead, null)) {
      const view = hopView(context, one, viewOf(one.id, one.attributes, one.life.state));
      generation.ahead.set(one.id, view);
      out.set(one.id, view);
    }
  if (stored.length > 0)
    for (const row of await context.store.sync.objects(stored))
      out.set(row.id, viewOf(row.id, parseImage(row.attributes), row.state));
  return out;
}

/** Whether it came out as others read it ahead of its turn. */
export function isAsForetold(context: EngineContext, generation: Generation, one: Evaluated): boolean {
  const foretold = [generation.foretold.get(one.id), generation.ahead.get(one.id)].filter((view) => view !== undefined);
  if (foretold.length === 0) return true;
  const now = hopView(context, one, viewOf(one.id, one.attributes, one.life.state));
  return foretold.every((view) => isDeepStrictEqual({ ...view }, { ...now }));
}

/** Only what rules read through references: these views are kept for the rest of the generation. */
function hopView(context: EngineContext, one: Evaluated, view: View): View {
  const out: { [name: string]: unknown } = Object.assign(bare(), { id: one.id });
  for (const rules of context.kinds.values()) for (const [, attribute] of rules.hops) out[attribute] = view[attribute] ?? null;
  return out;
}
