/**
 * Changes by OpenLDAP's log of writes (slapo-accesslog), which is itself followed by content synchronisation, in the order of the writes. It tells which
 * values came into a list and went out of it, however long the list is; of any other change it says which entry to read again.
 */
import { parentDn } from '#core/dn';
import { controlValue, SYNC_STATE, syncRequest, syncState } from '#protocols/ldap/controls';
import { EntryDecoder, type LdapEntry } from '#protocols/ldap/entry';
import { allOf, EVERYTHING, equals, filterNames } from '#protocols/ldap/filter';
import { isWithin, nameKey } from '#protocols/ldap/names';
import { search } from '#protocols/ldap/requests';
import { canonicalDescription } from '#protocols/ldap/schema';
import { readAgain, type Told, withRenames } from './again.ts';
import { identityOfBases } from './bases.ts';
import type { ChangeReader, Feed } from './changes.ts';
import { type Base, filterOf, type LdapConfig } from './config.ts';
import { contextsOf } from './domain.ts';
import { refusal, unknownPlace } from './faults.ts';
import { all, type Live, one } from './session.ts';
import { streamOf } from './stream.ts';
import { syncEnd, syncPlace } from './syncrepl.ts';

export const logOf = ({ accessLog }: LdapConfig): Base => ({ dn: accessLog, scope: 'one' });

/** Places: what the bases are, the log's cookie in base64, and the DN of a record that the log had then, where it had any. */
export const accesslog: Feed = {
  async places(live, { config }) {
    const place = await syncPlace(live, logOf(config));
    const record = await recordOf(live, logOf(config), place);
    return [await identityOfBases(live, config), place.toString('base64'), ...(record === null ? [] : [record])];
  },
  async *changes(reader, [identity, given = '', known], signal) {
    const { live, reading } = reader;
    // A server that was set up anew has a log that begins with it: what is in it says nothing of what was before.
    if ((await identityOfBases(live, reading.config)) !== identity)
      throw unknownPlace('other entries stand at the bases than before');
    const before = Buffer.from(given, 'base64');
    const { told, place } = await toldSince(reader, before, signal);
    if (known !== undefined) await expectKept(live, known);
    const record = (place.equals(before) ? known : await recordOf(live, logOf(reading.config), place)) ?? known;
    for (const context of contextsOf(live, reading.config)) {
      const key = nameKey(context) ?? '';
      yield* readAgain(
        reader,
        context,
        told.filter(({ dn }) => isWithin(nameKey(dn) ?? '', key)),
        signal,
      );
    }
    return [identity, place.toString('base64'), ...(record === undefined ? [] : [record])];
  },
};

type Values = Map<string, Set<string>>;
/** What records say of one entry; values are gathered in place, since a group may have a record for each of many thousands. */
type Gathered =
  | Exclude<Told, { readonly change: 'lists' }>
  | { readonly id: string; readonly dn: string; readonly change: 'lists'; readonly add: Values; readonly remove: Values };

const ASKED = ['reqType', 'reqDN', 'reqEntryUUID', 'reqNewRDN', 'reqNewSuperior', 'reqMod'];

async function toldSince(
  reader: ChangeReader,
  before: Buffer,
  signal: AbortSignal,
): Promise<{ readonly told: readonly Told[]; readonly place: Buffer }> {
  const log = logOf(reader.reading.config);
  const filter = allOf([equals('objectClass', 'auditWriteObject'), equals('reqResult', '0')]);
  const request = search({ base: log.dn, scope: log.scope, filter, attributes: ASKED });
  // What the log calls octets is text, but where the value of an attribute is none.
  const live = { ...reader.live, decoder: new EntryDecoder() };
  const stream = streamOf(live, request, [syncRequest('refreshOnly', before)], signal);
  const gathered = new Map<string, Gathered>();
  const meaning = meaningOf(reader);
  let shown = false;
  for await (const events of stream)
    for (const event of events) {
      shown ||= event.type === 'entry';
      if (event.type !== 'entry' || isGone(controlValue(event.controls, SYNC_STATE))) continue;
      const one = meaning(event.entry);
      if (one !== null) gathered.set(one.id, merged(gathered.get(one.id), one));
    }
  return { told: withRenames([...gathered.values()].map(toldOf)), place: syncEnd(stream.result(), log, shown) ?? before };
}

/**
 * The newest record at a place, or else any: the log forgets the oldest first, so while it has that one it has all that came later. Null: it has
 * none. A cookie names the change numbers (entryCSN) up to which it goes, one of each server.
 */
async function recordOf({ client, decoder }: Live, { dn }: Base, place: Buffer): Promise<string | null> {
  const newest = (/csn=([^,]+)/.exec(place.toString())?.[1] ?? '').split(';').sort().at(-1)!;
  for (const filter of [equals('entryCSN', newest), EVERYTHING]) {
    const request = { base: dn, scope: 'one', filter, attributes: ['1.1'], sizeLimit: 1 } as const;
    const { entries, result } = await all(client, decoder, request);
    if (entries[0] !== undefined) return entries[0].dn;
    if (result.code !== 0) throw refusal(`reading "${dn}"`, result);
  }
  return null;
}

/** The server tells that it forgot something only where it is set to (syncprov-reloadhint). */
async function expectKept({ client, decoder }: Live, record: string): Promise<void> {
  const request = { base: record, scope: 'base', filter: EVERYTHING, attributes: ['1.1'] } as const;
  if ((await one(client, decoder, request)) === null)
    throw unknownPlace('the log of writes no longer reaches back to the last read');
}

/** The log forgets what is old. */
function isGone(state: Buffer | undefined): boolean {
  return state !== undefined && syncState(state).state === 'delete';
}

function meaningOf({ finding, live, reading }: ChangeReader): (record: LdapEntry) => Gathered | null {
  const own = filterOf(reading.config);
  const filtered = own === null ? new Set<string>() : filterNames(own);
  const { leaves } = finding.view;
  const isList = (name: string): boolean =>
    live.schema[name]?.multi === true && live.schema[name]?.type !== 'binary' && !filtered.has(name.toLowerCase());

  // The server's own are shown only when they are asked for, however that is spelled.
  const asked = new Set(live.directory.asked.map((name) => name.toLowerCase()));
  const isUnread = (name: string): boolean =>
    leaves(name) || (live.schema[name]?.readOnly === true && !asked.has(name.toLowerCase()));

  return ({ attributes }) => {
    const text = (name: string): string => String(attributes[name]?.[0] ?? '');
    const [type, dn, id] = [text('reqType').toLowerCase(), text('reqDN'), text('reqEntryUUID')];
    if (id === '') throw unknownPlace('the log does not say which entry was changed');
    if (type === 'delete') return { id, dn, change: 'gone' };
    if (type === 'modrdn')
      return { id, dn: `${text('reqNewRDN')},${text('reqNewSuperior') || (parentDn(dn) ?? '')}`, change: 'moved' };
    if (type !== 'modify') return { id, dn, change: 'whole' };
    const add: Values = new Map();
    const remove: Values = new Map();
    for (const modification of attributes['reqMod'] ?? []) {
      const [, named = '', sign, value] = /^([^:]*):(?:([-+=#]) ?)?(.*)$/s.exec(String(modification)) ?? [];
      // Stands between two changes of one attribute.
      if (modification === ':') continue;
      const name = canonicalDescription(named) ?? named;
      if (isUnread(name) && !filtered.has(name.toLowerCase())) continue;
      const list = sign === '+' ? add : sign === '-' ? remove : null;
      if (list === null || value === '' || typeof modification !== 'string' || !isList(name)) return { id, dn, change: 'whole' };
      valuesOf(list, name).add(value!);
    }
    if (add.size === 0 && remove.size === 0) return null;
    return { id, dn, change: 'lists', add, remove };
  };
}

const RANK = { lists: 0, whole: 1, moved: 2, gone: 3 } as const;

/** Two changes of one entry, in their order, as one. */
function merged(first: Gathered | undefined, second: Gathered): Gathered {
  if (first === undefined) return second;
  // Made again under the id that it had, as by a backup that was put back.
  if (first.change === 'gone' && second.change !== 'gone') return { id: second.id, dn: second.dn, change: 'moved' };
  if (first.change !== 'lists' || second.change !== 'lists')
    return RANK[first.change] > RANK[second.change] ? { ...first, dn: second.dn } : second;
  for (const [name, values] of second.remove) for (const value of values) move(value, name, first.add, first.remove);
  for (const [name, values] of second.add) for (const value of values) move(value, name, first.remove, first.add);
  return { ...first, dn: second.dn };
}

function move(value: string, name: string, from: Values, to: Values): void {
  from.get(name)?.delete(value);
  valuesOf(to, name).add(value);
}

function valuesOf(list: Values, name: string): Set<string> {
  const values = list.get(name) ?? new Set();
  list.set(name, values);
  return values;
}

function toldOf(one: Gathered): Told {
  if (one.change !== 'lists') return one;
  const edits = (values: Values) =>
    Object.fromEntries([...values].flatMap(([name, set]) => (set.size === 0 ? [] : [[name, [...set]]])));
  return { ...one, add: edits(one.add), remove: edits(one.remove) };
}
