/** Entries of which it was told that they changed, read as they are now. */
import type { Page } from '#connectors/contract';
import type { Control } from '#protocols/ldap/controls';
import type { LdapEntry } from '#protocols/ldap/entry';
import { allOf, anyOf, type Filter } from '#protocols/ldap/filter';
import type { LdifValue } from '#protocols/ldap/ldif';
import { nameKey } from '#protocols/ldap/names';
import { type SearchRequest, search } from '#protocols/ldap/requests';
import { NO_SUCH_OBJECT } from '#protocols/ldap/result-codes';
import type { ChangeReader } from './changes.ts';
import { isInBases } from './config.ts';
import { refusal, unknownPlace } from './faults.ts';
import { equalsShown } from './look-up.ts';
import { objectFrom } from './pages.ts';
import { type Cookie, FIRST, pagingOf } from './paging.ts';
import { completeRanges } from './ranges.ts';
import { attributesFor, filterFor } from './reading.ts';
import { all, type Live } from './session.ts';
import { type SearchEvent, streamOf } from './stream.ts';

type Edits = { readonly [attribute: string]: readonly string[] };

/** What is told of one entry. `moved`: it has another name, so what stands below it has, too. */
export type Told = { readonly id: string; readonly dn: string } & (
  | { readonly change: 'gone' | 'moved' | 'whole' }
  | { readonly change: 'lists'; readonly add: Edits; readonly remove: Edits }
);

/** Entries a request asks for: servers take filters of some hundred parts. */
const BATCH = 100;
/** Requests for one entry that are under way at once: a server may be far away. */
const AT_ONCE = 8;
/** Of an entry that was renamed, what refers to it: that says another name now, and nothing tells of it. */
const BACK_LINKS = ['memberOf', 'directReports', 'managedObjects'];
/** Classes below which nothing stands. */
const LEAVES: ReadonlySet<string> = new Set(['user', 'group', 'computer', 'contact', 'groupofnames', 'groupofuniquenames']);

/** Whether what this DN names is searched. */
const isInside = (dn: string, { reading }: ChangeReader): boolean => isInBases(nameKey(dn) ?? '', reading.config);

/**
 * All that a delta tells, as it is to be read. A member that goes is called by the name that it has now: where anything was renamed as well, what is
 * known may have another one, so lists that lost values are read whole.
 */
export function withRenames(told: readonly Told[]): readonly Told[] {
  if (!told.some(({ change }) => change === 'moved')) return told;
  return told.map((one) =>
    one.change === 'lists' && Object.keys(one.remove).length > 0 ? { id: one.id, dn: one.dn, change: 'whole' } : one,
  );
}

interface Renames {
  /** What refers to what was renamed: key → DN. */
  readonly followers: Map<string, string>;
  /** Keys of the names of what was read since. */
  readonly read: Set<string>;
}

/** `context`: below which they all are. What is not there any more, or is no longer offered, comes as gone. */
export async function* readAgain(
  reader: ChangeReader,
  context: string,
  told: readonly Told[],
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const renames: Renames = { followers: new Map(), read: new Set() };
  for (let at = 0; at < told.length; at += BATCH) {
    const batch = told.slice(at, at + BATCH);
    const lost = batch.filter((one) => one.change === 'gone' || (one.change === 'moved' && !isInside(one.dn, reader)));
    if (lost.length > 0) yield { objects: lost.flatMap(({ id }) => reader.gone(id)) };
    const inside = batch.filter((one) => one.change !== 'gone' && isInside(one.dn, reader));
    yield* edited(reader, context, inside, signal);
    yield* whole(reader, context, idsOf(inside.filter(({ change }) => change !== 'lists')), renames, signal);
    const moved = idsOf(batch.filter(({ change }) => change === 'moved'));
    if (moved.length > 0) yield* around(reader, context, moved, renames, signal);
  }
  yield* followersOf(renames, reader, signal);
}

const idsOf = (told: readonly Told[]): string[] => told.map(({ id }) => id);
const anyOfIds = ({ live }: ChangeReader, ids: readonly string[]): Filter =>
  anyOf(ids.map((id) => equalsShown(live.directory.anchor, id)));
const idOf = ({ live }: ChangeReader, entry: LdapEntry): string => textOf(entry, live.directory.anchor);
/** Nothing stands below an entry of these classes. */
export const isLeaf = (classes: readonly LdifValue[]): boolean => classes.some((name) => LEAVES.has(String(name).toLowerCase()));

function textOf({ attributes }: LdapEntry, name: string): string {
  return String(attributes[name]?.[0] ?? '');
}

/** A request below a naming context: what is not there is no fault, but for the context itself. */
async function* found(
  { live }: ChangeReader,
  request: SearchRequest,
  signal: AbortSignal,
): AsyncGenerator<Extract<SearchEvent, { type: 'entry' }>> {
  const stream = streamOf(live, search(request), [], signal);
  for await (const events of stream) for (const event of events) if (event.type === 'entry') yield event;
  const result = stream.result();
  if (result.code === NO_SUCH_OBJECT && live.directory.namingContexts.includes(request.base))
    throw unknownPlace(`the account may not see "${request.base}", so nothing below it is known to be gone`);
  if (result.code !== 0 && result.code !== NO_SUCH_OBJECT) throw refusal(`reading "${request.base}"`, result);
}

async function* whole(
  reader: ChangeReader,
  context: string,
  ids: readonly string[],
  { read }: Renames,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  if (ids.length === 0) return;
  const { live, finding } = reader;
  const filter = allOf([anyOfIds(reader, ids), filterFor(reader.reading.config, finding.view)]);
  const left = new Set(ids);
  for await (const { entry, bytes } of found(
    reader,
    { base: context, scope: 'sub', filter, attributes: attributesFor(live) },
    signal,
  )) {
    if (!isInside(entry.dn, reader) || finding.view.kinds.of(entry.attributes['objectClass'] ?? []) === null) continue;
    left.delete(idOf(reader, entry));
    read.add(nameKey(entry.dn) ?? entry.dn);
    const object = objectFrom(await completeRanges(live, entry), bytes, finding);
    if (object !== null) yield { objects: [object] };
  }
  if (left.size > 0) yield { objects: [...left].flatMap((id) => reader.gone(id)) };
}

/** What came into lists and went out of them, of entries that are still offered. */
async function* edited(reader: ChangeReader, context: string, told: readonly Told[], signal: AbortSignal): AsyncGenerator<Page> {
  const lists = new Map(told.flatMap((one) => (one.change === 'lists' ? [[one.id, one]] : [])));
  if (lists.size === 0) return;
  const filter = allOf([anyOfIds(reader, [...lists.keys()]), filterFor(reader.reading.config, reader.finding.view)]);
  const request = { base: context, scope: 'sub', filter, attributes: [reader.live.directory.anchor, 'objectClass'] } as const;
  for await (const { entry } of found(reader, request, signal)) {
    const one = lists.get(idOf(reader, entry));
    const kind = reader.finding.view.kinds.of(entry.attributes['objectClass'] ?? []);
    if (one === undefined || kind === null || !isInside(entry.dn, reader)) continue;
    lists.delete(one.id);
    yield { objects: [{ op: 'patch', kind, anchor: one.id, name: entry.dn, add: one.add, remove: one.remove }] };
  }
  if (lists.size > 0) yield { objects: [...lists.keys()].flatMap((id) => reader.gone(id)) };
}

/** What a rename changes besides the entry: what stands below it, and what refers to either. */
async function* around(
  reader: ChangeReader,
  context: string,
  ids: readonly string[],
  renames: Renames,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const attributes = ['objectClass', ...BACK_LINKS];
  const containers: string[] = [];
  for await (const { entry } of found(
    reader,
    { base: context, scope: 'sub', filter: anyOfIds(reader, ids), attributes },
    signal,
  )) {
    note(await completeRanges(reader.live, entry), renames);
    if (!isLeaf(entry.attributes['objectClass'] ?? [])) containers.push(entry.dn);
  }
  for (const dn of containers) yield* below(reader, context, dn, renames, signal);
}

/** Out of the bases or within them: everything below has another name. */
async function* below(
  reader: ChangeReader,
  context: string,
  dn: string,
  renames: Renames,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const filter = filterFor({ ...reader.reading.config, filter: undefined }, reader.finding.view);
  const request = { base: dn, scope: 'sub', filter, attributes: [reader.live.directory.anchor, ...BACK_LINKS] } as const;
  for await (const entries of entryPages(reader.live, request, signal)) {
    const inside: string[] = [];
    const outside: string[] = [];
    for (const entry of entries) {
      note(await completeRanges(reader.live, entry), renames);
      (isInside(entry.dn, reader) ? inside : outside).push(idOf(reader, entry));
    }
    if (outside.length > 0) yield { objects: outside.flatMap((id) => reader.gone(id)) };
    yield* whole(reader, context, inside, renames, signal);
  }
}

export async function* entryPages(
  live: Live,
  request: SearchRequest,
  signal: AbortSignal,
  controls: readonly Control[] = [],
): AsyncGenerator<readonly LdapEntry[]> {
  const { client, decoder } = live;
  const paging = pagingOf(live, BATCH);
  for (let cookie: Cookie | null = FIRST; cookie !== null; ) {
    signal.throwIfAborted();
    const { entries, result } = await all(client, decoder, request, [...paging.controls(cookie), ...controls]);
    cookie = paging.next(result, entries.length);
    if (cookie === FIRST) continue;
    if (result.code !== 0 && result.code !== NO_SUCH_OBJECT) throw refusal(`reading "${request.base}"`, result);
    yield entries;
  }
}

function note({ attributes }: LdapEntry, { followers }: Renames): void {
  for (const name of BACK_LINKS)
    for (const dn of attributes[name] ?? []) if (typeof dn === 'string') followers.set(nameKey(dn) ?? dn, dn);
}

/** Those that were not read already, by their new names. */
async function* followersOf(
  { followers, read: known }: Renames,
  reader: ChangeReader,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const { live, finding, reading } = reader;
  const names = [...followers].filter(([key, dn]) => !known.has(key) && isInside(dn, reader)).map(([, dn]) => dn);
  const filter = filterFor(reading.config, finding.view);
  const request = { scope: 'base', filter, attributes: attributesFor(live) } as const;
  for (let at = 0; at < names.length; at += AT_ONCE) {
    const shown: Extract<SearchEvent, { type: 'entry' }>[] = [];
    const read = async (base: string): Promise<void> => {
      for await (const one of found(reader, { ...request, base }, signal)) shown.push(one);
    };
    await Promise.all(names.slice(at, at + AT_ONCE).map(read));
    for (const { entry, bytes } of shown) {
      const object = objectFrom(await completeRanges(live, entry), bytes, finding);
      if (object !== null) yield { objects: [object] };
    }
  }
}
