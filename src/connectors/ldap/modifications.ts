/** The smallest change that makes an entry what it should be. Pure: what it has and what is wanted in, modifications out. */
import { RollcallError } from '#core/errors';
import { normalForm } from '#core/matching';
import { checkText } from '#core/text';
import { parseInstant } from '#core/time';
import { type Edits, findName, setKey, values } from '#protocols/ldap/edits';
import type { LdifAttributes, LdifValue } from '#protocols/ldap/ldif';
import type { Modification } from '#protocols/ldap/requests';
import { attributeHint, canonicalDescription } from '#protocols/ldap/schema';
import type { DirectorySchema } from '#protocols/ldap/subschema';
import { NO_MEMBER } from './members.ts';
import { holdsPassword } from './password.ts';

/** Values a modification has at the most: Active Directory takes 5,000, and a long one keeps others waiting. */
export const CHUNK = 1000;

/** Of Active Directory, which wants it in quotes and UTF-16 (MS-ADTS 3.1.1.3.1.5), and shows it to nobody. */
const PASSWORD = 'unicodePwd';

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
  if (name === PASSWORD && typeof value === 'string') return [Buffer.from(`"${checkText(value)}"`, 'utf16le')];
  const list = values(name, value);
  return schema[name]?.type === 'instant' ? list.map(generalizedTime) : list;
}

function generalizedTime(value: LdifValue): LdifValue {
  const instant = typeof value === 'string' ? parseInstant(value) : null;
  if (instant === null) return value;
  const [, seconds, fraction] = /^(.*)\.(\d+?)0*Z$/.exec(new Date(instant).toISOString().replace(/[-:T]/g, ''))!;
  return `${seconds}.${fraction}Z`;
}

/**
 * How values are changed. `values`: those that come and go; `named`: each that goes is named, so that a server which cannot compare
 * anything else refuses where it is gone, or another came; `whole`: all of an attribute.
 */
export type Way = 'values' | 'named' | 'whole';

/** What `set` changes of the values there are. */
export function replacing(current: LdifAttributes, set: Edits['set'], schema: DirectorySchema, way: Way): Modification[] {
  const out: Modification[] = [];
  for (const [given, value] of Object.entries(set)) {
    const attribute = described(given);
    const wanted = sent(attribute, value, schema);
    const now = current[findName(current, attribute) ?? attribute] ?? [];
    if (holdsPassword(attribute)) {
      out.push({ op: 'replace', attribute, values: wanted });
      continue;
    }
    const key = keyOf(attribute, schema);
    const [has, wants] = [new Set(now.map(key)), new Set(wanted.map(key))];
    const come = wanted.filter((each) => !has.has(key(each)));
    const go = now.filter((each) => !wants.has(key(each)));
    if (come.length === 0 && go.length === 0) continue;
    const named = way === 'named';
    if (wanted.length === 0) out.push({ op: 'delete', attribute, values: named && typeof now[0] === 'string' ? now : [] });
    // Bytes have no rule by which a server could find the one that goes; of one value there is nothing to leave as it is.
    else if (way === 'whole' || (now.length === 1 && !named) || (now.length > 0 && typeof wanted[0] !== 'string'))
      out.push({ op: 'replace', attribute, values: wanted });
    else {
      if (go.length > 0) out.push({ op: 'delete', attribute, values: go });
      if (come.length > 0) out.push({ op: 'add', attribute, values: come });
    }
  }
  return out;
}

/** Two values that are written alike have the same key; an instant, and a DN, can be written in several ways. */
function keyOf(attribute: string, schema: DirectorySchema): (value: LdifValue) => string {
  const { type, matching } = schema[attribute] ?? attributeHint(attribute);
  const alike = type === 'instant' || matching === 'dn';
  return (value) => (alike && typeof value === 'string' ? `=${normalForm(value, matching)}` : setKey(attribute, value));
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

/** What `add` and `remove` make of the lists there are. */
export function edited(
  current: LdifAttributes,
  { add = {}, remove = {} }: Pick<Edits, 'add' | 'remove'>,
  schema: DirectorySchema,
): LdifAttributes {
  const out: LdifAttributes = Object.create(null);
  for (const given of Object.keys({ ...remove, ...add })) {
    const attribute = described(given);
    const key = keyOf(attribute, schema);
    const listOf = (edits: NonNullable<Edits['add']>): LdifValue[] => sent(attribute, edits[given] ?? [], schema);
    const gone = new Set(listOf(remove).map(key));
    const left = (current[findName(current, attribute) ?? attribute] ?? []).filter((each) => !gone.has(key(each)));
    const there = new Set(left.map(key));
    out[attribute] = [...left, ...listOf(add).filter((each) => !there.has(key(each)))];
  }
  return out;
}

/** The first attribute that is otherwise than it was `seen`, as the directory compares; null where all are as they were. */
export function changedSince(current: LdifAttributes, seen: Edits['set'], schema: DirectorySchema): string | null {
  for (const [given, value] of Object.entries(seen)) {
    const attribute = described(given);
    const { matching } = schema[attribute] ?? attributeHint(attribute);
    const key = (each: LdifValue): string => (typeof each === 'string' ? normalForm(each, matching) : setKey(attribute, each));
    const shown = (current[findName(current, attribute) ?? attribute] ?? []).filter((each) => each !== NO_MEMBER);
    const [was, is] = [values(attribute, value), shown].map((list) => new Set(list.map(key)));
    if (was!.symmetricDifference(is!).size > 0) return attribute;
  }
  return null;
}
