/** A Samba domain controller of our own, for tests: Active Directory at an address of 127.0.0.0/8 of its own, gone when the process that asked for it is (keep.ts). */

import { keep } from './keep.ts';
import type { Account } from './slapd.ts';

export interface SambaOptions {
  /** Of the forest: `LAB.EXAMPLE` unless told otherwise. Its first label is the NetBIOS name. */
  readonly realm?: string;
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

export interface SambaServer extends SambaTold {
  /** In good order (SIGTERM), which takes more than a second, or at once (SIGKILL). */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** At its address, with the entries that it had. */
  start(): Promise<void>;
  /** A copy of its databases, kept until the server is removed; the server is stopped meanwhile. */
  save(): Promise<void>;
  /** The databases are what they were at the last `save`, as where a backup was restored in a way that Active Directory warns of. */
  restore(): Promise<void>;
  /** Provisioned anew: the same names and password, other GUIDs, SIDs and invocation id. It takes seconds. */
  replace(): Promise<void>;
  /** Nothing is left of it. */
  remove(): Promise<void>;
}

/** @throws when Samba is not installed, may not run, or does not start: what it said. */
export async function startSamba(options: SambaOptions = {}): Promise<SambaServer> {
  const server = await keep<SambaTold>('samba', options);
  return Object.assign(server.told, {
    stop: () => server.tell('stop'),
    kill: () => server.tell('kill'),
    start: () => server.tell('start'),
    save: () => server.tell('save'),
    restore: () => server.tell('restore'),
    replace: () => server.tell('replace'),
    remove: () => server.remove(),
  });
}
