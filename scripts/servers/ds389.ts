/** A 389 Directory Server of our own, for tests: at free ports of 127.0.0.1, gone when the process that asked for it is (keep.ts). */
import { type DirectoryServer, startDirectory } from './directory.ts';
import type { Account } from './slapd.ts';

export interface Ds389Options {
  /** `dc=example,dc=org` unless told otherwise. */
  readonly suffix?: string;
  /** Install the server when it is not there, where root may. */
  readonly install?: boolean;
}

interface Told {
  /** `ldap://127.0.0.1:PORT`; STARTTLS is offered. */
  readonly ldap: string;
  /** `ldaps://127.0.0.1:PORT`; the certificate is of `localhost` and 127.0.0.1. */
  readonly ldaps: string;
  /** PEM: of who signed the server's certificate, and of another who signed nothing here. */
  readonly ca: string;
  readonly otherCa: string;
  /** The file with `ca`. */
  readonly caFile: string;
  readonly suffix: string;
  /** The Directory Manager: no rule and no limit holds for it. */
  readonly admin: Account;
  /** May read and write everything below the suffix, without limits: what a connector is given. */
  readonly sync: Account;
  readonly folder: string;
  readonly pid: number;
}

export type Ds389Server = Told & DirectoryServer;

/** @throws when the server is not installed or does not start: what it said. */
export function startDs389(options: Ds389Options = {}): Promise<Ds389Server> {
  return startDirectory<Told, object>('ds389', options, () => ({}));
}
