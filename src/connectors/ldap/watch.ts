/** Hearing of changes: a search that does not end, on a connection of its own, rings for each of them; `read` then says what changed. */
import { type Bell, createBell } from '#core/bell';
import { RollcallError } from '#core/errors';
import { type Control, NOTIFICATION, notification, showDeleted, syncRequest } from '#protocols/ldap/controls';
import { EVERYTHING } from '#protocols/ldap/filter';
import { search } from '#protocols/ldap/requests';
import { logOf } from './accesslog.ts';
import { type Base, basesOf, type LdapConfig } from './config.ts';
import type { Way } from './directory.ts';
import { contextsOf } from './domain.ts';
import { refusal } from './faults.ts';
import type { Reading } from './reading.ts';
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
    for (const ear of await earsOf(live, config))
      listen(live, ear, bell, stop.signal).catch((error: unknown) => bell.fail(error));
    // The answer behind the searches: from here on they are heard. Notifications do not say so themselves.
    if (NOTIFIED.has(live.directory.deltas)) await isThere(live).then(bell.ring);
    yield* bell.heard(signal);
  } finally {
    clearInterval(probe);
    stop.abort();
    await live.client.close();
  }
}

/** Of Active Directory. */
const NOTIFIED: ReadonlySet<Way> = new Set<Way>(['dirsync', 'timestamps']);

interface Ear extends Base {
  readonly controls: readonly Control[];
}

/** Active Directory tells of what is below a naming context, with deletes where deleted entries may be shown (MS-ADTS 3.1.1.3.4.1.9). */
async function earsOf(live: Live, config: LdapConfig): Promise<readonly Ear[]> {
  const { deltas, controls } = live.directory;
  if (NOTIFIED.has(deltas) && controls.has(NOTIFICATION))
    return contextsOf(live, config).map((dn) => ({ dn, scope: 'sub', controls: [notification, showDeleted] }));
  if (deltas !== 'syncrepl' && deltas !== 'accesslog') throw deaf(live);
  const ears: Ear[] = [];
  for (const base of deltas === 'accesslog' ? [logOf(config)] : basesOf(config))
    ears.push({ ...base, controls: [syncRequest('refreshAndPersist', await syncPlace(live, base))] });
  return ears;
}

/** Rings for whatever comes: with syncrepl the first is the end of the refresh, from which on it is listened (RFC 4533 3.4). */
async function listen(live: Live, { dn, scope, controls }: Ear, bell: Bell, signal: AbortSignal): Promise<void> {
  const operation = search({ base: dn, scope, filter: EVERYTHING, attributes: ['1.1'] });
  const stream = streamOf(live, operation, controls, signal, true);
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
