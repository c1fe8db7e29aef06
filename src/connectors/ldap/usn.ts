/**
 * Changes of Active Directory for an account that may not use DirSync: whatever has a higher uSNChanged than the controller had counted
 * (MS-ADTS 3.1.1.1.9). That says which entry changed and nothing else, so each is taken for one that was renamed: what refers to it, and
 * what stands below it, is read again with it.
 */
import { RollcallError } from '#core/errors';
import { showDeleted } from '#protocols/ldap/controls';
import type { LdapEntry } from '#protocols/ldap/entry';
import { allOf, equals } from '#protocols/ldap/filter';
import { nameKey } from '#protocols/ldap/names';
import { entryPages, isLeaf, readAgain, type Told } from './again.ts';
import type { ChangeReader, Feed } from './changes.ts';
import { contextsOf, formatPlace, parsePlace, stateOf } from './domain.ts';
import { all, type Live } from './session.ts';

export const counted: Feed = {
  async places(live, { config }) {
    const places: string[] = [];
    for (const context of contextsOf(live, config)) {
      await checkSeesDeleted(live, context);
      places.push(formatPlace(await stateOf(live, config, context)));
    }
    return places;
  },
  async *changes(reader, given, signal) {
    const { live, reading } = reader;
    const places: string[] = [];
    for (const [i, context] of contextsOf(live, reading.config).entries()) {
      const state = await stateOf(live, reading.config, context);
      const { usn } = parsePlace(given[i], state);
      await checkSeesDeleted(live, context);
      const filter = { compare: '>=', attribute: 'uSNChanged', value: String(usn + 1n) } as const;
      const request = { base: context, scope: 'sub', filter, attributes: ['objectGUID', 'objectClass', 'isDeleted'] } as const;
      for await (const entries of entryPages(live, request, signal, [showDeleted]))
        yield* readAgain(reader, context, toldOf(entries, context, reader), signal);
      places.push(formatPlace(state));
    }
    return places;
  },
};

function toldOf(entries: readonly LdapEntry[], context: string, { finding }: ChangeReader): Told[] {
  const told: Told[] = [];
  for (const { dn, attributes } of entries) {
    const [guid] = attributes['objectGUID'] ?? [];
    const classes = attributes['objectClass'] ?? [];
    // The context itself changes all the time, and its name never.
    if (typeof guid !== 'string' || nameKey(dn) === nameKey(context)) continue;
    if (isLeaf(classes) && finding.view.kinds.of(classes) === null) continue;
    told.push({ id: guid, dn, change: String(attributes['isDeleted']?.[0]).toUpperCase() === 'TRUE' ? 'gone' : 'moved' });
  }
  return told;
}

/**
 * Usually administrators alone see what was deleted, and to others it would look as if nothing ever were. Whoever sees one such entry sees
 * them: each domain has some, as they stay for half a year. @throws RollcallError `permission`
 */
async function checkSeesDeleted({ client, decoder }: Live, context: string): Promise<void> {
  const base = `CN=Deleted Objects,${context}`;
  const filter = allOf([equals('isDeleted', 'TRUE'), { present: 'lastKnownParent' }]);
  const request = { base, scope: 'sub', filter, attributes: ['1.1'], sizeLimit: 1 } as const;
  const { entries } = await all(client, decoder, request, [showDeleted]);
  if (entries.length > 0) return;
  throw new RollcallError('permission', `the account sees nothing of what was deleted: "${base}" has no entries for it`, {
    remedy:
      'let it list and read what is in there (dsacls), give it "Replicating Directory Changes" for deltas: dirsync, or say deltas: none',
  });
}
