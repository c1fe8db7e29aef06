/** Entries that other servers hold (RFC 4511 4.5.3): read there where the settings say so, by the same account and with the same care. */
import type { ReadObject } from '#connectors/contract';
import { type Fault, RollcallError } from '#core/errors';
import { nameKey } from '#protocols/ldap/names';
import type { Scope } from '#protocols/ldap/requests';
import type { Skipped } from '../files/skipped.ts';
import { parseUrl } from './config.ts';
import type { Address } from './connect.ts';
import { searchPages } from './pages.ts';
import { attributesFor, cutShort, filterFor, findingOf, type Reading } from './reading.ts';
import type { Live } from './session.ts';
import { viewOf } from './view.ts';

/** Servers that name servers that name servers: longer chains are circles. */
const MOST = 100;

interface Place {
  readonly address: Address;
  readonly dn: string;
  readonly scope: Scope;
}

/** `ldap://host/dn??scope` (RFC 4516); null for what is none, or names no entry. */
export function placeOf(url: string, startTls: boolean): Place | null {
  const match = /^(ldaps?:\/\/[^/?]+)\/([^?]+)(?:\?[^?]*(?:\?(base|one|sub))?(?:\?.*)?)?$/i.exec(url);
  const address = match === null ? null : parseUrl(match[1]!, startTls);
  if (address === null) return null;
  try {
    const dn = decodeURIComponent(match![2]!);
    return nameKey(dn) === null ? null : { address, dn, scope: (match![3]?.toLowerCase() ?? 'sub') as Scope };
  } catch {
    return null;
  }
}

/** `names`: of attributes that were seen. @throws RollcallError where one of them cannot be read: what it holds is not gone */
export async function* readElsewhere(
  reading: Reading,
  skipped: Skipped,
  references: readonly (readonly string[])[],
  names: Set<string>,
  signal: AbortSignal,
): AsyncGenerator<readonly ReadObject[]> {
  const waiting = [...references];
  const seen = new Set<string>();
  for (let urls = waiting.shift(); urls !== undefined; urls = waiting.shift()) {
    if (urls.some((url) => seen.has(url))) continue;
    for (const url of urls) seen.add(url);
    if (seen.size > MOST)
      throw new RollcallError('configuration', `more than ${MOST} servers name one another`, { remedy: 'say referrals: ignore' });
    const { live, place } = await reached(reading, urls);
    try {
      const view = viewOf(reading.config, live, reading.clears);
      const request = {
        base: place.dn,
        scope: place.scope,
        filter: filterFor(reading.config, view),
        attributes: attributesFor(live),
      };
      const finding = findingOf(reading, live, view, skipped);
      for await (const { entries, references: more, result } of searchPages(finding, request, signal, names)) {
        yield entries;
        waiting.push(...more);
        const fault = result === null ? undefined : cutShort(place.dn, result);
        if (fault !== undefined) throw new RollcallError(fault.kind, fault.message, fault);
      }
    } finally {
      await live.client.close();
    }
  }
}

/** The first of several that answers. */
async function reached({ session, config }: Reading, urls: readonly string[]) {
  let last: unknown;
  for (const url of urls) {
    const place = placeOf(url, config.startTls);
    if (place === null) continue;
    try {
      return { live: await session.at(place.address), place };
    } catch (error) {
      last = error;
    }
  }
  if (last instanceof RollcallError) throw last;
  throw new RollcallError('unavailable', `the server names another one by what is no URL: ${String(urls[0]).slice(0, 200)}`, {
    remedy: 'correct the entry of class referral, or say referrals: ignore',
  });
}

/** One fault, where there are any. What this server itself has is no other place: Active Directory names its configuration so. */
export function unfollowed(references: readonly (readonly string[])[], { address, directory }: Live): readonly Fault[] {
  const own = new Set(directory.namingContexts.map(nameKey));
  const isOwn = (url: string): boolean => {
    const place = placeOf(url, false);
    return place !== null && own.has(nameKey(place.dn));
  };
  const others = references.filter((urls) => !urls.some(isOwn));
  if (others.length === 0) return [];
  const message = `${address} names ${others.length} other places, such as ${String(others[0]![0]).slice(0, 200)}, which were not read`;
  const remedy = 'say referrals: follow, or make a connection of its own for what is there';
  return [{ kind: 'configuration', message, where: {}, remedy, carried: true }];
}
