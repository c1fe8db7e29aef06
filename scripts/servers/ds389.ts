/** A 389 Directory Server of our own, for tests: at free ports of 127.0.0.1, gone when the process that asked for it is (keep.ts). */
import { keep } from './keep.ts';
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

export interface Ds389Server extends Told {
  /** In good order (SIGTERM), which takes a second, or at once (SIGKILL). */
  stop(): Promise<void>;
  kill(): Promise<void>;
  /** With the addresses and the entries that it had. */
  start(): Promise<void>;
  /** A copy of its databases, kept until the server is removed; the server is stopped meanwhile. */
  save(): Promise<void>;
  /** The databases are what they were at the last `save`. */
  restore(): Promise<void>;
  /** Empty databases, as of a server that was set up anew: other nsUniqueIds, a change log from the beginning. It runs afterwards. */
  replace(): Promise<void>;
  /** Nothing is left of it. */
  remove(): Promise<void>;
}

/** @throws when the server is not installed or does not start: what it said. */
export async function startDs389(options: Ds389Options = {}): Promise<Ds389Server> {
  const server = await keep<Told>('ds389', options);
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
