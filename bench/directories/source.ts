/** Directories that people and groups come from: OpenLDAP, and a domain of Active Directory. The process of a case knows the same names. */
import { type SambaServer, startSamba } from '../../scripts/servers/samba.ts';
import type { SlapdServer } from '../../scripts/servers/slapd.ts';
import { aboutPerson, GROUPS, ldifOf, membersLdif, PEOPLE, personDn } from './data.ts';
import { serverWith } from './place.ts';

export interface Source {
  /** Where people and groups stand. */
  readonly people: string;
  readonly groups: string;
  personDn(n: number): string;
  groupDn(name: string): string;
  /** Attributes of the name that a person signs in with, and of the whole name. */
  readonly login: string;
  readonly displayName: string;
  /** `groups`: how many of the first people each has. */
  start(people: number, groups?: { readonly [name: string]: number }): Promise<SlapdServer | SambaServer>;
}

export const OPENLDAP: Source = {
  people: PEOPLE,
  groups: GROUPS,
  personDn: (n) => personDn(n),
  groupDn: (name) => `cn=${name},${GROUPS}`,
  login: 'uid',
  displayName: 'cn',
  start(people, groups = {}) {
    const group = ([name, members]: [string, number]): string =>
      `dn: ${OPENLDAP.groupDn(name)}\nobjectClass: groupOfNames\ncn: ${name}\n${membersLdif(members, OPENLDAP.personDn)}\n`;
    return serverWith([...ldifOf(people), ...Object.entries(groups).map(group)]);
  },
};

export const DOMAIN_BASE = 'DC=lab,DC=example';
/** More at once take longer, and gigabytes. */
const LOADED = 20_000;

const added = (dn: string): string => `dn: ${dn}\nchangetype: add\n`;

/** Samba, with LMDB underneath: loaded at its database, a thousand a second. */
export const DOMAIN: Source = {
  people: `OU=people,${DOMAIN_BASE}`,
  groups: `OU=groups,${DOMAIN_BASE}`,
  personDn: (n) => `CN=p${n},${DOMAIN.people}`,
  groupDn: (name) => `CN=${name},${DOMAIN.groups}`,
  login: 'sAMAccountName',
  displayName: 'displayName',
  async start(people, groups = {}) {
    const server = await startSamba({ realm: 'LAB.EXAMPLE', large: true, install: true });
    const head = (dn: string, objectClass: string, name: string): string =>
      `${added(dn)}objectClass: ${objectClass}\nsAMAccountName: ${name}\n`;
    const user = (n: number): string => head(DOMAIN.personDn(n), 'user', `p${n}`) + aboutPerson(n, 'displayName');
    await server.stop();
    await server.ldbmodify(
      [DOMAIN.people, DOMAIN.groups].map((dn) => `${added(dn)}objectClass: organizationalUnit\n\n`).join(''),
    );
    for (let from = 0; from < people; from += LOADED)
      await server.ldbmodify(Array.from({ length: Math.min(LOADED, people - from) }, (_, i) => user(from + i)).join(''));
    for (const [name, members] of Object.entries(groups))
      await server.ldbmodify(`${head(DOMAIN.groupDn(name), 'group', name)}${membersLdif(members, DOMAIN.personDn)}\n`);
    await server.start();
    return server;
  },
};
