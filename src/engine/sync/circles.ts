/**
 * People who manage themselves, directly or in a circle. They are carried as the sources say and nothing here follows them
 * for ever; whoever keeps the source is told, once, when it comes to be.
 */
import { parseImage } from '#core/canonical';
import type { ObjectId } from '#store/contract';
import type { EngineContext } from '../context.ts';
import type { Evaluated } from './evaluate.ts';

const ATTRIBUTE = 'manager';
/** Longer circles are not looked for. */
const STEPS = 8;
/** More changed managers than this in one sync are a first cycle or a reorganisation: looking is limited to these. */
const MOST = 50_000;
/** More than this, and only what changed is looked at, without asking the store for the others. */
const FEW = 5_000;

export interface ChangedManagers {
  readonly next: Map<ObjectId, ObjectId>;
  readonly labels: Map<ObjectId, string>;
}

export function changedManagers(): ChangedManagers {
  return { next: new Map(), labels: new Map() };
}

/** Notes whose manager is another than before. */
export function noteManagers(changed: ChangedManagers, evaluated: readonly Evaluated[]): void {
  for (const { id, attributes, beforeAttributes, rows } of evaluated) {
    const now = attributes[ATTRIBUTE];
    if (typeof now !== 'number' || now === beforeAttributes?.[ATTRIBUTE]) {
      if (typeof now !== 'number') changed.next.delete(id);
      continue;
    }
    if (changed.next.size >= MOST && now !== id) continue;
    changed.next.set(id, now);
    changed.labels.set(id, rows.find((row) => row.anchor !== null)?.anchor ?? `#${id}`);
  }
}

export async function tellCircles(context: EngineContext, { next, labels }: ChangedManagers): Promise<void> {
  const told = new Set<ObjectId>();
  const nameOf = (id: ObjectId): string => labels.get(id) ?? `#${id}`;
  let paths = new Map<ObjectId, ObjectId[]>();
  for (const [id, manager] of next) {
    if (manager !== id) paths.set(id, [id, manager]);
    else tell(context, id, nameOf(id), 'is their own manager');
  }
  for (let step = 1; step < STEPS && paths.size > 0; step++) {
    const above = await managersOf(context, next, new Set([...paths.values()].map((path) => path.at(-1)!)));
    const longer = new Map<ObjectId, ObjectId[]>();
    for (const [id, path] of paths) {
      const manager = above.get(path.at(-1)!);
      // Who leads into somebody else's circle is not part of it.
      if (manager === undefined || path.indexOf(manager) > 0) continue;
      if (manager !== id) longer.set(id, [...path, manager]);
      else if (!path.some((one) => told.has(one))) {
        for (const one of path) told.add(one);
        tell(context, id, nameOf(id), `manages their own manager: ${[...path, id].map(nameOf).join(' → ')}`);
      }
    }
    paths = longer;
  }
}

async function managersOf(
  context: EngineContext,
  next: ReadonlyMap<ObjectId, ObjectId>,
  ids: ReadonlySet<ObjectId>,
): Promise<ReadonlyMap<ObjectId, ObjectId>> {
  const out = new Map<ObjectId, ObjectId>();
  const asked: ObjectId[] = [];
  for (const id of ids) {
    const known = next.get(id);
    if (known !== undefined) out.set(id, known);
    else asked.push(id);
  }
  if (asked.length === 0 || next.size > FEW) return out;
  for (const row of await context.store.sync.objects(asked)) {
    const manager = parseImage(row.attributes)[ATTRIBUTE];
    if (typeof manager === 'number') out.set(row.id, manager);
  }
  return out;
}

function tell(context: EngineContext, id: ObjectId, label: string, what: string): void {
  context.fault(
    {
      kind: 'invalidValue',
      message: `${label} ${what}; it is carried as it is`,
      where: { object: label, attribute: ATTRIBUTE },
      remedy: 'correct the manager of one of them in the source, if it is a mistake',
    },
    { subject: 'object', id },
  );
}
