/** What changed since a cursor, in the way that the server has (directory.ts): where each base stands, and what its changes mean. */
import { createHash } from 'node:crypto';
import type { Change, Cursor, Page, ReadObject } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import type { LdapEntry } from '#protocols/ldap/entry';
import { EVERYTHING, type Filter, formatFilter } from '#protocols/ldap/filter';
import { nameKey } from '#protocols/ldap/names';
import { type Skipped, skippedIn } from '../files/skipped.ts';
import { accesslog } from './accesslog.ts';
import { basesOf, filterOf, isInBases } from './config.ts';
import { HAS_SUBORDINATES, type Way } from './directory.ts';
import { dirsync } from './dirsync.ts';
import { unknownPlace } from './faults.ts';
import { modified } from './modified.ts';
import { type Finding, objectFrom, searchPages } from './pages.ts';
import { attributesFor, filterFor, findingOf, type Reading } from './reading.ts';
import type { Live } from './session.ts';
import { syncrepl } from './syncrepl.ts';
import { counted } from './usn.ts';
import { type View, viewOf } from './view.ts';

/** Some changes, and where the next ones begin. */
export interface Piece {
  readonly objects: readonly (ReadObject | Change)[];
  readonly place?: Buffer;
}

/** One way of asking. Places are texts of its own, as many as it likes, in an order of its own. */
export interface Feed {
  /** Where it stands now; nothing is read. */
  places(live: Live, reading: Reading): Promise<readonly string[]>;
  /** What changed since; answers where it stands then. @throws RollcallError `conflict` where that is not known any more */
  changes(reader: ChangeReader, places: readonly string[], signal: AbortSignal): AsyncGenerator<Page, readonly string[]>;
}

/** Active Directory counts its changes; others write the time of the last one to each entry. */
function feedOf({ directory }: Live, way: Exclude<Way, 'none'>): Feed {
  if (way === 'timestamps') return directory.vendor === 'activeDirectory' ? counted : modified;
  return { syncrepl, dirsync, accesslog }[way];
}

export interface ChangeReader {
  readonly live: Live;
  readonly reading: Reading;
  readonly finding: Finding;
  /** Entries of other classes too: below one that was renamed, every name is another. */
  readonly filter: Filter;
  readonly attributes: readonly string[];
  /** Null: not offered, or left out with a fault. */
  shown(entry: LdapEntry, bytes: number): ReadObject | null;
  /** What an anchor means that is gone: it is not said of what kind it was. */
  gone(anchor: string): readonly Change[];
  /** Others stand below it: it may have been renamed, and that is all that is said of them. To be asked before `shown`. */
  isContainer(entry: LdapEntry): boolean;
  /** What stands below a name now, as far as the bases go. */
  subtree(dn: string, signal: AbortSignal): AsyncGenerator<Piece>;
}

interface Place {
  readonly way: Way;
  /** Of what is searched for: another question has other answers. */
  readonly question: string;
  readonly places: readonly string[];
}

function questionOf({ config }: Reading, filter: Filter): string {
  const text = JSON.stringify([basesOf(config), formatFilter(filter), config.kinds, config.others]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}

function cursorOf(place: Place): Cursor {
  return JSON.stringify(place);
}

function placeOf(cursor: Cursor, way: Way, question: string): Place {
  let place: Place | null = null;
  try {
    place = JSON.parse(cursor) as Place | null;
  } catch {
    // Of another program, or nobody's.
  }
  if (place?.way === way && place.question === question && isPlaces(place.places)) return place;
  throw unknownPlace('the last read was of something else: another way of asking, base, filter or kind');
}

const isPlaces = (given: unknown): boolean =>
  Array.isArray(given) && given.length > 0 && given.every((one) => typeof one === 'string' && one !== '');

export async function currentCursor(reading: Reading, live: Live): Promise<Cursor> {
  const way = wayOf(live);
  const view = viewOf(reading.config, live, reading.clears);
  const places = await feedOf(live, way).places(live, reading);
  return cursorOf({ way, question: questionOf(reading, filterFor(reading.config, view)), places });
}

function wayOf({ directory, address }: Live): Exclude<Way, 'none'> {
  if (directory.deltas !== 'none') return directory.deltas;
  throw new RollcallError('configuration', `${address} has no way to ask for changes by the anchor ${directory.anchor}`, {
    remedy: 'say deltas: none, and it is read in full each time; or let the anchor be the id of the server itself (auto)',
  });
}

export async function* readChanges(reading: Reading, since: Cursor, signal: AbortSignal): AsyncGenerator<Page> {
  signal.throwIfAborted();
  const live = await reading.session.live();
  const way = wayOf(live);
  const view = viewOf(reading.config, live, reading.clears);
  const filter = filterFor(reading.config, view);
  const place = placeOf(since, way, questionOf(reading, filter));
  const skipped = skippedIn(live.address, 'entries', reading.warn);
  const reader = changeReader(reading, live, view, skipped);
  const places = yield* gathered(feedOf(live, way).changes(reader, place.places, signal));
  signal.throwIfAborted();
  const reason = skipped.reason();
  const next = cursorOf({ ...place, places });
  yield { objects: [], end: reason === undefined ? { complete: true, next } : { complete: false, reason, next } };
}

/** Objects a page: what comes one by one would be staged one by one. */
const GATHERED = 500;

async function* gathered<Places>(pages: AsyncGenerator<Page, Places>): AsyncGenerator<Page, Places> {
  let objects: (ReadObject | Change)[] = [];
  try {
    for (;;) {
      const next = await pages.next();
      if (next.done) {
        if (objects.length > 0) yield { objects };
        return next.value;
      }
      for (const object of next.value.objects) objects.push(object);
      if (objects.length < GATHERED) continue;
      yield { objects };
      objects = [];
    }
  } finally {
    await pages.return(undefined as Places);
  }
}

function changeReader(reading: Reading, live: Live, view: View, skipped: Skipped): ChangeReader {
  const { config } = reading;
  const finding = findingOf(reading, live, view, skipped);
  const own = filterOf(config);
  const offered = filterFor({ ...config, filter: undefined }, view);
  return {
    live,
    reading,
    finding,
    filter: own === null ? EVERYTHING : { or: [own, { not: offered }] },
    attributes: [...attributesFor(live), HAS_SUBORDINATES],
    shown: (entry, bytes) => objectFrom(entry, bytes, finding),
    gone: (anchor) => view.kinds.all().map((kind) => ({ op: 'delete', kind, anchor })),
    isContainer: ({ attributes }) => String(attributes[HAS_SUBORDINATES]?.[0]).toUpperCase() === 'TRUE',
    async *subtree(dn, signal) {
      if (basesOf(config).some((base) => nameKey(base.dn) === nameKey(dn))) return;
      const request = { base: dn, scope: 'sub', filter: filterFor(config, view), attributes: attributesFor(live) } as const;
      for await (const { entries, result } of searchPages(finding, request, signal)) {
        // A base may go less deep.
        yield { objects: entries.filter(({ name }) => isInBases(nameKey(name!) ?? '', config)) };
        if (result !== null && result.code !== 0) throw unknownPlace(`not all names below "${dn.slice(0, 512)}" could be read`);
      }
    },
  };
}
