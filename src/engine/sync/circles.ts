/**
 * People who manage themselves, directly or in a circle of any length. They are carried as the sources say and nothing here
 * follows them for ever; whoever keeps the source is told, once, when it comes to be: every new circle goes through somebody
 * whose manager changed. From each of these the way up is walked, nobody on it twice.
 */
import { parseImage } from '#core/canonical';
import type { ObjectId } from '#store/contract';
import type { EngineContext } from '../context.ts';
import type { Evaluated } from './evaluate.ts';

const ATTRIBUTE = 'manager';
/** Changed managers that are remembered: 35 MB. */
const MOST = 1_000_000;
/** Others on the way up that the store is asked for in one sync; it is as high as the organisation, not as wide. */
const ASKED = 50_000;
const BATCH = 1_000;
/** Of a longer circle so many are named. */
const NAMED = 10;

export interface ChangedManagers {
  readonly next: Map<ObjectId, ObjectId>;
}

export function changedManagers(): ChangedManagers {
  return { next: new Map() };
}

/** Notes whose manager is another than before. */
export function noteManagers({ next }: ChangedManagers, evaluated: readonly Evaluated[]): void {
  for (const { id, attributes, beforeAttributes } of evaluated) {
    const now = attributes[ATTRIBUTE];
    if (typeof now !== 'number') next.delete(id);
    else if (now !== beforeAttributes?.[ATTRIBUTE] && (next.size < MOST || now === id)) next.set(id, now);
  }
}

export async function tellCircles(context: EngineContext, { next }: ChangedManagers): Promise<void> {
  if (next.size === 0) return;
  const above = await others(context, next);
  const circles: ObjectId[][] = [];
  const walked = new Map<ObjectId, ObjectId>();
  for (const start of next.keys()) {
    let at: ObjectId | undefined = start;
    for (; at !== undefined && !walked.has(at); at = next.get(at) ?? above.get(at)) walked.set(at, start);
    if (at === undefined || walked.get(at) !== start) continue;
    const circle = circleOf(at, next, above);
    if (circle !== null) circles.push(circle);
  }
  circles.sort((a, b) => a.length - b.length || a[0]! - b[0]!);
  const labels = await labelsOf(context, [...new Set(circles.flatMap((circle) => circle.slice(0, NAMED)))]);
  for (const circle of circles) {
    const [first] = circle;
    const names = circle.slice(0, NAMED).map((id) => labels.get(id) ?? `#${id}`);
    const rest = circle.length > NAMED ? ` → … (${circle.length} people)` : '';
    const way = `manages their own manager: ${names.join(' → ')}${rest} → ${names[0]}`;
    tell(context, first!, names[0]!, circle.length === 1 ? 'is their own manager' : way);
  }
}

/** Who is in it, from the changed one with the lowest id on; null where nobody in it changed: it was told before. */
function circleOf(
  one: ObjectId,
  next: ReadonlyMap<ObjectId, ObjectId>,
  above: ReadonlyMap<ObjectId, ObjectId>,
): ObjectId[] | null {
  const managerOf = (id: ObjectId): ObjectId => (next.get(id) ?? above.get(id))!;
  let first: ObjectId | null = null;
  let at = one;
  do {
    if (next.has(at) && (first === null || at < first)) first = at;
    at = managerOf(at);
  } while (at !== one);
  if (first === null) return null;
  const circle = [first];
  for (let id = managerOf(first); id !== first; id = managerOf(id)) circle.push(id);
  return circle;
}

/** The managers of those on the way up whose own manager did not change. */
async function others(context: EngineContext, next: ReadonlyMap<ObjectId, ObjectId>): Promise<ReadonlyMap<ObjectId, ObjectId>> {
  const out = new Map<ObjectId, ObjectId>();
  const met = new Set<ObjectId>();
  let tips: ObjectId[] = [];
  const meet = (id: ObjectId): void => {
    if (next.has(id) || met.has(id)) return;
    met.add(id);
    tips.push(id);
  };
  for (const manager of next.values()) meet(manager);
  while (tips.length > 0 && met.size <= ASKED) {
    const asked = tips;
    tips = [];
    for (let i = 0; i < asked.length; i += BATCH)
      for (const row of await context.store.sync.objects(asked.slice(i, i + BATCH))) {
        const manager = parseImage(row.attributes)[ATTRIBUTE];
        if (typeof manager !== 'number') continue;
        out.set(row.id, manager);
        meet(manager);
      }
  }
  return out;
}

/** What the sources call them. */
async function labelsOf(context: EngineContext, ids: readonly ObjectId[]): Promise<ReadonlyMap<ObjectId, string>> {
  const labels = new Map<ObjectId, string>();
  for (let i = 0; i < ids.length; i += BATCH)
    for (const { objectId, anchor } of await context.store.sync.linked(ids.slice(i, i + BATCH)))
      if (objectId !== null && anchor !== null && !labels.has(objectId)) labels.set(objectId, anchor);
  return labels;
}

function tell(context: EngineContext, id: ObjectId, label: string, what: string): void {
  context.fault(
    {
      kind: 'invalidValue',
      message: `${label} ${what}; it is carried as it is`,
      where: { object: label, attribute: ATTRIBUTE },
      remedy: 'correct the manager of one of them in the source, if it is a mistake',
      carried: true,
    },
    { subject: 'object', id },
  );
}
