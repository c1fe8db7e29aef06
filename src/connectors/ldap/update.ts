/** A change of an entry: looked at, compared, and changed only if it is still what it was (RFC 4528). */
import type { WriteItem, WriteResult } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { Control } from '#protocols/ldap/controls';
import { assertion } from '#protocols/ldap/controls';
import type { LdapEntry } from '#protocols/ldap/entry';
import { allOf, EVERYTHING, equals } from '#protocols/ldap/filter';
import { nameKey } from '#protocols/ldap/names';
import { modify, modifyDn } from '#protocols/ldap/requests';
import type { LdapResult } from '#protocols/ldap/responses';
import { ASSERTION_FAILED, NO_SUCH_ATTRIBUTE, VALUE_EXISTS } from '#protocols/ldap/result-codes';
import { ENABLED, enabledValue, lockOf } from './account.ts';
import { basesOf } from './config.ts';
import { nameOf } from './create.ts';
import { notThere } from './delete.ts';
import { editValues } from './edit-values.ts';
import { refusal } from './faults.ts';
import { equalsShown } from './look-up.ts';
import { changedSince, described, editing, replacing } from './modifications.ts';
import { parentText, rdnText } from './rdn.ts';
import { all } from './session.ts';
import { storedAnswer, storedControls } from './stored.ts';
import type { Writing } from './write.ts';

/** The assertion did not hold, or a value to be taken out was gone, or another one there already. */
const STALE: ReadonlySet<number> = new Set([ASSERTION_FAILED, NO_SUCH_ATTRIBUTE, VALUE_EXISTS]);

/** Somebody else changed it since it was seen. */
export class Stale extends RollcallError {
  constructor(dn: string, attribute?: string) {
    super('conflict', 'somebody changed the entry since it was read', {
      where: { object: dn.slice(0, 512), ...(attribute === undefined ? {} : { attribute }) },
      remedy: 'it is read again first, and the rules decide',
    });
  }
}

export async function updateEntry(item: WriteItem, writing: Writing): Promise<WriteResult> {
  const { live, reading } = writing;
  const current = await currentEntry(item, writing);
  if (current === null) throw notThere(item.anchor);
  const changed = changedSince(current.attributes, setOf({ ...item, set: item.seen ?? {} }, current, writing), live.schema);
  if (changed !== null) throw new Stale(current.dn, changed);
  const dn = item.name === undefined ? current.dn : await rename(current.dn, nameOf(item, reading.config), writing);
  try {
    const now = dn === current.dn ? current : ((await currentEntry(item, writing)) ?? current);
    const controls = unchanged(now, writing);
    const changes = replacing(now.attributes, setOf(item, now, writing), live.schema, controls.length === 0);
    let result: LdapResult | null = null;
    if (changes.length > 0) {
      result = await live.client.request(modify(dn, changes), [...storedControls(live), ...controls]);
      if (STALE.has(result.code)) throw new Stale(dn);
      if (result.code !== 0) throw refusal('the entry cannot be changed', result, { object: dn.slice(0, 512) });
    }
    for (const edit of editing(item, live.schema)) result = await editValues(dn, edit, writing);
    return await storedAnswer(writing, dn, result);
  } catch (error) {
    // What is refused changes nothing: the name goes back too.
    if (dn !== current.dn) await rename(dn, current.dn, writing);
    throw error;
  }
}

/** Only what the change is about: a group's members are not read to change its description. */
async function currentEntry({ anchor, set, seen }: WriteItem, { live, reading }: Writing): Promise<LdapEntry | null> {
  if (anchor === null) return null;
  const { directory, client, decoder } = live;
  const lock = lockOf(directory.vendor, live.schema);
  const attributes = [
    '1.1',
    ...Object.keys({ ...set, ...seen }).map((name) => (name === ENABLED && lock !== null ? lock : described(name))),
    ...(directory.version === null ? [] : [directory.version]),
  ];
  const own = directory.anchor === 'dn';
  const bases = own ? [{ dn: anchor, scope: 'base' as const }] : basesOf(reading.config);
  const filter = own ? EVERYTHING : equalsShown(directory.anchor, anchor);
  for (const { dn, scope } of bases) {
    const { entries, result } = await all(client, decoder, { base: dn, scope, filter, attributes, sizeLimit: 2 });
    if (entries.length === 1) return entries[0]!;
    if (result.code !== 0 && result.code !== 32) throw refusal('the entry cannot be read', result, { object: anchor });
  }
  return null;
}

function setOf({ set, kind }: WriteItem, now: LdapEntry, { live }: Writing): WriteItem['set'] {
  const { vendor } = live.directory;
  const lock = kind === 'person' ? lockOf(vendor, live.schema) : null;
  if (lock === null || set[ENABLED] === undefined) return set;
  const { [ENABLED]: enabled, ...others } = set;
  return { ...others, [lock]: enabledValue(vendor, enabled !== false, now.attributes[lock]?.map(String)[0]) };
}

/** Holds as long as the entry is what was read of it. */
function unchanged(now: LdapEntry, { live }: Writing): readonly Control[] {
  const { assertion: offered, version } = live.directory;
  const [value] = (version === null ? undefined : now.attributes[version]) ?? [];
  return offered && value !== undefined ? [assertion(allOf([equals(version!, value)]))] : [];
}

/** Answers the new name. */
async function rename(from: string, to: string, { live }: Writing): Promise<string> {
  if (nameKey(from) === nameKey(to) && rdnText(from) === rdnText(to)) return from;
  const moved = nameKey(parentText(from)) !== nameKey(parentText(to));
  const result = await live.client.request(modifyDn(from, rdnText(to), moved ? parentText(to) : undefined));
  if (result.code !== 0) throw refusal('the entry cannot be renamed', result, { object: from.slice(0, 512) });
  return to;
}
