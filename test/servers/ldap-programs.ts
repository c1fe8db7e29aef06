/** OpenLDAP's own clients, for what a test checks with other eyes than Rollcall's. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface LdapAt {
  readonly url: string;
  readonly dn: string;
  readonly password: string;
  /** PEM file of who signed the server's certificate, where `url` is ldaps. */
  readonly caFile?: string;
}

/** Answers LDIF without comments and folds. @throws what it said, with the result code as `code`. */
export async function ldap(
  program: 'ldapsearch' | 'ldapmodify' | 'ldapadd' | 'ldapdelete' | 'ldapmodrdn',
  at: LdapAt,
  args: readonly string[],
  ldif?: string,
): Promise<string> {
  const format = program === 'ldapsearch' ? ['-LLL', '-o', 'ldif_wrap=no'] : [];
  const env = { ...process.env, LDAPTLS_CACERT: at.caFile ?? '', LDAPTLS_REQCERT: 'demand' };
  const run = promisify(execFile)(program, ['-x', '-H', at.url, '-D', at.dn, '-w', at.password, ...format, ...args], { env });
  // A program that wants none may be gone already.
  run.child.stdin!.on('error', () => undefined).end(ldif ?? '');
  return (await run).stdout;
}
