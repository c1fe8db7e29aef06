/** A change of an entry: looked at, compared, and changed only if it is still what it was (RFC 4528). */
import type { WriteItem, WriteResult } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { Control } from '#protocols/ldap/controls';
import { assertion } from '#protocols/ldap/controls';
import type { LdapEntry } from '#protocols/ldap/entry';
import { allOf, EVERYTHING, equals } from '#protocols/ldap/filter';
import { nameKey } from '#protocols/ldap/names';
import { modifyDn } from '#protocols/ldap/requests';
import { ENABLED, isEnabled, lockOf } from './account.ts';
import { changeEntry, Stale } from './change.ts';
import { halfDone, Unanswered } from './client.ts';
import { basesOf } from './config.ts';
import { nameOf } from './create.ts';
import { notThere } from './delete.ts';
import { refusal } from './faults.ts';
import { baseGone, equalsShown } from './look-up.ts';
import { changedSince, described } from './modifications.ts';
import { refuseOwn } from './own-account.ts';
import { parentText, rdnText } from './rdn.ts';
import { all } from './session.ts';
import type { Writing } from './write.ts';

export async function updateEntry(item: WriteItem, writing: Writing): Promise<WriteResult> {
  const current = await currentEntry(item, writing);
  if (current === null) throw notThere(item.anchor);
  refuseOwn(current.dn, writing.reading.config);
  const changed = changedSeen(item, current, writing);
  if (changed !== null) throw new Stale(current.dn, changed);
  const dn = item.name === undefined ? current.dn : nameOf(item, writing.reading.config);
  if (isName(current.dn, dn)) return await changeEntry(item, current, unchanged(current, writing), writing);
  await rename(current.dn, dn, writing);
  try {
    const now = (await currentEntry(item, writing)) ?? { ...current, dn };
    return await changeEntry(item, now, unchanged(now, writing), writing);
  } catch (error) {
    throw await undone(error, () => rename(dn, current.dn, writing));
  }
}

/** What is refused changes nothing: the name goes back too. Answers what to throw. */
async function undone(error: unknown, undo: () => Promise<void>): Promise<unknown> {
  if (!(error instanceof RollcallError) || error.kind === 'unavailable')
    return error instanceof RollcallError ? halfDone(error) : error;
  try {
    await undo();
    return error;
  } catch {
    return new Unanswered(`${error.message}; the entry keeps its new name`, 'what there is now is looked at first');
  }
}

/** Only what the change is about, before it: a group's members are not compared where its description changes. What there is after it: stored.ts. */
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
    if (result.code === 32 && !own) throw baseGone(dn);
    if (result.code !== 0 && result.code !== 32) throw refusal('the entry cannot be read', result, { object: anchor });
  }
  return null;
}

/** The first attribute that is otherwise than it was seen; null where all are as they were. */
function changedSeen({ seen = {}, kind }: WriteItem, now: LdapEntry, { live }: Writing): string | null {
  const { vendor } = live.directory;
  if (kind !== 'person' || seen[ENABLED] === undefined || lockOf(vendor, live.schema) === null)
    return changedSince(now.attributes, seen, live.schema);
  const { [ENABLED]: enabled, ...others } = seen;
  // A lock that ends by itself is none of ours.
  if (isEnabled(vendor, now.attributes) !== enabled) return ENABLED;
  return changedSince(now.attributes, others, live.schema);
}

/** Holds as long as the entry is what was read of it. Of changes alone: a rename is of what is unique. */
function unchanged(now: LdapEntry, { live }: Writing): readonly Control[] {
  const { assertion: offered, version } = live.directory;
  const [value] = (version === null ? undefined : now.attributes[version]) ?? [];
  return offered && value !== undefined ? [assertion(allOf([equals(version!, value)]))] : [];
}

const isName = (from: string, to: string): boolean => nameKey(from) === nameKey(to) && rdnText(from) === rdnText(to);

async function rename(from: string, to: string, { live }: Writing): Promise<void> {
  const moved = nameKey(parentText(from)) !== nameKey(parentText(to));
  const result = await live.client.request(modifyDn(from, rdnText(to), moved ? parentText(to) : undefined));
  if (result.code !== 0) throw refusal('the entry cannot be renamed', result, { object: from.slice(0, 512) });
}
