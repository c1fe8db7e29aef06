/** By values that are keys: who joins or is told apart by them is found without going through everybody. */
import type { Condition } from '#core/condition';
import { normalForm } from '#core/matching';
import { keysOf } from '#protocols/scim/filter/keys';
import { joinScope, uniqueScope } from '#runs/reasons';
import type { ObjectRow } from '#store/contract';
import type { Served, Surroundings } from './base.ts';

/** Of one kind, by what they are found by: attribute → how its keys are called. */
interface Keyed {
  readonly scope: string;
  readonly matching: 'caseIgnore' | 'exact';
}

/** All for whom the condition could hold, by id; null where no key says so. */
export async function foundByKey(
  condition: Condition,
  served: Served,
  surroundings: Surroundings,
): Promise<readonly ObjectRow[] | null> {
  const keyed = keyedPaths(served, surroundings);
  const keys = keysOf(condition, new Set(['id', ...keyed.keys()]));
  if (keys === null) return null;
  const { sync } = surroundings.store;
  const ids = new Set<number>();
  const wanted: { readonly scope: string; readonly norm: string }[] = [];
  for (const { path, norm } of keys) {
    const id = path === 'id' ? objectId(norm) : null;
    if (id !== null) ids.add(id);
    for (const { scope, matching } of path === 'id' ? [] : keyed.get(path)!)
      wanted.push({ scope, norm: normalForm(norm, matching) });
  }
  for (const { owner } of wanted.length === 0 ? [] : await sync.keys(wanted)) ids.add(owner);
  return ids.size === 0 ? [] : await sync.objects([...ids]);
}

/** Null: nobody has such an id. */
export function objectId(text: string): number | null {
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}

/** Paths of which every value that could stand there is a key. */
function keyedPaths({ targets, kind }: Served, { config }: Surroundings): ReadonlyMap<string, readonly Keyed[]> {
  const rules = config.kinds.get(kind);
  const out = new Map<string, Keyed[] | null>();
  for (const { mapping, path, field, sub } of targets) {
    const name = path.join('.');
    const attribute = rules?.attributes.get(mapping.from);
    const { caseExact } = sub === null ? field.attribute : field.subsByName.get(sub)!;
    const matching = attribute?.matching;
    // Folded as SCIM folds it, a value is a key only where the key is made of no more.
    const isKey = attribute?.type === 'string' && (matching === 'caseIgnore' || (matching === 'exact' && caseExact));
    const scope = !isKey
      ? null
      : rules!.joinKeys.includes(attribute.name)
        ? joinScope(kind, attribute.name)
        : attribute.unique === null
          ? null
          : uniqueScope(kind, attribute.name);
    const before = out.get(name);
    if (scope === null || before === null) out.set(name, null);
    else out.set(name, [...(before ?? []), { scope, matching: matching as Keyed['matching'] }]);
  }
  return new Map([...out].filter((one): one is [string, Keyed[]] => one[1] !== null));
}
