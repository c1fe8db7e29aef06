/** Names of people and groups, looked up by id. */
import { parseImage } from '#core/canonical';
import { labelOf } from '#core/label';
import type { Store } from '#store/contract';

/** Labels of many objects, in two thousand at a time. */
export async function labelsOf(ids: readonly number[], store: Store): Promise<ReadonlyMap<number, string>> {
  const labels = new Map<number, string>();
  const wanted = [...new Set(ids)].sort((a, b) => a - b);
  for (let i = 0; i < wanted.length; i += 2_000) {
    const rows = await store.sync.objects(wanted.slice(i, i + 2_000));
    for (const row of rows) labels.set(row.id, labelOf(parseImage(row.attributes), row.id));
  }
  return labels;
}

export type Values = { readonly [attribute: string]: unknown } | null;

/** Kinds with their attributes, as the configuration has them. */
type Kinds = ReadonlyMap<string, { readonly attributes: ReadonlyMap<string, { readonly name: string; readonly type: string }> }>;

/**
 * Replaces references, which are ids, by `{object, label}`, over all values at once: numbers in reference attributes of people
 * and groups, and `{object}` wherever a target is sent a reference.
 */
export async function withLabels(
  all: readonly Values[],
  kinds: Kinds,
  labelsFor: (ids: readonly number[]) => Promise<ReadonlyMap<number, string>>,
): Promise<readonly Values[]> {
  const names = new Set(
    [...kinds.values()].flatMap(({ attributes }) =>
      [...attributes.values()].flatMap((one) => (one.type === 'reference' ? [one.name] : [])),
    ),
  );
  const ids: number[] = [];
  const note = (value: unknown, named: boolean): void => {
    if (Array.isArray(value)) for (const one of value) note(one, named);
    const id = idIn(value, named);
    if (id !== null) ids.push(id);
  };
  for (const values of all) for (const [name, value] of Object.entries(values ?? {})) note(value, names.has(name));
  const labels = await labelsFor(ids);
  const show = (value: unknown, named: boolean): unknown => {
    if (Array.isArray(value)) return value.map((one) => show(one, named));
    const id = idIn(value, named);
    return id === null ? value : { object: id, label: labels.get(id) ?? `#${id}` };
  };
  return all.map(
    (values) => values && Object.fromEntries(Object.entries(values).map(([name, value]) => [name, show(value, names.has(name))])),
  );
}

/** The id that a value is, in an attribute that refers (`named`) or as a reference to be written; null for any other value. */
function idIn(value: unknown, named: boolean): number | null {
  if (typeof value === 'number') return named ? value : null;
  if (typeof value !== 'object' || value === null || !('object' in value)) return null;
  return typeof value.object === 'number' ? value.object : null;
}
