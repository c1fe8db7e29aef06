/**
 * Changes of Active Directory by its control DirSync (MS-ADTS 3.1.1.3.4.1.3): attributes that changed, of all that stands in a naming
 * context, whatever the filter of the connection: what left it, or was deleted, has lost what it was found by. So each change says which
 * entry to read again (again.ts); only memberships are taken as they are told, since a group may be of any size.
 */
import { RollcallError } from '#core/errors';
import { DIRSYNC_INCREMENTAL, dirSync, dirSyncAnswer } from '#protocols/ldap/controls';
import { EntryDecoder, type LdapEntry } from '#protocols/ldap/entry';
import { EVERYTHING, filterNames, NOTHING } from '#protocols/ldap/filter';
import { search } from '#protocols/ldap/requests';
import type { LdapResult } from '#protocols/ldap/responses';
import { INSUFFICIENT_ACCESS, UNAVAILABLE_CRITICAL_EXTENSION, UNWILLING } from '#protocols/ldap/result-codes';
import { readAgain, type Told, withRenames } from './again.ts';
import type { ChangeReader, Feed } from './changes.ts';
import { filterOf } from './config.ts';
import { contextsOf, formatPlace, parsePlace, stateOf } from './domain.ts';
import { refusal, unknownPlace } from './faults.ts';
import { all, type Live } from './session.ts';
import { type Stream, streamOf } from './stream.ts';

export const dirsync: Feed = {
  async places(live, { config }) {
    const places: string[] = [];
    for (const context of contextsOf(live, config)) {
      const state = await stateOf(live, config, context);
      places.push(formatPlace(state, await cookieOfNow(live, context)));
    }
    return places;
  },
  async *changes(reader, given, signal) {
    const { live, reading } = reader;
    const contexts = contextsOf(live, reading.config);
    const places: string[] = [];
    const told: Told[] = [];
    const ends: number[] = [];
    for (const [i, context] of contexts.entries()) {
      const state = await stateOf(live, reading.config, context);
      let { cookie } = parsePlace(given[i], state);
      for (let more = true; more; ) {
        const stream = ask(live, context, cookie, signal);
        for (const one of await toldOf(stream, reader)) told.push(one);
        ({ more, cookie } = answerOf(stream.result(), context));
      }
      places.push(formatPlace(state, cookie));
      ends.push(told.length);
    }
    // A member may be renamed in one context, and go from a group in another.
    const settled = withRenames(told);
    for (const [i, context] of contexts.entries())
      yield* readAgain(reader, context, settled.slice(ends[i - 1] ?? 0, ends[i]), signal);
    return places;
  },
};

function ask(live: Live, context: string, cookie: Buffer, signal: AbortSignal): Stream {
  const decoder = new EntryDecoder((type) => live.schema[type]?.type === 'binary', true);
  // All attributes: an entry of which none of those asked for changed is not shown, and any may be in the filter of the connection.
  const request = search({ base: context, scope: 'sub', filter: EVERYTHING, attributes: ['*'] });
  return streamOf({ ...live, decoder }, request, [dirSync(DIRSYNC_INCREMENTAL, cookie)], signal);
}

/** Of a search that finds nothing, in as many rounds as the server likes. */
async function cookieOfNow(live: Live, context: string): Promise<Buffer> {
  const request = { base: context, scope: 'sub', filter: NOTHING, attributes: ['1.1'] } as const;
  let cookie: Buffer = Buffer.alloc(0);
  for (let more = true; more; ) {
    const { result } = await all(live.client, live.decoder, request, [dirSync(DIRSYNC_INCREMENTAL, cookie)]);
    if (result.code !== 0) throw refused(result, context);
    ({ more, cookie } = answerOf(result, context));
  }
  return cookie;
}

function answerOf(result: LdapResult, context: string): { readonly more: boolean; readonly cookie: Buffer } {
  if (result.code === UNAVAILABLE_CRITICAL_EXTENSION || result.code === UNWILLING)
    throw unknownPlace(`the server does not know the place of the last read any more: ${result.text.slice(0, 200)}`);
  if (result.code !== 0) throw refused(result, context);
  const answer = dirSyncAnswer(result.controls);
  if (answer !== null && answer.cookie.length > 0) return answer;
  throw new RollcallError('configuration', `the server does not say where the changes of "${context}" stand`, {
    remedy: 'say deltas: none, and it is read in full each time',
  });
}

function refused(result: LdapResult, context: string): RollcallError {
  const fault = refusal(`asking "${context}" for its changes`, result);
  if (result.code !== INSUFFICIENT_ACCESS) return fault;
  return new RollcallError('permission', fault.message, {
    remedy: 'give the account "Replicating Directory Changes" on the domain, or say deltas: timestamps',
  });
}

/** Comes with every entry, changed or not. */
const ALWAYS: ReadonlySet<string> = new Set(['objectGUID', 'instanceType']);

/** All of a round: one connection carries what is read again as well, and would not while it waits for the rest of this. */
async function toldOf(stream: Stream, { finding, live, reading }: ChangeReader): Promise<readonly Told[]> {
  const own = filterOf(reading.config);
  const filtered = own === null ? new Set<string>() : filterNames(own);
  const { leaves } = finding.view;
  const tells = (name: string): boolean => !ALWAYS.has(name) && (!leaves(name) || filtered.has(name.toLowerCase()));
  const isList = (name: string): boolean => live.schema[name]?.multi === true && !filtered.has(name.toLowerCase());

  function meaningOf({ dn, attributes, edits = new Map() }: LdapEntry): Told | null {
    const [id] = attributes['objectGUID'] ?? [];
    if (typeof id !== 'string') return null;
    const has = (name: string): boolean => attributes[name] !== undefined;
    if (String(attributes['isDeleted']?.[0]).toUpperCase() === 'TRUE') return { id, dn, change: 'gone' };
    if (has('objectClass') || has('name') || has('parentGUID')) return { id, dn, change: has('objectClass') ? 'whole' : 'moved' };
    const names = Object.keys(attributes).filter(tells);
    const lists = [...edits].filter(([name]) => tells(name));
    if (names.length === 0 && lists.length === 0) return null;
    // Who was deleted is no longer called what the group knew.
    const told = names.length === 0 && lists.every(([name, { remove }]) => isList(name) && !remove.some(isTombstone));
    if (!told) return { id, dn, change: 'whole' };
    const of = (edit: 'add' | 'remove') =>
      Object.fromEntries(lists.flatMap(([name, list]) => (list[edit].length === 0 ? [] : [[name, list[edit].map(String)]])));
    return { id, dn, change: 'lists', add: of('add'), remove: of('remove') };
  }

  const told: Told[] = [];
  for await (const events of stream)
    for (const event of events) {
      const meaning = event.type === 'entry' ? meaningOf(event.entry) : null;
      if (meaning !== null) told.push(meaning);
    }
  return told;
}

function isTombstone(value: unknown): boolean {
  return typeof value === 'string' && value.includes('\\0ADEL:');
}
