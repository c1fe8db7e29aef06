/** A Samba domain controller of our own, for tests: Active Directory at an address of 127.0.0.0/8 of its own, gone when the process that asked for it is (keep.ts). */

import { type DirectoryServer, startDirectory } from './directory.ts';
import type { Account } from './slapd.ts';

export interface SambaOptions {
  /** Of the forest: `LAB.EXAMPLE` unless told otherwise. Its first label is the NetBIOS name. */
  readonly realm?: string;
  /** As one is set up for very many entries: it is asked for what changed without looking through all of them. Of a domain of its own. */
  readonly large?: boolean;
  /** A copy of what this one was when it was new: its domain, its password. Provisioning takes seconds, copying none. */
  readonly like?: Pick<SambaTold, 'realm' | 'admin' | 'pristine'>;
  /** Install Samba when it is not there, where root may. */
  readonly install?: boolean;
}

export interface SambaTold {
  /** Of ports 389 and 636, which are the same everywhere. */
  readonly address: string;
  /** `ldap://ADDRESS` refuses passwords without STARTTLS (result 8). */
  readonly ldap: string;
  readonly ldaps: string;
  /** The name in its certificate, beside the address. */
  readonly serverName: string;
  /** PEM: of who signed the server's certificate, and of another who signed nothing here. */
  readonly ca: string;
  readonly otherCa: string;
  /** The file with `ca`. */
  readonly caFile: string;
  readonly realm: string;
  /** `DC=lab,DC=example`. */
  readonly base: string;
  readonly admin: Account & { readonly upn: string };
  readonly folder: string;
  /** The folder of what it was when it was new. */
  readonly pristine: string;
  readonly pid: number;
}

/** To replace it takes seconds: it is provisioned anew, with the same names and password. */
export interface SambaServer extends SambaTold, DirectoryServer {
  /**
   * Adds and changes as LDIF says, each with its `changetype`, all or none: a thousand new ones a second, and what nobody may change by LDAP.
   * The server is stopped meanwhile.
   */
  ldbmodify(ldif: string): Promise<void>;
}

/** @throws when Samba is not installed, may not run, or does not start: what it said. */
export function startSamba(options: SambaOptions = {}): Promise<SambaServer> {
  return startDirectory<SambaTold, Pick<SambaServer, 'ldbmodify'>>('samba', options, (server) => ({
    ldbmodify: (ldif) => server.tell('ldbmodify', { ldif }),
  }));
}
