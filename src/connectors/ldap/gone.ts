/** What is said to be gone, looked for: it may stand elsewhere. */
import type { Change, ReadObject } from '#connectors/contract';
import type { LdapEntry } from '#protocols/ldap/entry';
import { allOf, anyOf, equals } from '#protocols/ldap/filter';
import { isWithin, nameKey } from '#protocols/ldap/names';
import { type SearchRequest, search } from '#protocols/ldap/requests';
import type { ChangeReader } from './changes.ts';
import { type Base, basesOf, isInBases } from './config.ts';
import { HAS_SUBORDINATES } from './directory.ts';
import { readAnew, unknownPlace } from './faults.ts';
import { attributesFor, filterFor } from './reading.ts';
import { all, type Live } from './session.ts';

/** Entries asked for at a time. */
const BATCH = 100;

/** What stands below an entry is not said to be gone when that one is moved to where nothing is read. */
export async function expectNoneMoved(
  { live, reading, isContainer }: ChangeReader,
  { dn }: Base,
  ids: readonly string[],
): Promise<void> {
  const key = nameKey(dn) ?? '';
  const context = live.directory.namingContexts.find((one) => isWithin(key, nameKey(one) ?? one));
  if (context === undefined || nameKey(context) === key) return;
  for (let at = 0; at < ids.length; at += BATCH) {
    const filter = anyOf(ids.slice(at, at + BATCH).map((id) => equals('entryUUID', id)));
    const request = { base: context, scope: 'sub', filter, attributes: [HAS_SUBORDINATES] } as const;
    const { entries, result } = await all(live.client, live.decoder, request);
    if (result.code !== 0) throw unknownPlace(`it cannot be seen in "${context}" whether what went was moved (${result.code})`);
    const moved = entries.find((entry) => isContainer(entry) && !isInBases(nameKey(entry.dn) ?? '', reading.config));
    if (moved !== undefined)
      throw readAnew(`"${moved.dn.slice(0, 512)}" was moved out of what is read, with what stands below it`);
  }
}

/**
 * What is said to be gone, as it is now. It may stand below another base: there, slapd says of all that was changed elsewhere that it is
 * gone (the replay of syncprov's session log); or it was moved from one base to another.
 */
export async function* asTheyAre(reader: ChangeReader, ids: readonly string[]): AsyncGenerator<readonly (ReadObject | Change)[]> {
  const { live, reading, finding } = reader;
  for (let at = 0; at < ids.length; at += BATCH) {
    const out: (ReadObject | Change)[] = [];
    const batch = ids.slice(at, at + BATCH);
    const gone = new Set(batch);
    const any = anyOf(batch.map((id) => equals('entryUUID', id)));
    for (const { dn, scope } of basesOf(reading.config)) {
      const filter = allOf([any, filterFor(reading.config, finding.view)]);
      const { entries, result } = await sized(live, { base: dn, scope, filter, attributes: attributesFor(live) });
      if (result.code !== 0) throw unknownPlace(`it cannot be seen below "${dn}" whether what went is there (${result.code})`);
      for (const { entry, bytes } of entries) {
        gone.delete(String(entry.attributes['entryUUID']?.[0]));
        const object = reader.shown(entry, bytes);
        if (object !== null) out.push(object);
      }
    }
    for (const id of gone) for (const one of reader.gone(id)) out.push(one);
    yield out;
  }
}

/** Not as a stream: that would wait while nobody takes the changes. */
async function sized({ client, decoder }: Live, request: SearchRequest) {
  const entries: { readonly entry: LdapEntry; readonly bytes: number }[] = [];
  const found = client.search(search(request), [], {
    entry(response) {
      const bytes = response.body.end - response.body.at;
      entries.push({ entry: decoder.read(response), bytes });
    },
  });
  return { result: await found.result, entries };
}
