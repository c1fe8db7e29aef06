/** What is said of a directory before anything is read: in one line, and as a schema. */
import type { Schema } from '#connectors/contract';
import { Kinds } from '#protocols/ldap/kinds';
import { ENABLED, lockOf } from './account.ts';
import { basesOf, type LdapConfig } from './config.ts';
import { PASSWORD } from './password.ts';
import type { Live } from './session.ts';

export function about({ address, encrypted, directory }: Live, config: LdapConfig): string {
  const { product, vendor, deltas, anchor } = directory;
  const bases = basesOf(config).map(({ dn }) => dn);
  return [
    `${address}, ${product}${product.toLowerCase().includes(vendor.toLowerCase()) ? '' : ` (${vendor})`}`,
    encrypted ? 'encrypted' : 'not encrypted',
    `below ${bases.join(' and ')}`,
    `anchor ${anchor}`,
    deltas === 'none' ? 'no deltas' : `deltas by ${deltas}`,
  ].join(', ');
}

/** Every attribute that the server knows: which of them an entry may have is said by its classes, which anybody may add to. */
export function schemaOf({ schema, directory }: Live, config: LdapConfig): Schema {
  const kinds: { [kind: string]: Schema['kinds'][string] } = Object.create(null);
  const lock = lockOf(directory.vendor, schema);
  for (const kind of new Kinds(config.kinds, config.others).all()) {
    const enabled = kind === 'person' && lock !== null;
    const own: { [attribute: string]: Schema['kinds'][string][string] } = Object.assign(Object.create(null), schema);
    if (enabled) own[ENABLED] = { type: 'boolean', multi: false, matching: 'boolean' };
    own[PASSWORD] = { type: 'string', multi: false, matching: 'exact' };
    kinds[kind] = own;
  }
  return { complete: Object.keys(schema).length > 0, kinds };
}
