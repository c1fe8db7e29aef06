/**
 * Changes of servers that keep no account of them: whatever was modified since (modifyTimestamp, RFC 4512 3.4). Nothing tells what is gone, so
 * the ids of all entries are asked for each time: together they come to the sum of before and of what is new, or something went. What, a
 * full read finds out.
 */
import { createHash } from 'node:crypto';
import { parseInstant } from '#core/time';
import { paged, pagedCookie } from '#protocols/ldap/controls';
import type { LdapEntry } from '#protocols/ldap/entry';
import { allOf, EVERYTHING, type Filter } from '#protocols/ldap/filter';
import { search } from '#protocols/ldap/requests';
import { identityOfBases } from './bases.ts';
import type { Feed } from './changes.ts';
import { basesOf } from './config.ts';
import { refusal } from './faults.ts';
import { filterFor, type Reading } from './reading.ts';
import { all, type Live, one } from './session.ts';
import { streamOf } from './stream.ts';
import { unknownPlace } from './syncrepl.ts';
import { viewOf } from './view.ts';

/** What is written late is found all the same; more where the server does not say what time it is. */
const OVERLAP_MS = { server: 60_000, own: 15 * 60_000 };
/** New entries that a place remembers: within the overlap they come again. */
const MOST_NEW = 1000;

/** Places: what the bases are, the time from which on to ask, the sum of all ids, and `id time` of the newest. */
export const modified: Feed = {
  async places(live, reading) {
    const from = await timeOf(live);
    const { signal } = new AbortController();
    const ids = await idsOf(live, reading, signal);
    const newest = await createdSince(live, reading, text(from), signal);
    return placesOf(await identityOfBases(live, reading.config), from, ids, newest);
  },
  async *changes(reader, [identity = '', since = '', sum = '', ...newest], signal) {
    const { live, reading } = reader;
    if ((await identityOfBases(live, reading.config)) !== identity)
      throw unknownPlace('other entries stand at the bases than before');
    const next = await timeOf(live);
    const ids = await idsOf(live, reading, signal);
    const counted = new Map(newest.map((one) => one.split(' ') as [string, string]));
    const created = new Map<string, string>();
    const filter = allOf([{ compare: '>=', attribute: 'modifyTimestamp', value: since }, reader.filter]);
    const attributes = [...reader.attributes, 'createTimestamp'];
    for (const { dn, scope } of basesOf(reading.config)) {
      const stream = streamOf(live, search({ base: dn, scope, filter, attributes }), [], signal);
      for await (const events of stream)
        for (const event of events) {
          if (event.type !== 'entry') continue;
          const { entry, bytes } = event;
          const moved = reader.isContainer(entry) ? entry.dn : null;
          const at = textOf(entry, 'createTimestamp');
          const object = reader.shown(entry, bytes);
          if (object !== null) yield { objects: [object] };
          if (object !== null && at >= since && ids.has(object.anchor)) created.set(object.anchor, at);
          if (moved !== null) yield* reader.subtree(moved, signal);
        }
      const result = stream.result();
      if (result.code !== 0) throw refusal(`reading the changes below "${dn}"`, result);
    }
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
  // More than a place can hold: no sum is this one, so the next read of changes is a full one.
  if (kept.size > MOST_NEW) return [identity, text(from), '-1'];
  return [identity, text(from), String(sumOf(ids)), ...[...kept].map((one) => one.join(' '))];
}

/** Ids of entries that were made since then, with when. */
async function createdSince(live: Live, reading: Reading, since: string, signal: AbortSignal): Promise<[string, string][]> {
  const { anchor } = live.directory;
  const shown = filterFor(reading.config, viewOf(reading.config, live, reading.clears));
  const filter = allOf([{ compare: '>=', attribute: 'createTimestamp', value: since }, shown]);
  const out: [string, string][] = [];
  for await (const entry of entriesOf(live, reading, filter, [anchor, 'createTimestamp'], signal))
    out.push([textOf(entry, anchor), textOf(entry, 'createTimestamp')]);
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
  return now === null ? Date.now() - OVERLAP_MS.own : now - OVERLAP_MS.server;
}

async function idsOf(live: Live, reading: Reading, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const { anchor } = live.directory;
  const filter = filterFor(reading.config, viewOf(reading.config, live, reading.clears));
  const ids = new Set<string>();
  for await (const entry of entriesOf(live, reading, filter, [anchor], signal)) ids.add(textOf(entry, anchor));
  return ids;
}

/** All that a filter finds at the bases. @throws RollcallError where a limit cuts it short */
async function* entriesOf(
  live: Live,
  { config }: Reading,
  filter: Filter,
  attributes: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<LdapEntry> {
  for (const { dn, scope } of basesOf(config)) {
    let cookie: Uint8Array = new Uint8Array(0);
    do {
      signal.throwIfAborted();
      const request = { base: dn, scope, filter, attributes };
      const { entries, result } = await all(live.client, live.decoder, request, [paged(config.pageSize, cookie)]);
      if (result.code !== 0) throw refusal(`counting the entries below "${dn}"`, result);
      yield* entries;
      cookie = pagedCookie(result.controls);
    } while (cookie.length > 0);
  }
}

/** The same in any order. */
function sumOf(ids: Iterable<string>): bigint {
  let sum = 0n;
  for (const id of ids) sum += createHash('sha256').update(id).digest().readBigUInt64BE();
  return BigInt.asUintN(64, sum);
}
