/** What a server says about itself (root DSE, RFC 4512 5.1), and what follows from it: the one place where vendors differ. */
import { ASSERTION, DIRSYNC, PERMISSIVE_MODIFY, POST_READ, SYNC_REQUEST } from '#protocols/ldap/controls';
import type { LdifAttributes } from '#protocols/ldap/ldif';
import { PASSWORD_MODIFY } from '#protocols/ldap/requests';
import type { Deltas, LdapConfig, Vendor } from './config.ts';

/** How the changes are asked for that a delta read shows. */
export type Way = Exclude<Deltas, 'auto'>;

export interface Directory {
  readonly vendor: Vendor;
  /** As people call it: `OpenLDAP 2.5`. */
  readonly product: string;
  readonly namingContexts: readonly string[];
  readonly subschema: string;
  readonly controls: ReadonlySet<string>;
  /** Attributes that are asked for besides `*`. */
  readonly asked: readonly string[];
  readonly anchor: string;
  /** Answers change with every change of the entry. */
  readonly version: string | null;
  readonly deltas: Way;
  readonly postRead: boolean;
  readonly assertion: boolean;
  readonly permissive: boolean;
  /** Passwords are told by an operation of their own (RFC 3062), because the server would keep what is written as it is. */
  readonly passwordModify: boolean;
  readonly rootDse: LdifAttributes;
}

/** Whether others stand below an entry (X.501 14.4); TRUE or FALSE. */
export const HAS_SUBORDINATES = 'hasSubordinates';

/** Asked of the root DSE; not every server shows them with `+`. */
export const ROOT_DSE: readonly string[] = [
  'objectClass',
  'namingContexts',
  'defaultNamingContext',
  'subschemaSubentry',
  'supportedControl',
  'supportedExtension',
  'supportedCapabilities',
  'supportedSASLMechanisms',
  'vendorName',
  'vendorVersion',
  'currentTime',
  'dnsHostName',
  'dsServiceName',
  'highestCommittedUSN',
  'configContext',
];

const ACTIVE_DIRECTORY = '1.2.840.113556.1.4.800';

const ANCHORS: { readonly [vendor in Vendor]: string } = {
  openldap: 'entryUUID',
  activeDirectory: 'objectGUID',
  '389ds': 'nsUniqueId',
  other: 'entryUUID',
};

const VERSIONS: { readonly [vendor in Vendor]: string | null } = {
  openldap: 'entryCSN',
  activeDirectory: 'uSNChanged',
  '389ds': 'modifyTimestamp',
  other: 'modifyTimestamp',
};

export function directoryFrom(
  root: LdifAttributes,
  config: Pick<LdapConfig, 'vendor' | 'deltas' | 'anchor' | 'operational'>,
): Directory {
  const texts = (name: string): string[] => (root[name] ?? []).map(String);
  const controls = new Set(texts('supportedControl'));
  const vendor = config.vendor === 'auto' ? vendorOf(texts) : config.vendor;
  const version = VERSIONS[vendor];
  const anchor = config.anchor === 'auto' ? ANCHORS[vendor] : config.anchor;
  const [first] = texts('defaultNamingContext');
  const contexts = texts('namingContexts');
  return {
    vendor,
    product: productOf(vendor, texts),
    namingContexts: first === undefined ? contexts : [first, ...contexts.filter((one) => one !== first)],
    subschema: texts('subschemaSubentry')[0] ?? 'cn=Subschema',
    controls,
    asked: [...new Set([...(anchor === 'dn' ? [] : [anchor]), ...(version === null ? [] : [version]), ...config.operational])],
    anchor,
    version,
    deltas: wayOf(config.deltas, vendor, anchor === ANCHORS[vendor], controls),
    postRead: controls.has(POST_READ),
    assertion: controls.has(ASSERTION),
    permissive: controls.has(PERMISSIVE_MODIFY),
    passwordModify: vendor === 'openldap' && texts('supportedExtension').includes(PASSWORD_MODIFY),
    rootDse: root,
  };
}

function vendorOf(texts: (name: string) => string[]): Vendor {
  if (texts('supportedCapabilities').includes(ACTIVE_DIRECTORY)) return 'activeDirectory';
  if (texts('objectClass').some((name) => name.toLowerCase() === 'openldaprootdse')) return 'openldap';
  return /389/.test(`${texts('vendorName')} ${texts('vendorVersion')}`) ? '389ds' : 'other';
}

function productOf(vendor: Vendor, texts: (name: string) => string[]): string {
  const named = [...texts('vendorName'), ...texts('vendorVersion')].join(' ').trim();
  if (vendor === 'openldap') return 'OpenLDAP';
  if (vendor === 'activeDirectory') return /samba/i.test(named) ? 'Samba Active Directory' : 'Active Directory';
  return named || 'LDAP server';
}

/**
 * What tells of changes by an id of the server's own is of use only where that id is the anchor. 389-ds gives a place to the one search that
 * it answered with everything, and to no other.
 */
function wayOf(wanted: Deltas, vendor: Vendor, ownAnchor: boolean, controls: ReadonlySet<string>): Way {
  if (!ownAnchor || (vendor === '389ds' && wanted === 'syncrepl')) return 'none';
  if (wanted !== 'auto') return wanted;
  if (vendor !== '389ds' && controls.has(SYNC_REQUEST)) return 'syncrepl';
  return controls.has(DIRSYNC) ? 'dirsync' : 'timestamps';
}
