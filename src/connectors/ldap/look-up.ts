/** Single entries, by anchor or by a value. */
import type { ReadObject } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { allOf, equals, type Filter } from '#protocols/ldap/filter';
import { guidBytes, sidBytes } from '#protocols/ldap/ids';
import { isWithin, nameKey } from '#protocols/ldap/names';
import type { SearchRequest } from '#protocols/ldap/requests';
import { NO_SUCH_OBJECT, SIZE_LIMIT } from '#protocols/ldap/result-codes';
import { canonicalDescription } from '#protocols/ldap/schema';
import { basesOf, type LdapConfig } from './config.ts';
import { refusal } from './faults.ts';
import { completeRanges } from './ranges.ts';
import { attributesFor, filterFor, type Reading } from './reading.ts';
import { all, type Live } from './session.ts';
import { anchorOf, type View, viewOf } from './view.ts';

/** Of one value there are few, or it tells nothing. */
const MOST = 1000;

/** The comparison of an attribute with a value as it is shown, ids included. */
export function equalsShown(attribute: string, value: string): Filter {
  const bytes = attribute === 'objectGUID' ? guidBytes(value) : attribute === 'objectSid' ? sidBytes(value) : null;
  return equals(attribute, bytes ?? value);
}

export async function lookUp(
  reading: Reading,
  by: { readonly anchor: string } | { readonly attribute: string; readonly value: string },
  kind: string,
): Promise<readonly ReadObject[]> {
  const live = await reading.session.live();
  const view = viewOf(reading.config, live, reading.clears);
  const found: ReadObject[] = [];
  for (const request of requestsFor(by, reading.config, live, view)) {
    const { entries, result } = await all(live.client, live.decoder, { ...request, sizeLimit: MOST });
    if (result.code === NO_SUCH_OBJECT && live.directory.anchor !== 'dn') throw baseGone(request.base);
    if (![0, NO_SUCH_OBJECT, SIZE_LIMIT].includes(result.code)) throw refusal(`a look-up at "${request.base}"`, result);
    for (const entry of entries) {
      const object = tryObject(await completeRanges(live, entry), view);
      if (object !== null && object.kind === kind && !found.some((one) => one.anchor === object.anchor)) found.push(object);
    }
  }
  return 'anchor' in by ? found.filter((object) => object.anchor === by.anchor) : found;
}

function requestsFor(
  by: { readonly anchor: string } | { readonly attribute: string; readonly value: string },
  config: LdapConfig,
  live: Live,
  view: View,
): SearchRequest[] {
  const attributes = attributesFor(live);
  const { anchor } = live.directory;
  const bases = basesOf(config);
  if ('anchor' in by && anchor === 'dn') {
    const within = bases.some(({ dn }) => isWithin(by.anchor, nameKey(dn) ?? dn));
    return within ? [{ base: by.anchor, scope: 'base', filter: filterFor(config, view), attributes }] : [];
  }
  const attribute = 'anchor' in by ? anchor : canonicalDescription(by.attribute);
  const value = 'anchor' in by ? by.anchor : by.value;
  if (attribute === null) return [];
  const filter = allOf([equalsShown(attribute, value), filterFor(config, view)]);
  return bases.map(({ dn, scope }) => ({ base: dn, scope, filter, attributes }));
}

/** An entry without an anchor is no answer. */
function tryObject(entry: Parameters<View['objectOf']>[0], view: View): ReadObject | null {
  try {
    return view.objectOf(entry);
  } catch (error) {
    if (error instanceof RollcallError) return null;
    throw error;
  }
}

/** The DN of what has this anchor now, wherever it stands; null where nothing has. */
export async function dnOf(live: Live, config: LdapConfig, anchor: string): Promise<string | null> {
  const { directory, client, decoder } = live;
  if (directory.anchor === 'dn') return anchor;
  for (const { dn, scope } of basesOf(config)) {
    const filter = equalsShown(directory.anchor, anchor);
    const { entries, result } = await all(client, decoder, { base: dn, scope, filter, attributes: [directory.anchor] });
    if (result.code === NO_SUCH_OBJECT) throw baseGone(dn);
    if (result.code !== 0) throw refusal(`a look-up at "${dn}"`, result);
    const found = entries.find((entry) => anchorOf(entry, directory.anchor) === anchor);
    if (found !== undefined) return found.dn;
  }
  return null;
}

/** It says nothing of what stood below it, which may have been moved with it: nothing there is known to be gone. */
export function baseGone(dn: string): RollcallError {
  return new RollcallError('configuration', `there is no "${dn.slice(0, 512)}", or the account may not see it`, {
    remedy: 'correct base, or put the entry back with what stands below it',
  });
}
