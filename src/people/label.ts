/** Names of people and groups in the place of their ids. */

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
