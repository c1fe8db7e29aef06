/** Real directories as tests of the whole engine have them: a unit of a test's own, who stands in it, and what somebody else does to it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { guidText } from '#protocols/ldap/ids';
import type { StagedRow } from '#store/contract';
import type { SlapdServer } from '../../scripts/servers/slapd.ts';
import { type LdapAt, ldap as program } from '../servers/ldap-programs.ts';
import { addedTo, changedIn, personLdif } from '../servers/ldap-system.ts';
import { type Between, proxyTo } from '../servers/proxy.ts';
import type { Firm } from './firm.ts';
import { unlimited } from './hr-and-directory.ts';

export const NO_GATES: string = `gates: { ${unlimited('create', 'update', 'delete', 'disable', 'unlink', 'attribute', 'empty', 'member')} }`;

/** What OpenLDAP and Active Directory do in the same way, or are brought to. */
export interface Directory {
  /** With `people` and `groups` in it. */
  readonly unit: string;
  readonly people: string;
  readonly person: (name: string) => string;
  readonly group: (name: string) => string;
  /** How accounts are written that are called by `cn`. */
  readonly account: Account;
  /** An administrator, by other programs than Rollcall. */
  readonly admin: LdapAt;
  /** What goes through is in the clear. */
  proxy(): Promise<Between>;
  /** Lines of a connection that signs in with an account of its own. */
  yaml(settings: { readonly [setting: string]: unknown }): Promise<string>;
  /** People of these numbers, led by the first of them, who is led by the second; the second and the third are a `team`. The server may stop meanwhile. */
  populate(numbers: readonly string[]): Promise<void>;
  change(ldif: string): Promise<unknown>;
  /** Of the account that Rollcall signs in with; null: the one that it knows. */
  password(text: string | null): Promise<unknown>;
}

export interface Account {
  readonly dn: (cn: string) => string;
  /** Of rollcall.yaml: beside the attributes of people, some of these, some of groups, and what becomes of who leaves. */
  readonly person: string;
  readonly attributes: string;
  readonly group: string;
  readonly deprovision: string;
}

let units = 0;
/** An organizationalUnit with `ou=people` and `ou=groups` in it. */
export async function newUnit(server: SlapdServer): Promise<string> {
  const unit = `ou=unit${++units},${server.suffix}`;
  const all = [unit, `ou=people,${unit}`, `ou=groups,${unit}`];
  await addedTo(server, ...all.map((dn) => `dn: ${dn}\nobjectClass: organizationalUnit\n`));
  return unit;
}

export async function openldap(server: SlapdServer): Promise<Directory> {
  const unit = await newUnit(server);
  const people = `ou=people,${unit}`;
  const [person, group] = [(uid: string): string => `uid=${uid},${people}`, (cn: string): string => `cn=${cn},ou=groups,${unit}`];
  return {
    unit,
    people,
    person,
    group,
    account: {
      dn: (cn) => `cn=${cn},${people}`,
      person: 'enabled: { attribute: enabled, on: true, off: false }',
      attributes: 'uid: employeeId, cn: familyName',
      group: 'cn: name',
      deprovision: '{ action: disable, then: delete, after: 30d }',
    },
    admin: { url: server.ldap, ...server.admin },
    proxy: () => proxyTo(server.ldap),
    yaml: (settings) => directoryYaml(server, { base: unit, ...settings }),
    async populate(uids) {
      const [first, second, third] = uids as [string, string, string];
      const entry = (uid: string): string =>
        personLdif(people, uid, `employeeNumber: ${uid}\nmanager: ${person(uid === first ? second : first)}\n`);
      await server.slapadd(uids.map(entry).join('\n'));
      const members = [second, third].map((uid) => `member: ${person(uid)}\n`).join('');
      await addedTo(server, `dn: ${group('team')}\nobjectClass: groupOfNames\ncn: team\n${members}`);
    },
    change: (ldif) => changedIn(server, ldif),
    password: (text) =>
      changedIn(
        server,
        `dn: ${server.sync.dn}\nchangetype: modify\nreplace: userPassword\nuserPassword: ${text ?? server.sync.password}\n`,
      ),
  };
}

/** Lines of a connection, with the account `sync` unless another is given. */
export async function directoryYaml(
  server: Pick<SlapdServer, 'folder' | 'ldap' | 'sync'>,
  more: { readonly [setting: string]: unknown },
): Promise<string> {
  const password = join(server.folder, 'sync.password');
  await writeFile(password, server.sync.password);
  const bind = { dn: server.sync.dn, password: `\${file:${password}}` };
  const settings = { url: server.ldap, bind, timeoutSeconds: 1, ...more };
  return Object.entries(settings)
    .map(([name, value]) => `    ${name}: ${JSON.stringify(value)}\n`)
    .join('');
}

/** DN → what stands there now, as another program than Rollcall reads it. */
export async function entriesBelow(at: LdapAt, base: string, filter = '(objectClass=*)'): Promise<ReadonlyMap<string, string>> {
  const text = await program('ldapsearch', at, ['-b', base, filter, '*', 'entryUUID']);
  const entries = text.split('\n\n').filter((entry) => entry.startsWith('dn:'));
  return new Map(
    entries.map((entry) => {
      const [dn, ...lines] = entry.trim().split('\n');
      return [dn!.slice(4), lines.sort().join('\n')];
    }),
  );
}

/** The id that the server gave it. */
export function anchorOf(entry: string): string {
  const guid = /^objectGUID:: (.*)$/m.exec(entry)?.[1];
  return guid === undefined ? /^entryUUID: (.*)$/m.exec(entry)![1]! : guidText(Buffer.from(guid, 'base64'));
}

/** The names, in the store, of everybody who is in the directory, by the server's ids; who is not staged, or is not there, is told. */
export async function stagedNames(
  { store }: Firm,
  connection: string,
  entries: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, string>> {
  const out = new Map<string, string>();
  const anchors = [...entries].map(([dn, text]) => [anchorOf(text), dn] as const);
  const rows: readonly StagedRow[] = await store.spaces.byAnchors(
    connection,
    'person',
    anchors.map(([anchor]) => anchor),
  );
  for (const row of rows) out.set(row.anchor!, row.presence === 'present' ? row.name! : `${row.presence}: ${row.name}`);
  return new Map(anchors.map(([anchor, dn]) => [dn, out.get(anchor) ?? 'nowhere']));
}

export const rename = (at: LdapAt, dn: string, rdn: string): Promise<string> => program('ldapmodrdn', at, ['-r', dn, rdn]);
