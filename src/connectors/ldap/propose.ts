/** What a directory has, for a first configuration that a person looks at: what its people really have, and not all that its schema knows. */
import type { OpenContext, Proposed, SeenColumn } from '#connectors/contract';
import { parseDn } from '#core/dn';
import { Seen } from '#protocols/ldap/seen';
import { skippedIn } from '../files/skipped.ts';
import { ENABLED, lockOf } from './account.ts';
import { basesOf, type LdapConfig } from './config.ts';
import { usualClasses } from './create.ts';
import { searchPages } from './pages.ts';
import { attributesFor, cutShort, filterFor, findingOf, type Reading } from './reading.ts';
import { type Live, Session } from './session.ts';
import { type View, viewOf } from './view.ts';

/** So many people, or entries that may be some, say what a directory has; photographs among them stay a bounded amount. */
const MOST_PEOPLE = 1000;
const MOST_ENTRIES = 5000;
const PAGE = 200;

/** What the system itself keeps about an entry, and is nobody's data. */
const OWN = new Set(
  [
    'objectClass objectGUID objectSid objectCategory instanceType distinguishedName name entryDN entryUUID nsUniqueId creatorsName',
    'createTimestamp whenCreated userAccountControl sAMAccountType primaryGroupID accountExpires pwdLastSet codePage countryCode',
    'lockoutTime adminCount isCriticalSystemObject showInAdvancedViewOnly servicePrincipalName msDS-SupportedEncryptionTypes',
    'pwdAccountLockedTime pwdChangedTime nsAccountLock passwordGraceUserTime',
  ].flatMap((names) => names.toLowerCase().split(' ')),
);

/** What comes with a domain is nobody of an organisation, and a contact has no account: it is a `person` without a logon name. */
const CRITICAL = 'isCriticalSystemObject';
const LOGON = 'sAMAccountName';
const ACCOUNTS = {
  expression: `row.${CRITICAL} != "TRUE" && has(row.${LOGON})`,
  about: 'neither what comes with the domain nor contacts',
};

/** Member attribute → what of the members its values are. */
const MEMBERS: { readonly [attribute: string]: string } = { member: 'name', uniqueMember: 'name', memberUid: 'login' };
const GROUP_ATTRIBUTES = ['cn', 'description', 'mail'];

const AD_NAMES = {
  employeeId: 'employeeID',
  login: LOGON,
  givenName: 'givenName',
  familyName: 'sn',
  displayName: 'displayName',
  mail: 'mail',
  phone: 'telephoneNumber',
  mobile: 'mobile',
  title: 'title',
  department: 'department',
};

export async function proposeFrom(config: LdapConfig, context: OpenContext): Promise<Proposed> {
  const { maxObjectBytes } = context.limits;
  const session = new Session(config, context.folder, maxObjectBytes);
  try {
    const live = await session.live();
    const reading: Reading = { config: { ...config, pageSize: PAGE }, session, warn: context.warn, clears: [], maxObjectBytes };
    const view = viewOf(config, live);
    const seen = await lookAtPeople(reading, live, view);
    const groups = await groupColumns(reading, live, view);
    const person = seen.columns()['person']?.filter(({ name }) => !isOwn(name, live));
    const classes = seen.unusualClasses(usualClasses(live.directory.vendor, 'person') ?? []);
    const [{ vendor }, naming] = [live.directory, seen.naming()];
    return {
      settings: {},
      anchor: live.directory.anchor,
      columns: { person: person ?? [], ...(groups === null ? {} : { group: groups }) },
      ...(naming === null ? {} : { naming }),
      ...(vendor === 'activeDirectory' ? { people: ACCOUNTS } : {}),
      ...(lockOf(vendor, live.schema) === null ? {} : { enabled: `row.${ENABLED}` }),
      target: {
        ...(classes === null ? {} : { settings: { objectClasses: { person: classes } } }),
        ...(vendor === 'activeDirectory' ? { names: AD_NAMES } : {}),
        example: { rdn: vendor === 'activeDirectory' ? 'CN' : 'uid', parent: basesOf(config)[0]!.dn },
        besides: besides(live, config),
      },
    };
  } finally {
    await session.close();
  }
}

function isOwn(name: string, { directory }: Live): boolean {
  return name === directory.anchor || OWN.has(name.toLowerCase());
}

/** @throws RollcallError where a base is not there, or may not be read */
async function lookAtPeople(reading: Reading, live: Live, view: View): Promise<Seen> {
  const { config } = reading;
  const finding = findingOf(reading, live, view, skippedIn(live.address, 'entries', reading.warn));
  const seen = new Seen();
  const { signal } = new AbortController();
  let entries = 0;
  for (const { dn, scope } of basesOf(config)) {
    const request = { base: dn, scope, filter: filterFor(config, view, ['person']), attributes: attributesFor(live) };
    for await (const page of searchPages(finding, request, signal)) {
      if (page.result !== null) cutShort(dn, page.result);
      for (const { kind, name, attributes } of page.entries) {
        const isContact = live.directory.vendor === 'activeDirectory' && attributes[LOGON] === undefined;
        if (kind !== 'person' || attributes[CRITICAL] === 'TRUE' || isContact) continue;
        const classes = attributes['objectClass'];
        seen.add({ dn: name!, kind, classes: Array.isArray(classes) ? classes : [classes], attributes });
      }
      entries += page.entries.length;
      if (seen.entries('person') >= MOST_PEOPLE || entries >= MOST_ENTRIES) return seen;
    }
  }
  return seen;
}

/** Null where there are no groups. Their members are not asked for: there may be any number of them. */
async function groupColumns(reading: Reading, live: Live, view: View): Promise<readonly SeenColumn[] | null> {
  const { config } = reading;
  const finding = findingOf(reading, live, view, skippedIn(live.address, 'entries', reading.warn));
  const attributes = ['objectClass', CRITICAL, ...GROUP_ATTRIBUTES, ...live.directory.asked];
  const found = new Set<string>();
  const { signal } = new AbortController();
  for (const { dn, scope } of basesOf(config)) {
    const request = { base: dn, scope, filter: filterFor(config, view, ['group']), attributes };
    for await (const { entries, result } of searchPages(finding, request, signal)) {
      if (result !== null) cutShort(dn, result);
      for (const { kind, attributes: own } of entries) {
        if (kind !== 'group' || own[CRITICAL] === 'TRUE') continue;
        for (const name of GROUP_ATTRIBUTES) if (own[name] !== undefined) found.add(name);
        found.add(memberAttribute(own['objectClass']));
      }
      // What the first of them have the others have as well.
      if (found.size > 0) break;
    }
  }
  if (found.size === 0) return null;
  return [...found].map((name) => ({ name, share: 1, ...(MEMBERS[name] === undefined ? {} : { refersBy: MEMBERS[name] }) }));
}

function memberAttribute(classes: unknown): string {
  const own = (Array.isArray(classes) ? classes : [classes]).map((name) => String(name).toLowerCase());
  if (own.includes('groupofuniquenames')) return 'uniqueMember';
  return own.includes('posixgroup') && !own.includes('group') && !own.includes('groupofnames') ? 'memberUid' : 'member';
}

/** What an entry of the usual classes must have (RFC 4519 3.12), and by what people sign in to a domain. */
function besides({ directory }: Live, config: LdapConfig): NonNullable<NonNullable<Proposed['target']>['besides']> {
  if (directory.vendor !== 'activeDirectory')
    return [
      { column: 'cn', from: 'displayName' },
      { column: 'sn', from: 'familyName' },
    ];
  const domain = domainOf(directory.namingContexts[0] ?? basesOf(config)[0]!.dn);
  const name = { column: 'userPrincipalName', from: 'login', expression: `person.login + ${JSON.stringify(`@${domain}`)}` };
  return [{ column: LOGON, from: 'login' }, ...(domain === '' ? [] : [name])];
}

/** `DC=lab,DC=example` → `lab.example`. */
function domainOf(dn: string): string {
  return (parseDn(dn) ?? []).flatMap(([part]) => (part?.type.toLowerCase() === 'dc' ? [part.value.toLowerCase()] : [])).join('.');
}
