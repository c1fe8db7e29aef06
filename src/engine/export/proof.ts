/**
 * How it is known that a write was done (SEMANTICS 9): by the cheapest proof a connection has. What the answer of a write does
 * not show is looked up; what no look shows yet is proven by a later read.
 */
import type { Connection, ReadObject, WriteResult } from '#connectors/contract';
import { toFault } from '#core/errors';
import { equivalent } from '#core/matching';
import type { Counted } from '../counts.ts';
import { type Settling, typeIn } from '../import/settle.ts';
import { canonicalise, nameKeys, type StagingPlan } from '../import/staging.ts';
import type { Session } from './sending.ts';
import type { Sending } from './translate.ts';
import { checkObject } from './usable.ts';

/** In the order in which they end an export. */
export const PROOFS = ['digest', 'answer', 'lookup', 'delta', 'read'] as const;
export type Proof = (typeof PROOFS)[number];

/** As a run counts them. */
export const PROVEN_BY: { readonly [proof in Proof]: Counted } = {
  digest: 'provenByDigest',
  answer: 'provenByAnswer',
  lookup: 'provenByLookup',
  delta: 'provenByDelta',
  read: 'provenByRead',
};

/** What ends an export to this connection when all goes well; null where nothing can be written. */
export function proofOf({ write, lookup, read }: Pick<Connection, 'write' | 'lookup' | 'read'>): Proof | null {
  if (!write) return null;
  if (write.commit) return 'digest';
  if (write.answers === 'object') return 'answer';
  if (lookup) return 'lookup';
  return read?.deltas ? 'delta' : 'read';
}

/** Look-ups on their way at a time: more would be a burst that no target asked for. */
const AT_ONCE = 8;

/** The objects of writes whose answers do not show them, where they can be looked up and show all that was sent. By index. */
export async function lookUpWritten(
  session: Session,
  plan: StagingPlan,
  settling: Settling,
  sendings: readonly Sending[],
  results: readonly WriteResult[],
): Promise<ReadonlyMap<number, ReadObject>> {
  const found = new Map<number, ReadObject>();
  const { connection } = session;
  if (session.writer.commit || !session.context.open(connection).lookup) return found;
  const wanted = results.flatMap((result, i) =>
    result.ok && !result.object && sendings[i]!.item.operation !== 'delete' ? [{ i, anchor: result.anchor }] : [],
  );
  for (let n = 0; n < wanted.length; n += AT_ONCE)
    await Promise.all(
      wanted.slice(n, n + AT_ONCE).map(async ({ i, anchor }) => {
        const sending = sendings[i]!;
        const object = await lookedUp(session, sending.row.kind, anchor);
        if (object && shows(object, plan, settling, sending)) found.set(i, object);
      }),
    );
  return found;
}

/** The object as the target shows it now; null where it cannot say. */
export async function lookedUp({ context, connection }: Session, kind: string, anchor: string): Promise<ReadObject | null> {
  const open = context.open(connection);
  if (!open.lookup) return null;
  try {
    const [object] = await open.lookup({ anchor }, kind);
    if (object) checkObject(object);
    return object ?? null;
  } catch (error) {
    context.fault(toFault(error, { connection: connection.name, object: anchor }));
    return null;
  }
}

/** Whether all that was sent is there. An object from before the write, or one made otherwise of it, proves nothing yet. */
function shows(object: ReadObject, plan: StagingPlan, { connection }: Settling, { sent, item }: Sending): boolean {
  if (item.name !== undefined && nameKeys(object.name ?? null).nameKey !== nameKeys(item.name).nameKey) return false;
  const { attributes } = canonicalise(object, plan);
  return Object.keys(sent).every((name) => equivalent(attributes[name], sent[name]!, typeIn(connection, name)));
}
