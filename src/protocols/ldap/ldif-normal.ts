/** Two LDIF files compared for what they say: order, spelling, folding and encoding do not count. */
import { normalDn } from '#core/dn';
import type { LdifAttributes, LdifValue } from './ldif.ts';

/** DN in normal form → attribute in lower case → values in order; text as it is, bytes as `base64:…`. */
export type NormalEntries = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

export function normalise(entries: Iterable<{ readonly dn: string; readonly attributes: LdifAttributes }>): NormalEntries {
  const out = new Map<string, Map<string, string[]>>();
  for (const { dn, attributes } of entries) {
    const normal = new Map<string, string[]>();
    for (const name of Object.keys(attributes)) {
      const key = name.toLowerCase();
      normal.set(key, [...(normal.get(key) ?? []), ...attributes[name]!.map(shown)]);
    }
    for (const values of normal.values()) values.sort();
    out.set(normalDn(dn) ?? dn, new Map([...normal].sort(byKey)));
  }
  return new Map([...out].sort(byKey));
}

function shown(value: LdifValue): string {
  return typeof value === 'string' ? value : `base64:${Buffer.from(value).toString('base64')}`;
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
