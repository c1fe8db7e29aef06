/** An entry that goes. */
import type { WriteItem, WriteResult } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { assertion } from '#protocols/ldap/controls';
import { guidBytes } from '#protocols/ldap/ids';
import { remove } from '#protocols/ldap/requests';
import type { LdapResult } from '#protocols/ldap/responses';
import { ASSERTION_FAILED, NOT_ON_NON_LEAF } from '#protocols/ldap/result-codes';
import type { Directory } from './directory.ts';
import { refusal } from './faults.ts';
import { dnOf, equalsShown } from './look-up.ts';
import { refuseOwn } from './own-account.ts';
import type { Writing } from './write.ts';

/** Others stand below it. */
export class Parent extends RollcallError {
  constructor({ kind, message, where, remedy }: RollcallError) {
    super(kind, message, { where, ...(remedy === undefined ? {} : { remedy }) });
  }
}

export async function deleteEntry({ anchor }: WriteItem, writing: Writing): Promise<WriteResult> {
  // Where another entry has its name by now, it is looked for again.
  const first = await tryDelete(anchor, writing);
  const { dn, result } = first.result.code === ASSERTION_FAILED ? await tryDelete(anchor, writing) : first;
  if (result.code === NOT_ON_NON_LEAF)
    throw new Parent(refusal('the entry cannot be deleted', result, { object: dn.slice(0, 512) }));
  if (result.code !== 0) throw refusal('the entry cannot be deleted', result, { object: dn.slice(0, 512) });
  return { ok: true, anchor: anchor! };
}

/** Only what has this anchor still when the server deletes it: between look-up and delete the name may become another's. */
async function tryDelete(anchor: string | null, { live, reading }: Writing): Promise<{ dn: string; result: LdapResult }> {
  const dn = anchor === null ? null : await dnOf(live, reading.config, anchor);
  if (dn === null) throw notThere(anchor);
  refuseOwn(dn, reading.config);
  const { directory, client } = live;
  const byAnchor = directory.assertion && directory.anchor !== 'dn';
  const controls = byAnchor ? [assertion(equalsShown(directory.anchor, anchor!))] : [];
  return { dn, result: await client.request(remove(lastingName(dn, anchor!, directory)), controls) };
}

/** Active Directory takes the id for a name (MS-ADTS 3.1.1.3.1.2.4). */
function lastingName(dn: string, anchor: string, { vendor, anchor: attribute }: Directory): string {
  return vendor === 'activeDirectory' && attribute === 'objectGUID' && guidBytes(anchor) !== null ? `<GUID=${anchor}>` : dn;
}

export function notThere(anchor: string | null): RollcallError {
  return new RollcallError('notFound', `there is no entry ${anchor ?? 'without an anchor'}`, {
    remedy: 'it was deleted or moved away in the directory: the next import sees it',
  });
}
