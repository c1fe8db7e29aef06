/**
 * A place among the changes of a domain controller: what its numbers count, and how far they were. Each controller counts for itself
 * (MS-ADTS 3.1.1.1.9), so a place is of no use to another one, or to one that was put back to an older day.
 */
import { createHash } from 'node:crypto';
import { RollcallError } from '#core/errors';
import { EVERYTHING } from '#protocols/ldap/filter';
import { isWithin, nameKey } from '#protocols/ldap/names';
import { basesOf, type LdapConfig } from './config.ts';
import { refusal, unknownPlace } from './faults.ts';
import { all, type Live } from './session.ts';

export interface DomainState {
  /** Of the controller, the naming context and what stands at the bases in it: other ones have other texts. */
  readonly identity: string;
  /** The last change that it has counted. */
  readonly usn: bigint;
}

/** The naming contexts in which the bases stand. @throws RollcallError `configuration` */
export function contextsOf({ directory, address }: Live, config: LdapConfig): readonly string[] {
  const contexts = basesOf(config).map(({ dn }) => {
    const key = nameKey(dn)!;
    const [context] = directory.namingContexts
      .filter((each) => isWithin(key, nameKey(each)!))
      .sort((a, b) => b.length - a.length);
    if (context !== undefined) return context;
    throw new RollcallError('configuration', `${address} holds nothing below "${dn}"`, {
      remedy: `correct base: it holds ${directory.namingContexts.join(', ')}`,
    });
  });
  return [...new Set(contexts)];
}

/** All in one turn: a server may be far away. */
export async function stateOf({ client, decoder, directory }: Live, config: LdapConfig, context: string): Promise<DomainState> {
  const at = async (base: string, attribute: string): Promise<unknown> => {
    const request = { base, scope: 'base', filter: EVERYTHING, attributes: [attribute] } as const;
    const { entries, result } = await all(client, decoder, request);
    if (result.code !== 0) throw refusal(`reading "${base}"`, result);
    return entries[0]?.attributes[attribute]?.[0];
  };
  const service = String(directory.rootDse['dsServiceName']?.[0] ?? '');
  const bases = basesOf(config).filter(({ dn }) => isWithin(nameKey(dn)!, nameKey(context)!));
  const [usn, ...ids] = await Promise.all([
    at('', 'highestCommittedUSN'),
    at(service, 'invocationId'),
    ...[context, ...bases.map(({ dn }) => dn)].map((dn) => at(dn, 'objectGUID')),
  ]);
  const identity = createHash('sha256').update(service);
  for (const id of ids) identity.update(`\0${id instanceof Uint8Array ? Buffer.from(id).toString('hex') : String(id)}`);
  const text = String(usn ?? '');
  return { identity: identity.digest('base64url').slice(0, 22), usn: BigInt(/^\d{1,20}$/.test(text) ? text : 0) };
}

export function formatPlace({ identity, usn }: DomainState, cookie: Buffer = Buffer.alloc(0)): string {
  return `${identity} ${usn} ${cookie.toString('base64')}`;
}

/** @throws RollcallError `conflict` where `now` is not what the place was of */
export function parsePlace(place: string | undefined, now: DomainState): { readonly usn: bigint; readonly cookie: Buffer } {
  const [, identity, usn, cookie] = /^(\S+) (\d{1,20}) (\S*)$/.exec(place ?? '') ?? [];
  if (identity !== now.identity)
    throw unknownPlace('another domain controller answers, or the base is another than at the last read');
  if (BigInt(usn!) > now.usn) throw unknownPlace('the domain controller has an older state than was read before');
  return { usn: BigInt(usn!), cookie: Buffer.from(cookie!, 'base64') };
}
