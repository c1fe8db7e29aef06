/** Attributes that Active Directory shows in parts of 1,500 values (MS-ADTS 3.1.1.3.1.3.3): the parts that are missing are asked for. */

import { RollcallError } from '#core/errors';
import type { LdapEntry } from '#protocols/ldap/entry';
import { EVERYTHING } from '#protocols/ldap/filter';
import type { LdifValue } from '#protocols/ldap/ldif';
import { type Live, one } from './session.ts';

/** @throws RollcallError where the rest of a list cannot be had: half a list is none */
export async function completeRanges({ client, decoder }: Live, entry: LdapEntry): Promise<LdapEntry> {
  const attributes = entry.attributes;
  for (const [name, first] of entry.ranges ?? []) {
    const values: LdifValue[] = [...attributes[name]!];
    for (let last = first.to; last !== null; ) {
      const from = last + 1;
      const request = { base: entry.dn, scope: 'base', filter: EVERYTHING, attributes: [`${name};range=${from}-*`] } as const;
      const more = await one(client, decoder, request);
      const range = more?.ranges?.get(name);
      // Past the end: values went while they were read.
      if (more !== null && range === undefined) break;
      if (more === null || range!.from !== from) throw unfinished(name, entry.dn);
      values.push(...more.attributes[name]!);
      last = range!.to;
    }
    attributes[name] = values;
  }
  return { dn: entry.dn, attributes };
}

function unfinished(attribute: string, dn: string): RollcallError {
  return new RollcallError('unavailable', `only a part of "${attribute}" could be read`, {
    where: { object: dn.slice(0, 512), attribute },
    remedy: 'the entry may have been moved while it was read: it is read again',
  });
}
