/**
 * Changes by content synchronisation (RFC 4533), as OpenLDAP offers it: what was changed comes whole, what is gone by its entryUUID.
 * Cookies are bytes of the server's own.
 */
import type { Change, ReadObject } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import {
  controlValue,
  SYNC_DONE,
  SYNC_INFO,
  SYNC_STATE,
  type SyncMode,
  syncDone,
  syncInfo,
  syncRequest,
  syncState,
} from '#protocols/ldap/controls';
import { NOTHING } from '#protocols/ldap/filter';
import { uuidText } from '#protocols/ldap/ids';
import { search } from '#protocols/ldap/requests';
import type { LdapResult, ResponseControl } from '#protocols/ldap/responses';
import { isLimit, SYNC_REFRESH_REQUIRED, UNWILLING } from '#protocols/ldap/result-codes';
import type { ChangeReader, Feed, Piece } from './changes.ts';
import { type Base, basesOf } from './config.ts';
import { readAnew, refusal, unknownPlace } from './faults.ts';
import { asTheyAre, expectNoneMoved } from './gone.ts';
import { all, type Live } from './session.ts';
import { type SearchEvent, streamOf } from './stream.ts';

const SESSION_LOG = 'where that comes often: with a log of its sessions (syncprov-sessionlog) the server tells of what went';

/** A place is a base's cookie in base64. */
export const syncrepl: Feed = {
  async places(live, { config }) {
    const places: string[] = [];
    for (const base of basesOf(config)) places.push((await syncPlace(live, base)).toString('base64'));
    return places;
  },
  async *changes(reader, given, signal) {
    const places: string[] = [];
    for (const [i, base] of basesOf(reader.reading.config).entries()) {
      let last: Buffer = Buffer.from(given[i] ?? '', 'base64');
      for await (const piece of syncChanges(reader, base, last, 'refreshOnly', signal)) {
        last = piece.place ?? last;
        if (piece.objects.length > 0) yield { objects: piece.objects };
      }
      places.push(last.toString('base64'));
    }
    return places;
  },
};

/** Where the changes stand now, without reading any: of a search that finds nothing. */
export async function syncPlace({ client, decoder }: Live, { dn }: Base): Promise<Buffer> {
  const nothing = { base: dn, scope: 'base', filter: NOTHING, attributes: ['1.1'] } as const;
  const { result } = await all(client, decoder, nothing, [syncRequest('refreshOnly', null)]);
  if (result.code !== 0) throw refusal(`asking "${dn}" for its changes`, result);
  const cookie = doneOf(result.controls).cookie;
  if (cookie !== undefined && cookie.length > 0) return cookie;
  throw new RollcallError('configuration', `the server does not say where the changes of "${dn}" stand`, {
    remedy: 'load its overlay syncprov on that database, or say deltas: none',
  });
}

function doneOf(controls: readonly ResponseControl[]): ReturnType<typeof syncDone> {
  const value = controlValue(controls, SYNC_DONE);
  return value === undefined ? { refreshDeletes: false } : syncDone(value);
}

/**
 * What changed below one base since `cookie`; each piece with the cookie behind it, where the server gave one. With `refreshAndPersist` it
 * goes on as changes happen, until `signal` is aborted. @throws RollcallError `conflict` where the server cannot say what is gone
 */
export async function* syncChanges(
  reader: ChangeReader,
  base: Base,
  cookie: Buffer,
  mode: SyncMode,
  signal: AbortSignal,
): AsyncGenerator<Piece> {
  const { live, filter, attributes } = reader;
  const operation = search({ base: base.dn, scope: base.scope, filter, attributes });
  const stream = streamOf(live, operation, [syncRequest(mode, cookie)], signal, mode === 'refreshAndPersist');
  let shown = false;
  for await (const events of stream) {
    shown = true;
    const objects: (ReadObject | Change)[] = [];
    let last: Buffer | undefined;
    const gone: string[] = [];
    for (const event of events) {
      const moved = event.type === 'entry' && reader.isContainer(event.entry) ? event.entry.dn : null;
      const { change, gone: ids = [], place } = meaningOf(event, reader);
      for (const one of change) objects.push(one);
      for (const id of ids) gone.push(id);
      last = place ?? last;
      if (moved === null) continue;
      yield { objects: objects.splice(0) };
      yield* reader.subtree(moved, signal);
    }
    await expectNoneMoved(reader, base, gone);
    if (gone.length > 0) yield { objects: objects.splice(0) };
    for await (const now of asTheyAre(reader, gone)) yield { objects: now };
    yield last === undefined ? { objects } : { objects, place: last };
  }
  yield { objects: [], place: syncEnd(stream.result(), base, shown) ?? cookie };
}

interface Meaning {
  readonly change: readonly ReadObject[];
  /** Ids of what is gone. */
  readonly gone?: readonly string[];
  readonly place?: Buffer;
}

function meaningOf(event: SearchEvent, reader: ChangeReader): Meaning {
  if (event.type === 'info') {
    if (event.name !== SYNC_INFO) return { change: [] };
    const info = syncInfo(event.value);
    const place = info.cookie === undefined || info.cookie.length === 0 ? {} : { place: info.cookie };
    // What is still there, so that the rest is known to be gone: that is what a full read finds out.
    if (info.type === 'refreshPresent' || (info.type === 'ids' && !info.deleted))
      throw readAnew('the server keeps no account of what went since the last read', SESSION_LOG);
    return { change: [], ...(info.type === 'ids' ? { gone: info.uuids.map(uuidText) } : {}), ...place };
  }
  const value = controlValue(event.controls, SYNC_STATE);
  if (value === undefined) return { change: [] };
  const { state, uuid, cookie } = syncState(value);
  const place = cookie === undefined || cookie.length === 0 ? {} : { place: cookie };
  if (state === 'present') throw readAnew('the server keeps no account of what went since the last read', SESSION_LOG);
  if (state === 'delete') return { change: [], gone: [uuidText(uuid)], ...place };
  const { skipped } = reader.finding;
  const before = skipped.count;
  const object = reader.shown(event.entry, event.bytes);
  if (object !== null) return { change: [object], ...place };
  // An entry of another class now is none of what it was; one that cannot be used still is.
  return skipped.count > before ? { change: [], ...place } : { change: [], gone: [uuidText(uuid)], ...place };
}

/** Where a read of changes ended. Null: where it was. `shown`: entries came. @throws RollcallError `conflict` where that is not known */
export function syncEnd(result: LdapResult, { dn }: Base, shown: boolean): Buffer | null {
  if (result.code === SYNC_REFRESH_REQUIRED) throw unknownPlace('the server no longer knows what changed since the last read');
  // The answer to a cookie that is newer than what the server has: a copy of an older day was put back.
  if (result.code === UNWILLING) throw unknownPlace(`the server has an older state than was read before: ${result.text}`);
  // Changes do not come in pages, as a full read does.
  if (isLimit(result)) throw unknownPlace(`there are more changes below "${dn}" than a limit of the server lets through`);
  if (result.code !== 0) throw refusal(`reading the changes below "${dn}"`, result);
  const { cookie, refreshDeletes } = doneOf(result.controls);
  if (refreshDeletes && cookie !== undefined && cookie.length > 0) return cookie;
  // slapd says no new place where nothing changed; beside entries it means that it does not know the place it was given.
  if (refreshDeletes && !shown) return null;
  throw unknownPlace('the server does not know how far the last read came');
}
