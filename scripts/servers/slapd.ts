/** An OpenLDAP server of our own, for tests: at free ports of 127.0.0.1, gone when the process that asked for it is (keep.ts). */
import { type DirectoryServer, startDirectory } from './directory.ts';

export type Overlay = 'memberof' | 'refint' | 'unique' | 'ppolicy' | 'syncprov' | 'accesslog';

export interface SlapdOptions {
  /** A database each; `dc=example,dc=org` if none is named. Accounts and the access log are of the first. */
  readonly suffixes?: readonly string[];
  /** All, unless told otherwise. `accesslog` is of the first suffix, in `cn=accesslog`; `unique` is about uid and mail. */
  readonly overlays?: readonly Overlay[];
  /** The class of groups whose `member` the memberof overlay follows: `groupOfNames` unless told otherwise; `Group` is there too. */
  readonly groupClass?: string;
  /** What one search answers at most for who has no limits of his own: 500. */
  readonly sizeLimit?: number;
  /** Limits of the account `pager`: `size.soft=10 size.hard=50 size.pr=7 size.prtotal=unlimited`. */
  readonly pagerLimits?: string;
  /** The account `sync` may write everything else. */
  readonly mayNotSetPasswords?: boolean;
  /** How many writes syncprov remembers where there is no access log: 1000. */
  readonly sessionLog?: number;
  /** Entries below the suffixes, superior ones first; see `slapadd`. */
  readonly ldif?: string;
  /** More lines of slapd.conf, of the server and of the first suffix. */
  readonly serverLines?: readonly string[];
  readonly lines?: readonly string[];
  /** What was written outlives a power cut, as in earnest; without it the server is quicker. */
  readonly durable?: boolean;
  /** Install slapd when it is not there, where root may. */
  readonly install?: boolean;
}

export interface Account {
  readonly dn: string;
  readonly password: string;
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
  /** PEM. SASL EXTERNAL with it is the account `sync`. */
  readonly client: { readonly cert: string; readonly key: string };
  /** The first one. */
  readonly suffix: string;
  /** The rootdn of every suffix: no rule and no limit holds for it. */
  readonly admin: Account;
  /** May write everything below the first suffix, and read everything without limits: what a connector is given. */
  readonly sync: Account;
  /** May read all, a few entries at a time. */
  readonly pager: Account;
  /** With slapd.conf, `log` (stats), `db`, `tls`. */
  readonly folder: string;
  readonly pid: number;
}

export interface SlapdServer extends Told, DirectoryServer {
  /** Entries of one suffix, past all overlays: memberOf is what the LDIF says. The server is stopped meanwhile. */
  slapadd(ldif: string, suffix?: string): Promise<void>;
}

/** @throws when slapd is not installed or does not start: what it said. */
export function startSlapd(options: SlapdOptions = {}): Promise<SlapdServer> {
  return startDirectory<Told, Pick<SlapdServer, 'slapadd'>>('slapd', options, (server) => ({
    slapadd: (ldif, suffix) => server.tell('slapadd', { ldif, suffix }),
  }));
}
