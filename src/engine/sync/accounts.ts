/** The accounts that references are written as: which text each object has in a target, in the terms a flow asks for. */
import { scalars } from '#core/values';
import type { ExportRule } from '#rules/model';
import type { ObjectId, Presence } from '#store/contract';
import { connectionNamed, type EngineContext } from '../context.ts';

export interface Account {
  readonly objectId: ObjectId;
  readonly stagedId: number;
  readonly anchor: string | null;
  readonly name: string | null;
  readonly presence: Presence;
}

/** An account a reference may be written to now: there, or to be created under a text that is known already. */
export function referenceText(account: Account | undefined, by: 'anchor' | 'name'): string | null {
  if (!account || account.presence === 'gone') return null;
  if (by === 'name') return account.name;
  return account.anchor;
}

/** The accounts of all objects these values refer to; where an object has several, the present one. */
export async function accountsIn(
  context: EngineContext,
  connection: string,
  ids: Iterable<ObjectId>,
): Promise<Map<ObjectId, Account>> {
  const list = [...new Set(ids)];
  const out = new Map<ObjectId, Account>();
  if (list.length === 0) return out;
  const present = connectionNamed(context, connection)?.definition.refersTo === 'present';
  for (const found of await context.store.spaces.accounts(connection, list)) {
    // An account without an anchor is still to be made, and may be refused.
    const account = present && found.presence === 'pending' && found.anchor === null ? { ...found, name: null } : found;
    const known = out.get(account.objectId);
    if (!known || order(account.presence) < order(known.presence)) out.set(account.objectId, account);
  }
  return out;
}

function order(presence: Presence): number {
  return presence === 'present' ? 0 : presence === 'held' ? 1 : presence === 'pending' ? 2 : 3;
}

/** Objects that an export rule's reference flows point to, of these attribute values. */
export function referredIds(rule: ExportRule, attributes: { readonly [name: string]: unknown }): ObjectId[] {
  const out: ObjectId[] = [];
  for (const flow of rule.flows) {
    if (!flow.reference || flow.reference.multi) continue;
    for (const read of flow.reads) {
      const value = attributes[read.split('.')[0]!];
      for (const scalar of scalars((value ?? null) as never)) if (typeof scalar === 'number') out.push(scalar);
    }
  }
  return out;
}
