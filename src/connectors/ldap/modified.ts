/**
 * Changes of servers that keep no account of them: whatever was modified since (modifyTimestamp, RFC 4512 3.4). Nothing tells what is gone, so
 * the ids of all entries are asked for each time: together they come to the sum of before and of what is new, or something went. What, a
 * full read finds out.
 */
import { createHash } from 'node:crypto';
import { RollcallError } from '#core/errors';
import { parseInstant } from '#core/time';
import type { LdapEntry } from '#protocols/ldap/entry';
import { allOf, EVERYTHING, type Filter } from '#protocols/ldap/filter';
import { search } from '#protocols/ldap/requests';
import { isLimit } from '#protocols/ldap/result-codes';
import { identityOfBases } from './bases.ts';
import type { Feed } from './changes.ts';
import { basesOf } from './config.ts';
import { refusal } from './faults.ts';
import { type Cookie, FIRST, pagingOf } from './paging.ts';
import { filterFor, type Reading } from './reading.ts';
import { type Live, one } from './session.ts';
import { type SearchEvent, streamOf } from './stream.ts';
import { unknownPlace } from './syncrepl.ts';
import { viewOf } from './view.ts';

/** What comes late from another server has the time at which it was written there; and clocks differ. */
const OVERLAP_MS = 15 * 60_000;
/** New entries that a place remembers: within the overlap they come again. */
const MOST_NEW = 1000;
/** In place of a sum: the next read of changes is a full one. */
const UNCOUNTED = '-1';
const CREATED = 'createTimestamp';

/** Places: what the bases are, the time from which on to ask, the sum of all ids, and `id time` of the newest. */
export const modified: Feed = {
  async places(live, reading) {
    const from = await timeOf(live);
    const { signal } = new AbortController();
    const identity = await identityOfBases(live, reading.config);
    try {
      const ids = await idsOf(live, reading, signal);
      return placesOf(identity, from, ids, await createdSince(live, reading, text(from), signal));
    } catch (error) {
      // What a limit cuts short is read all the same, as far as it goes.
      if (!(error instanceof CutShort)) throw error;
      return [identity, text(from), UNCOUNTED];
    }
  },
  async *changes(reader, [identity = '', since = '', sum = '', ...newest], signal) {
    const { live, reading } = reader;
    if ((await identityOfBases(live, reading.config)) !== identity)
      throw unknownPlace('other entries stand at the bases than before');
    if (sum === UNCOUNTED) throw unknownPlace('the entries that there were at the last read were not counted');
    const next = await timeOf(live);
    const ids = await idsOf(live, reading, signal);
    const counted = new Map(newest.map((one) => one.split(' ') as [string, string]));
    const created = new Map<string, string>();
    const filter = allOf([{ compare: '>=', attribute: 'modifyTimestamp', value: since }, reader.filter]);
    const isAsked = live.directory.asked.some((name) => name.toLowerCase() === CREATED.toLowerCase());
    const moved: string[] = [];
    for await (const { entry, bytes } of entriesOf(live, reading, filter, [...reader.attributes, CREATED], signal)) {
      if (reader.isContainer(entry)) moved.push(entry.dn);
      const at = textOf(entry, CREATED);
      // A full read does not show it either.
      if (!isAsked) delete entry.attributes[CREATED];
      const object = reader.shown(entry, bytes);
      if (object === null) continue;
      yield { objects: [object] };
      if (at >= since && ids.has(object.anchor)) created.set(object.anchor, at);
    }
    // Servers keep one search in pages for a connection: another one would end it.
    for (const dn of moved) yield* reader.subtree(dn, signal);
    const come = [...created.keys()].filter((id) => !counted.has(id));
    if (BigInt.asUintN(64, BigInt(sum || 0) + sumOf(come)) !== sumOf(ids))
      throw unknownPlace('entries went since the last read, or left the filter');
    return placesOf(identity, next, ids, [...counted, ...created]);
  },
};

function placesOf(
  identity: string,
  from: number,
  ids: ReadonlySet<string>,
  newest: Iterable<readonly [string, string]>,
): string[] {
  const kept = new Map([...newest].filter(([id, at]) => at >= text(from) && ids.has(id)));
  // More than a place can hold.
  if (kept.size > MOST_NEW) return [identity, text(from), UNCOUNTED];
  return [identity, text(from), String(sumOf(ids)), ...[...kept].map((one) => one.join(' '))];
}

/** Ids of entries that were made since then, with when. */
async function createdSince(live: Live, reading: Reading, since: string, signal: AbortSignal): Promise<[string, string][]> {
  const { anchor } = live.directory;
  const shown = filterFor(reading.config, viewOf(reading.config, live, reading.clears));
  const filter = allOf([{ compare: '>=', attribute: CREATED, value: since }, shown]);
  const out: [string, string][] = [];
  for await (const { entry } of entriesOf(live, reading, filter, [anchor, CREATED], signal))
    out.push([textOf(entry, anchor), textOf(entry, CREATED)]);
  return out;
}

const textOf = ({ attributes }: LdapEntry, name: string): string => String(attributes[name]?.[0] ?? '');

/** generalizedTime, in which later times are later in the alphabet. */
function text(ms: number): string {
  return `${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}

/** From when on to ask the next time. 389-ds says what time it is. */
async function timeOf({ client, decoder }: Live): Promise<number> {
  const request = { base: 'cn=monitor', scope: 'base', filter: EVERYTHING, attributes: ['currentTime'] } as const;
  const entry = await one(client, decoder, request).catch(() => null);
  const now = entry === null ? null : parseInstant(textOf(entry, Object.keys(entry.attributes)[0] ?? ''));
  return (now ?? Date.now()) - OVERLAP_MS;
}

async function idsOf(live: Live, reading: Reading, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { anchor } = live.directory;
  const filter = filterFor(reading.config, viewOf(reading.config, live, reading.clears));
  const ids = new Set<string>();
  for await (const { entry } of entriesOf(live, reading, filter, [anchor], signal)) ids.add(textOf(entry, anchor));
  return ids;
}

/** A limit of the server: not everything was shown, so nothing is known to be gone. */
class CutShort extends RollcallError {
  constructor(dn: string) {
    super('conflict', `a limit of the server does not let all entries below "${dn.slice(0, 512)}" through`, {
      remedy: 'it is read in full; raise the limits of the account, or read smaller pages (pageSize)',
    });
  }
}

/** All that a filter finds at the bases. @throws CutShort */
async function* entriesOf(
  live: Live,
  { config }: Reading,
  filter: Filter,
  attributes: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<Extract<SearchEvent, { type: 'entry' }>> {
  const paging = pagingOf(live, config.pageSize);
  for (const { dn, scope } of basesOf(config)) {
    const operation = search({ base: dn, scope, filter, attributes });
    for (let cookie: Cookie | null = FIRST; cookie !== null; ) {
      const stream = streamOf(live, operation, paging.controls(cookie), signal);
      let entries = 0;
      for await (const events of stream)
        for (const event of events) {
          if (event.type !== 'entry') continue;
          entries++;
          yield event;
        }
      const result = stream.result();
      cookie = paging.next(result, entries);
      if (cookie === FIRST) continue;
      if (isLimit(result)) throw new CutShort(dn);
      if (result.code !== 0) throw refusal(`reading what there is below "${dn}"`, result);
    }
  }
}

/** The same in any order. */
function sumOf(ids: Iterable<string>): bigint {
  let sum = 0n;
  for (const id of ids) sum += createHash('sha256').update(id).digest().readBigUInt64BE();
  return BigInt.asUintN(64, sum);
}
