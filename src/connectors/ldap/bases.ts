/** Which entries stand at the bases: a server that was set up anew, or a base that was moved and made again, has others. */
import { createHash } from 'node:crypto';
import { EVERYTHING } from '#protocols/ldap/filter';
import { NO_SUCH_OBJECT } from '#protocols/ldap/result-codes';
import { basesOf, type LdapConfig } from './config.ts';
import { refusal } from './faults.ts';
import { baseGone } from './look-up.ts';
import { all, type Live } from './session.ts';

/** @throws RollcallError `configuration` where one is not there */
export async function expectBases({ client, decoder }: Live, config: LdapConfig): Promise<void> {
  for (const { dn } of basesOf(config)) {
    const { result } = await all(client, decoder, { base: dn, scope: 'base', filter: EVERYTHING, attributes: ['1.1'] });
    if (result.code === NO_SUCH_OBJECT) throw baseGone(dn);
    if (result.code !== 0) throw refusal(`looking at "${dn}"`, result);
  }
}

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
