/**
 * Groups that may not be without members (RFC 4519 3.5, 3.6): the empty name stands for nobody where there would be none. Nothing else has
 * it, every server takes it, and it is not shown.
 */
import type { LdifValue } from '#protocols/ldap/ldif';

export const NO_MEMBER = '';

const MUST: ReadonlyMap<string, string> = new Map([
  ['groupofnames', 'member'],
  ['groupofuniquenames', 'uniqueMember'],
]);

/** The attribute that an entry of these classes must have; null: none of these. */
export function needsMember(classes: readonly LdifValue[]): string | null {
  for (const name of classes) {
    const attribute = MUST.get(String(name).toLowerCase());
    if (attribute !== undefined) return attribute;
  }
  return null;
}

/** Whether some class may want a value of it. */
export function isMember(attribute: string): boolean {
  return MUST.values().some((name) => name.toLowerCase() === attribute.toLowerCase());
}
