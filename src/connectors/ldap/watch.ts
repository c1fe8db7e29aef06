/** Hearing of changes: a search that does not end, on a connection of its own, rings for each of them; `read` then says what changed. */
import { type Bell, createBell } from '#core/bell';
import { RollcallError } from '#core/errors';
import { syncRequest } from '#protocols/ldap/controls';
import { EVERYTHING } from '#protocols/ldap/filter';
import { search } from '#protocols/ldap/requests';
import { type Base, basesOf } from './config.ts';
import { refusal } from './faults.ts';
import type { Reading } from './read.ts';
import { type Live, one } from './session.ts';
import { streamOf } from './stream.ts';
import { syncPlace } from './syncrepl.ts';

/** How often a silent server is asked whether it is still there: a network that drops everything looks like nothing to tell. */
const PROBE_MS = 30_000;

/** @throws RollcallError when the server cannot be listened to, or no more */
export async function* watchChanges({ session, config }: Reading, signal: AbortSignal): AsyncGenerator<void> {
  if (signal.aborted) return;
  const live = await session.another();
  const bell = createBell();
  const stop = new AbortController();
  const probe = setInterval(() => void isThere(live).catch((error: unknown) => bell.fail(error)), PROBE_MS);
  try {
    if (live.directory.deltas !== 'syncrepl') throw deaf(live);
    for (const base of basesOf(config)) {
      const place = await syncPlace(live, base);
      listen(live, base, place, bell, stop.signal).catch((error: unknown) => bell.fail(error));
    }
    yield* bell.heard(signal);
  } finally {
    clearInterval(probe);
    stop.abort();
    await live.client.close();
  }
}

/** Rings for whatever comes: the first is the end of the refresh, from which on it is listened (RFC 4533 3.4). */
async function listen(live: Live, { dn, scope }: Base, place: Buffer, bell: Bell, signal: AbortSignal): Promise<void> {
  const operation = search({ base: dn, scope, filter: EVERYTHING, attributes: ['1.1'] });
  const stream = streamOf(live, operation, [syncRequest('refreshAndPersist', place)], signal, true);
  for await (const _ of stream) bell.ring();
  throw refusal(`listening for changes below "${dn}"`, stream.result());
}

async function isThere({ client, decoder }: Live): Promise<void> {
  await one(client, decoder, { base: '', scope: 'base', filter: EVERYTHING, attributes: ['1.1'] });
}

function deaf({ address }: Live): RollcallError {
  return new RollcallError('configuration', `${address} cannot be listened to`, {
    remedy: 'load the overlay syncprov in OpenLDAP, or read its changes on a schedule',
  });
}
