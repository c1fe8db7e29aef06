/** The smallest change that makes an entry what it should be. Pure: what it has and what is wanted in, modifications out. */
import { RollcallError } from '#core/errors';
import { parseInstant } from '#core/time';
import { type Edits, findName, setKey, values } from '#protocols/ldap/edits';
import type { LdifAttributes, LdifValue } from '#protocols/ldap/ldif';
import type { Modification } from '#protocols/ldap/requests';
import { canonicalDescription } from '#protocols/ldap/schema';
import type { DirectorySchema } from '#protocols/ldap/subschema';

/** Values a modification has at the most: Active Directory takes 5,000, and a long one keeps others waiting. */
const CHUNK = 1000;

/** An attribute's one spelling. @throws RollcallError invalidValue */
export function described(name: string): string {
  const canonical = canonicalDescription(name);
  if (canonical !== null && canonical.toLowerCase() !== 'dn') return canonical;
  throw new RollcallError('invalidValue', `"${name.slice(0, 64)}" is no attribute of an entry`, {
    remedy: 'attribute names are letters, digits and "-"; the DN is the name of the object, not an attribute',
  });
}

/** Values as this server wants them: instants are written in another way than Rollcall keeps them (RFC 4517 3.3.13). */
export function sent(name: string, value: Edits['set'][string], schema: DirectorySchema): LdifValue[] {
  const list = values(name, value);
  if (schema[name]?.type !== 'instant') return list;
  return list.map((each) => {
    const instant = typeof each === 'string' ? parseInstant(each) : null;
    return instant === null ? each : `${new Date(instant).toISOString().replace(/[-:T]/g, '').slice(0, 14)}.0Z`;
  });
}

/**
 * What `set` changes of the values there are. `named`: each value that goes is named, so that a server which cannot compare anything else
 * refuses where it is gone, or another came.
 */
export function replacing(current: LdifAttributes, set: Edits['set'], schema: DirectorySchema, named: boolean): Modification[] {
  const out: Modification[] = [];
  for (const [given, value] of Object.entries(set)) {
    const attribute = described(given);
    const wanted = sent(attribute, value, schema);
    const now = current[findName(current, attribute) ?? attribute] ?? [];
    const [has, wants] = [keysOf(attribute, now), keysOf(attribute, wanted)];
    const come = wanted.filter((each) => !has.has(setKey(attribute, each)));
    const go = now.filter((each) => !wants.has(setKey(attribute, each)));
    if (come.length === 0 && go.length === 0) continue;
    if (wanted.length === 0) out.push({ op: 'delete', attribute, values: named && typeof now[0] === 'string' ? now : [] });
    else if (now.length === 0) out.push({ op: 'add', attribute, values: wanted });
    // Bytes have no rule by which a server could find the one that goes; of one value there is nothing to leave as it is.
    else if ((now.length < 2 && !named) || typeof wanted[0] !== 'string') out.push({ op: 'replace', attribute, values: wanted });
    else {
      if (go.length > 0) out.push({ op: 'delete', attribute, values: go });
      if (come.length > 0) out.push({ op: 'add', attribute, values: come });
    }
  }
  return out;
}

function keysOf(attribute: string, list: readonly LdifValue[]): ReadonlySet<string> {
  return new Set(list.map((each) => setKey(attribute, each)));
}

/** `add` and `remove` as they are, in pieces, each for a request of its own. */
export function editing({ add = {}, remove = {} }: Pick<Edits, 'add' | 'remove'>, schema: DirectorySchema): Modification[] {
  const pieces = (op: 'add' | 'delete', edits: NonNullable<Edits['add']>): Modification[] =>
    Object.entries(edits).flatMap(([given, list]) => {
      const attribute = described(given);
      const all = sent(attribute, list, schema);
      const out: Modification[] = [];
      for (let at = 0; at < all.length; at += CHUNK) out.push({ op, attribute, values: all.slice(at, at + CHUNK) });
      return out;
    });
  return [...pieces('delete', remove), ...pieces('add', add)];
}

/** The first attribute that is otherwise than it was `seen`; null where all are as they were. */
export function changedSince(current: LdifAttributes, seen: Edits['set'], schema: DirectorySchema): string | null {
  for (const [given, value] of Object.entries(seen)) {
    const attribute = described(given);
    const [was, is] = [sent(attribute, value, schema), current[findName(current, attribute) ?? attribute] ?? []];
    const keys = keysOf(attribute, was);
    if (was.length !== is.length || is.some((each) => !keys.has(setKey(attribute, each)))) return attribute;
  }
  return null;
}
