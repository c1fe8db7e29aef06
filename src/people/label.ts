/** What a person or group is called in lists: the first of these attributes that has a value, else its id. */
import { parseImage } from '#core/canonical';
import { type Attributes, scalars, type Value } from '#core/values';
import type { Store } from '#store/contract';

const LABELS = ['displayName', 'name', 'login', 'mail', 'employeeId'];

export function labelOf(attributes: Attributes, id: number): string {
  const given = text(attributes['givenName']);
  const family = text(attributes['familyName']);
  const whole = [given, family].filter((part) => part !== null).join(' ');
  if (text(attributes['displayName']) === null && whole !== '') return whole;
  for (const name of LABELS) {
    const found = text(attributes[name]);
    if (found !== null) return found;
  }
  return `#${id}`;
}

function text(value: Value | undefined): string | null {
  const first = scalars(value)[0];
  return typeof first === 'string' && first !== '' ? first : typeof first === 'number' ? String(first) : null;
}

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

/** Replaces ids in reference attributes by `{object, label}`, over all values at once. */
export async function withLabels(all: readonly Values[], kinds: Kinds, store: Store): Promise<readonly Values[]> {
  const names = new Set(
    [...kinds.values()].flatMap(({ attributes }) =>
      [...attributes.values()].flatMap((one) => (one.type === 'reference' ? [one.name] : [])),
    ),
  );
  const ids: number[] = [];
  const note = (value: unknown): void => {
    if (typeof value === 'number') ids.push(value);
    else if (Array.isArray(value)) for (const one of value) note(one);
  };
  for (const values of all) for (const [name, value] of Object.entries(values ?? {})) if (names.has(name)) note(value);
  const labels = await labelsOf(ids, store);
  const show = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(show);
    return typeof value === 'number' ? { object: value, label: labels.get(value) ?? `#${value}` } : value;
  };
  return all.map(
    (values) =>
      values && Object.fromEntries(Object.entries(values).map(([name, value]) => [name, names.has(name) ? show(value) : value])),
  );
}
