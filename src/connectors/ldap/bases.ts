/** Which entries stand at the bases: a server that was set up anew, or a base that was moved and made again, has others. */
import { createHash } from 'node:crypto';
import { EVERYTHING } from '#protocols/ldap/filter';
import { basesOf, type LdapConfig } from './config.ts';
import { refusal } from './faults.ts';
import { all, type Live } from './session.ts';

export async function identityOfBases({ client, decoder, directory }: Live, config: LdapConfig): Promise<string> {
  const hash = createHash('sha256');
  for (const { dn } of basesOf(config)) {
    const request = { base: dn, scope: 'base', filter: EVERYTHING, attributes: [directory.anchor] } as const;
    const { entries, result } = await all(client, decoder, request);
    if (result.code !== 0) throw refusal(`reading "${dn}"`, result);
    hash.update(`${String(entries[0]?.attributes[directory.anchor]?.[0])}\0`);
  }
  return hash.digest('base64url').slice(0, 22);
}
