/** An entry as the engine sees it: kind by class, anchor as the server has it, one value bare and several as a list. */
import type { ReadObject } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { bare } from '#core/values';
import { findName } from '#protocols/ldap/edits';
import type { LdapEntry } from '#protocols/ldap/entry';
import { Kinds } from '#protocols/ldap/kinds';
import type { LdifAttributes, LdifValue } from '#protocols/ldap/ldif';
import { nameKey } from '#protocols/ldap/names';
import { ENABLED, isEnabled, lockOf } from './account.ts';
import type { LdapConfig } from './config.ts';
import { NO_MEMBER, needsMember } from './members.ts';
import type { Live } from './session.ts';

/**
 * What changes without anybody changing the entry, what the server works out from other entries (a delta of this one does not show
 * it), and what only servers understand. Named in `operational`, each is read all the same.
 */
const NOISE = [
  'entryCSN modifyTimestamp modifiersName uSNChanged whenChanged uSNCreated dSCorePropagationData',
  'lastLogon lastLogoff lastLogonTimestamp logonCount badPwdCount badPasswordTime pwdFailureTime pwdLastSuccess authTimestamp',
  'memberOf directReports managedObjects tokenGroups structuralObjectClass subschemaSubentry hasSubordinates contextCSN',
  'nTSecurityDescriptor replPropertyMetaData replUpToDateVector logonHours userParameters msDS-RevealedUsers',
  'userPassword unicodePwd dBCSPwd lmPwdHistory ntPwdHistory supplementalCredentials pwdHistory sambaNTPassword sambaLMPassword',
].flatMap((names) => names.split(' '));

export interface View {
  /** Null: not offered. @throws RollcallError invalidValue for one without a usable anchor */
  objectOf(entry: LdapEntry): ReadObject | null;
  readonly kinds: Kinds;
  /** Whether an attribute of this name is never shown. */
  leaves(name: string): boolean;
}

export function viewOf(
  config: LdapConfig,
  { directory, schema }: Pick<Live, 'directory' | 'schema'>,
  clears: readonly string[] = [],
): View {
  const kinds = new Kinds(config.kinds, config.others);
  const lower = (names: readonly string[]): string[] => names.map((name) => name.toLowerCase());
  const wanted = new Set(lower(config.operational));
  const ignored = new Set([...lower(NOISE).filter((name) => !wanted.has(name)), ...lower(config.ignore)]);
  const left = new Map<string, boolean>();
  const leaves = (name: string): boolean => {
    let known = left.get(name);
    if (known !== undefined) return known;
    known = ignored.has(name.split(';')[0]!.toLowerCase()) || ignored.has(name.toLowerCase());
    left.set(name, known);
    return known;
  };
  const { anchor, version, vendor } = directory;
  const locks = lockOf(vendor, schema) !== null;

  function objectOf(entry: LdapEntry): ReadObject | null {
    const { dn, attributes: values } = entry;
    const kind = kinds.of(values['objectClass'] ?? []);
    if (kind === null) return null;
    const own = anchorOf(entry, anchor);
    const needs = kind === 'group' ? needsMember(values['objectClass'] ?? []) : null;
    const enabled = kind === 'person' && locks ? isEnabled(vendor, values) : null;
    const time = version === null ? undefined : (values['whenChanged'] ?? values['modifyTimestamp'] ?? values[version]);
    const attributes = bare<LdifValue | readonly LdifValue[] | boolean | null>();
    for (const name in values) {
      if (leaves(name)) continue;
      const list = needs === name ? values[name]!.filter((value) => value !== NO_MEMBER) : values[name]!;
      if (list.length > 0) attributes[name] = list.length === 1 ? list[0]! : list;
    }
    if (enabled !== null) attributes[ENABLED] = enabled;
    for (const name of clears) if (findName(attributes, name) === undefined) attributes[name] = null;
    const changed = time === undefined ? undefined : changedAt(time);
    return { kind, anchor: own, name: dn, attributes, ...(changed === undefined ? {} : { changedAt: changed }) };
  }
  return { objectOf, kinds, leaves };
}

export function anchorOf(
  { dn, attributes }: { readonly dn: string; readonly attributes: LdifAttributes },
  anchor: string,
): string {
  if (anchor === 'dn') {
    const key = nameKey(dn);
    if (key !== null && key !== '') return key;
    throw unusable('the entry has no name, so it has no anchor', 'leave it out with the filter');
  }
  const name = findName(attributes, anchor);
  const values = name === undefined ? [] : attributes[name]!;
  const [value] = values;
  if (values.length === 1 && value!.length > 0) return typeof value === 'string' ? value : Buffer.from(value!).toString('hex');
  const found = values.length > 1 ? `${values.length} values` : 'no value';
  throw unusable(
    `the entry has ${found} in its anchor "${anchor}"`,
    'let the account that Rollcall binds as read it, or choose an anchor that every entry has once',
  );
}

/** A time of the server, or the time that an entryCSN begins with. */
function changedAt([value]: readonly LdifValue[]): string | undefined {
  if (typeof value !== 'string') return undefined;
  const end = value.indexOf('#');
  return end === -1 ? value : value.slice(0, end);
}

function unusable(message: string, remedy: string): RollcallError {
  return new RollcallError('invalidValue', message, { remedy });
}
