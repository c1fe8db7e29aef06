/** Active Directory for a test: an organizational unit of its own in the domain that all tests of a run share, or a domain controller of its own. */
import { randomBytes } from 'node:crypto';
import { afterAll } from 'vitest';
import { type SambaServer, type SambaTold, startSamba as start } from '../../scripts/servers/samba.ts';
import { testOn, told } from './ask.ts';
import { ldap } from './ldap-programs.ts';

export const testOnSamba = (name: string, run: () => Promise<void>): void => testOn('samba', name, run);

/** The one of this run: its changes are everybody's, and nobody ends it. */
export const sharedSamba = async (): Promise<SambaTold> => (await told('samba')) as SambaTold;

/**
 * Without a realm a copy of the shared one as it was when it was new, in a third of a second: the same domain and password, at another
 * address. With one a forest of its own, which takes seconds. Whoever starts it removes it: `await using`, or `remove()`.
 */
export async function startSamba(options: { readonly realm?: string } = {}): Promise<SambaServer & AsyncDisposable> {
  const shared = await sharedSamba();
  const server = await start(options.realm === undefined ? { like: shared } : { realm: options.realm });
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.remove() });
}

/** A copy for all tests of a file, made when the first asks, in which nobody else changes anything; removed after the last. */
export function sambaOfFile(): () => Promise<SambaServer> {
  let started: Promise<SambaServer> | undefined;
  afterAll(async () => void (await started?.catch(() => undefined))?.remove());
  return () => (started ??= startSamba());
}

export interface TestUnit extends AsyncDisposable {
  readonly dn: string;
  /** With all that is in it. */
  remove(): Promise<void>;
}

/** Entries added, and changes made, as LDIF says. */
export async function edit(server: SambaTold, ldif: string): Promise<void> {
  await ldap('ldapmodify', { url: server.ldaps, ...server.admin, caFile: server.caFile }, ['-a'], ldif);
}

/** LDIF of an account without a password. `more`: lines of it. */
export const user = (dn: string, more = ''): string => `dn: ${dn}\nobjectClass: user\n${more}\n`;

/** An organizational unit for one test. */
export async function freshUnit(server: SambaTold): Promise<TestUnit> {
  const dn = `OU=t${randomBytes(6).toString('hex')},${server.base}`;
  const at = { url: server.ldaps, dn: server.admin.dn, password: server.admin.password, caFile: server.caFile };
  await ldap('ldapadd', at, [], `dn: ${dn}\nobjectClass: organizationalUnit\n`);
  // MS-ADTS 3.1.1.3.4.1.15: LDAP_SERVER_TREE_DELETE_OID.
  const remove = async (): Promise<void> => void (await ldap('ldapdelete', at, ['-e', '!1.2.840.113556.1.4.805', dn]));
  return { dn, remove, [Symbol.asyncDispose]: remove };
}
