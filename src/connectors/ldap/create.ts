/** A new entry. */
import type { WriteItem, WriteResult } from '#connectors/contract';
import { parseDn } from '#core/dn';
import { RollcallError } from '#core/errors';
import type { Kind } from '#core/values';
import { createdEntry, type Edits, findName } from '#protocols/ldap/edits';
import { USUAL_CLASSES } from '#protocols/ldap/kinds';
import type { LdifAttributes, LdifValue } from '#protocols/ldap/ldif';
import { isWithin, nameKey } from '#protocols/ldap/names';
import { add } from '#protocols/ldap/requests';
import { ENABLED, enabledValue, lockOf } from './account.ts';
import { basesOf, type LdapConfig, type Vendor } from './config.ts';
import { refusal } from './faults.ts';
import { NO_MEMBER, needsMember } from './members.ts';
import { described, sent } from './modifications.ts';
import { storedAnswer, storedControls } from './stored.ts';
import type { Writing } from './write.ts';

/** Where the settings name none. */
export function usualClasses(vendor: Vendor, kind: Kind): readonly string[] | null {
  return CLASSES[vendor]?.[kind] ?? USUAL_CLASSES[kind] ?? null;
}

const CLASSES: { readonly [vendor in Vendor]?: { readonly [kind: string]: readonly string[] } } = {
  activeDirectory: { person: ['top', 'person', 'organizationalPerson', 'user'], group: ['top', 'group'] },
};

const EXAMPLE = '${"uid=" + person.login + ",ou=people,dc=example,dc=org"}';

export async function createEntry(item: WriteItem, writing: Writing): Promise<WriteResult> {
  const { live, reading } = writing;
  const dn = nameOf(item, reading.config);
  const { vendor } = live.directory;
  const { [ENABLED]: enabled, ...others } = item.set;
  const set: { [name: string]: Edits['set'][string] } = Object.create(null);
  for (const [name, value] of Object.entries(others)) set[described(name)] = sent(described(name), value, live.schema);
  const lock = item.kind === 'person' ? lockOf(vendor, live.schema) : null;
  if (lock !== null && set[lock] === undefined) {
    const unlocked = vendor !== 'activeDirectory' || findName(set, 'unicodePwd') !== undefined;
    const value = enabledValue(vendor, enabled !== false && unlocked, undefined);
    if (value !== null) set[lock] = value;
  }
  const classes = reading.config.objectClasses[item.kind] ?? usualClasses(vendor, item.kind);
  const { attributes } = createdEntry(dn, { ...item, set }, classes);
  if (findName(attributes, 'objectClass') === undefined) throw classless(item.kind);
  if (vendor === 'activeDirectory') checkLogonName(attributes, dn);
  const member = needsMember(attributes['objectClass']!);
  if (member !== null && findName(attributes, member) === undefined) attributes[member] = [NO_MEMBER];
  const result = await live.client.request(add(dn, Object.entries<readonly LdifValue[]>(attributes)), storedControls(live));
  if (result.code !== 0) throw refusal('the entry cannot be created', result, { object: dn.slice(0, 512) });
  return await storedAnswer(writing, dn, result);
}

/** Active Directory makes one up where none is given: nobody could sign in by it. */
function checkLogonName(attributes: LdifAttributes, dn: string): void {
  const classes = attributes['objectClass']!.map((name) => String(name).toLowerCase());
  if (!classes.some((name) => name === 'user' || name === 'group') || findName(attributes, 'sAMAccountName') !== undefined)
    return;
  throw new RollcallError('invalidValue', 'a new account or group of Active Directory needs a sAMAccountName', {
    where: { object: dn.slice(0, 512), attribute: 'sAMAccountName' },
    remedy: 'let the export rule write it, such as sAMAccountName: login',
  });
}

/** What is made outside of what is read would never be seen again. */
export function nameOf({ name }: WriteItem, config: LdapConfig): string {
  if (name === undefined || parseDn(name) === null || name.trim() === '') {
    throw new RollcallError('invalidValue', name === undefined ? 'a new entry needs a DN' : 'the name is no DN', {
      where: name === undefined ? {} : { object: name.slice(0, 512) },
      remedy: `${name === undefined ? 'add dn to' : 'correct dn in'} the export rule: ${EXAMPLE}`,
    });
  }
  const key = nameKey(name)!;
  if (basesOf(config).some(({ dn }) => isWithin(key, nameKey(dn)!))) return name;
  throw new RollcallError('invalidValue', 'the name is below none of the bases that are read', {
    where: { object: name.slice(0, 512) },
    remedy: 'correct dn in the export rule, or name its place under base',
  });
}

function classless(kind: string): RollcallError {
  return new RollcallError('configuration', `nothing says which classes an entry of kind "${kind}" has`, {
    remedy: `add them to the connection: objectClasses: { ${kind}: [top, …] }`,
  });
}
