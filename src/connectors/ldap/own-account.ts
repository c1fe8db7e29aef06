/** Accounts that nobody means when a rule says everybody: those of administrators and of the system, and the one that Rollcall signs in with. */
import { RollcallError } from '#core/errors';
import { nameKey } from '#protocols/ldap/names';
import type { LdapConfig } from './config.ts';

/**
 * An expression over `row`. Active Directory marks members of its administrators' groups with adminCount (MS-ADTS 3.1.1.6.1.2), and what it cannot do
 * without as critical; other servers have neither attribute.
 */
export function protectedAccounts({ bind }: LdapConfig): string {
  const own = typeof bind === 'string' ? null : bind.dn;
  const named =
    own === null ? [] : [`row.${own.includes('@') ? 'userPrincipalName' : 'distinguishedName'} == ${JSON.stringify(own)}`];
  return ['row.adminCount == "1"', 'row.isCriticalSystemObject == "TRUE"', ...named].join(' || ');
}

/** However its name is written, and whatever the rules say. @throws RollcallError `permission` */
export function refuseOwn(dn: string, { bind }: LdapConfig): void {
  const own = typeof bind === 'string' ? null : nameKey(bind.dn);
  if (own === null || own === '' || nameKey(dn) !== own) return;
  throw new RollcallError('permission', 'this is the account that Rollcall signs in with: it is never written', {
    where: { object: dn.slice(0, 512) },
    remedy: 'leave it out of the export rule, or protect it',
  });
}
