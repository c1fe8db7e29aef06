/**
 * A generated password as one attribute `password` for all vendors: unicodePwd of Active Directory (MS-ADTS 3.1.1.3.1.5), userPassword (RFC 4519
 * 2.41) elsewhere. It is sent over encrypted connections only, and never read.
 */
import type { WriteItem } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { type LdapConfig, urlsOf, type Vendor } from './config.ts';
import type { Live } from './session.ts';

export const PASSWORD = 'password';

const ATTRIBUTES: { readonly [vendor in Vendor]: 'unicodePwd' | 'userPassword' } = {
  openldap: 'userPassword',
  activeDirectory: 'unicodePwd',
  '389ds': 'userPassword',
  other: 'userPassword',
};
const HOLDING: ReadonlySet<string> = new Set(Object.values(ATTRIBUTES));

/** As the contract has it: what may be generated, or why nothing may. */
export function secretsOf(config: Pick<LdapConfig, 'url' | 'startTls' | 'operational'>): readonly string[] | { remedy: string } {
  if (urlsOf(config).some(({ tls }) => tls === 'none'))
    return { remedy: 'encrypt the connection: ldaps:// in url, or startTls: true' };
  const shown = config.operational.find((name) => [...HOLDING].some((one) => isNamed(name, one)));
  return shown === undefined ? [PASSWORD] : { remedy: `take ${shown} out of operational: what is read is kept` };
}

function isNamed(description: string, attribute: string): boolean {
  return description.split(';')[0]!.toLowerCase() === attribute.toLowerCase();
}

/** Whether an attribute is replaced as a whole, whatever can be seen of it: an old password that stays would go on letting in. */
export function holdsPassword(attribute: string): boolean {
  return HOLDING.has(attribute);
}

/** The item in the server's own terms, but for a password that goes by itself (password-modify.ts). @throws RollcallError configuration, before anything is sent in plain sight */
export function withPassword(item: WriteItem, { directory, encrypted, address }: Live): WriteItem {
  const { [PASSWORD]: password, ...others } = item.set;
  if (password === undefined) return item;
  if (!encrypted)
    throw new RollcallError('configuration', `a password is not sent to ${address} in plain sight`, {
      remedy: 'encrypt the connection: ldaps:// in url, or startTls: true',
    });
  if (directory.passwordModify) return item;
  // Before what enables the account: a server that looks at one change after the other has it by then.
  return { ...item, set: { [ATTRIBUTES[directory.vendor]]: password, ...others } };
}
