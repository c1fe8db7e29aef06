/**
 * Whether an account may sign in, as one attribute `enabled` for all vendors: a bit of userAccountControl (MS-ADTS 2.2.16), nsAccountLock of
 * 389-ds, or pwdAccountLockedTime of OpenLDAP's password policy (draft-behera-ldap-password-policy 5.3.3). None of them elsewhere.
 */
import type { LdifAttributes } from '#protocols/ldap/ldif';
import type { DirectorySchema } from '#protocols/ldap/subschema';
import type { Vendor } from './config.ts';

export const ENABLED = 'enabled';

const DISABLED_BIT = 2;
/** An account that is made without saying otherwise has it: enabled so, it lets everybody in who gives no password. */
const NO_PASSWORD_NEEDED_BIT = 32;
/** Locked by an administrator, until one unlocks it; any other time is a lock after wrong passwords, which ends by itself. */
const LOCKED = '000001010000Z';

const LOCKS: { readonly [vendor in Vendor]: string | null } = {
  openldap: 'pwdAccountLockedTime',
  activeDirectory: 'userAccountControl',
  '389ds': 'nsAccountLock',
  other: null,
};

/** The attribute that says it; null where the server has none: OpenLDAP without its overlay. */
export function lockOf(vendor: Vendor, schema: DirectorySchema): string | null {
  const lock = LOCKS[vendor];
  return lock === null || (vendor === 'openldap' && schema[lock] === undefined) ? null : lock;
}

/** Null: it does not say. */
export function isEnabled(vendor: Vendor, attributes: LdifAttributes): boolean | null {
  const lock = LOCKS[vendor];
  if (lock === null) return null;
  const value = attributes[lock]?.[0];
  if (vendor === 'activeDirectory') return value === undefined ? null : (Number(value) & DISABLED_BIT) === 0;
  return vendor === 'openldap' ? value !== LOCKED : String(value ?? '').toLowerCase() !== 'true';
}

/** The value that makes it so; null: none. `now`: what the entry has. */
export function enabledValue(vendor: Vendor, enabled: boolean, now: string | undefined): string | null {
  if (vendor === 'activeDirectory') {
    const bits = Number(now ?? 512);
    return String(enabled ? bits & ~(DISABLED_BIT | NO_PASSWORD_NEEDED_BIT) : bits | DISABLED_BIT);
  }
  if (enabled) return null;
  return vendor === 'openldap' ? LOCKED : 'true';
}
