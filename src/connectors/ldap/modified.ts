/**
 * Changes of servers that keep no account of them: whatever was modified since (modifyTimestamp, RFC 4512 3.4). Nothing tells what is gone, so
 * the ids of all entries are asked for each time: together they come to the sum of before and of what is new, or something went. Nor does anything
 * tell that an older state was put back: what was changed last then has a time before the one that it had. What there is, a full read finds out.
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
import { readAnew, refusal, unknownPlace } from './faults.ts';
import { type Cookie, FIRST, pagingOf } from './paging.ts';
import { filterFor, type Reading } from './reading.ts';
import { type Live, one } from './session.ts';
import { type SearchEvent, streamOf } from './stream.ts';
import { viewOf } from './view.ts';

/** What comes late from another server has the time at which it was written there; and clocks differ. */
const OVERLAP_MS = 15 * 60_000;
/** New entries that a place remembers: within the overlap they come again. */
const MOST_NEW = 1000;
/** In place of a sum: the next read of changes is a full one. */
const UNCOUNTED = '-1';
const CREATED = 'createTimestamp';
const MODIFIED = 'modifyTimestamp';
/** Entries changed last that a place remembers: one that was changed again shows nothing of an older state. */
const MOST_CHANGED = 20;
const CHANGED = 'changed';

/** Places: what the bases are, the time from which on to ask, the sum of all ids, `id time` of the newest, and `id time changed` of those changed last. */
export const modified: Feed = {
  async places(live, reading) {
    const from = await timeOf(live);
    const { signal } = new AbortController();
    const identity = await identityOfBases(live, reading.config);
    try {
      const times = await timesOf(live, reading, signal);
      return placesOf(identity, from, times, await createdSince(live, reading, text(from), signal));
    } catch (error) {
      // What a limit cuts short is read all the same, as far as it goes.
      if (!(error instanceof CutShort)) throw error;
      return [identity, text(from), UNCOUNTED];
    }
  },
  async *changes(reader, [identity = '', since = '', sum = '', ...known], signal) {
    const { live, reading } = reader;
    if ((await identityOfBases(live, reading.config)) !== identity)
      throw unknownPlace('other entries stand at the bases than before');
    if (sum === UNCOUNTED) throw unknownPlace('the entries that there were at the last read were not counted');
    const next = await timeOf(live);
    const times = await timesOf(live, reading, signal);
    const remembered = known.map((one) => one.split(' ') as [string, string, string?]);
    for (const [id, at, mark] of remembered)
      if (mark === CHANGED && (times.get(id) || at) < at)
        throw unknownPlace('the server has an older state than was read before');
    const counted = new Map(remembered.flatMap(([id, at, mark]) => (mark === undefined ? [[id, at] as const] : [])));
    const created = new Map<string, string>();
    const filter = allOf([{ compare: '>=', attribute: MODIFIED, value: since }, reader.filter]);
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
      if (at >= since && times.has(object.anchor)) created.set(object.anchor, at);
    }
    // Servers keep one search in pages for a connection: another one would end it.
    for (const dn of moved) yield* reader.subtree(dn, signal);
    const come = [...created.keys()].filter((id) => !counted.has(id));
    if (BigInt.asUintN(64, BigInt(sum || 0) + sumOf(come)) !== sumOf(times.keys()))
      throw readAnew('entries went since the last read, or left the filter');
    return placesOf(identity, next, times, [...counted, ...created]);
  },
};

function placesOf(
  identity: string,
  from: number,
  times: ReadonlyMap<string, string>,
  newest: Iterable<readonly [string, string]>,
): string[] {
  const kept = new Map([...newest].filter(([id, at]) => at >= text(from) && times.has(id)));
  // More than a place can hold.
  if (kept.size > MOST_NEW) return [identity, text(from), UNCOUNTED];
  const known = [...[...kept].map((one) => one.join(' ')), ...changedLast(times)];
  return [identity, text(from), String(sumOf(times.keys())), ...known];
}

function changedLast(times: ReadonlyMap<string, string>): string[] {
  const last: (readonly [string, string])[] = [];
  for (const [id, at] of times) {
    if (at === '' || (last.length === MOST_CHANGED && at <= last.at(-1)![1])) continue;
    last.splice(last.findLastIndex(([, other]) => other >= at) + 1, 0, [id, at]);
    if (last.length > MOST_CHANGED) last.pop();
  }
  return last.map(([id, at]) => `${id} ${at} ${CHANGED}`);
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

/** Of all entries: ids, and when they were changed. */
async function timesOf(live: Live, reading: Reading, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const { anchor } = live.directory;
  const filter = filterFor(reading.config, viewOf(reading.config, live, reading.clears));
  const times = new Map<string, string>();
  for await (const { entry } of entriesOf(live, reading, filter, [anchor, MODIFIED], signal))
    times.set(textOf(entry, anchor), textOf(entry, MODIFIED));
  return times;
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
