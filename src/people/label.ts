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
