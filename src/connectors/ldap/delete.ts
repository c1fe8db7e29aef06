/** An entry that goes. */
import type { WriteItem, WriteResult } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { remove } from '#protocols/ldap/requests';
import { NOT_ON_NON_LEAF } from '#protocols/ldap/result-codes';
import { refusal } from './faults.ts';
import { dnOf } from './look-up.ts';
import { refuseOwn } from './own-account.ts';
import type { Writing } from './write.ts';

/** Others stand below it. */
export class Parent extends RollcallError {
  constructor({ kind, message, where, remedy }: RollcallError) {
    super(kind, message, { where, ...(remedy === undefined ? {} : { remedy }) });
  }
}

export async function deleteEntry({ anchor }: WriteItem, { live, reading }: Writing): Promise<WriteResult> {
  const dn = anchor === null ? null : await dnOf(live, reading.config, anchor);
  if (dn === null) throw notThere(anchor);
  refuseOwn(dn, reading.config);
  const result = await live.client.request(remove(dn));
  if (result.code === NOT_ON_NON_LEAF)
    throw new Parent(refusal('the entry cannot be deleted', result, { object: dn.slice(0, 512) }));
  if (result.code !== 0) throw refusal('the entry cannot be deleted', result, { object: dn.slice(0, 512) });
  return { ok: true, anchor: anchor! };
}

export function notThere(anchor: string | null): RollcallError {
  return new RollcallError('notFound', `there is no entry ${anchor ?? 'without an anchor'}`, {
    remedy: 'it was deleted or moved away in the directory: the next import sees it',
  });
}
