/** Events are sealed in the background: whoever writes one does not wait for a hash. */
import { RollcallError } from '#core/errors';
import type { Store } from '#store/contract';
import { eventLine, firstHash, segmentHash } from './chain.ts';

/** Events of a segment. */
const MOST = 1_000;

/**
 * Seals all that is not sealed yet; answers how many events those were. Another process may do the same at the same time. `at`: ms.
 * @throws internal where events are missing: then nothing more is sealed, and `audit verify` says what there is.
 */
export async function seal({ audit, info }: Pick<Store, 'audit' | 'info'>, at: number): Promise<number> {
  for (let sealed = 0; ; ) {
    const last = await audit.head();
    const from = (last?.to ?? 0) + 1;
    const { events } = await audit.list({}, { after: from - 1, limit: MOST });
    if (events.length === 0) return sealed;
    const lines: string[] = [];
    for (const [place, event] of events.entries()) {
      if (event.seq !== from + place)
        throw new RollcallError('internal', `event ${from + place} of the audit log is missing; nothing after it is sealed`, {
          remedy: "somebody has changed the store by hand: see 'rollcall audit verify'",
        });
      lines.push(eventLine(event));
    }
    const segment = { from, to: from + events.length - 1, at, previous: last?.hash ?? firstHash(info.storeId) };
    if (await audit.seal({ ...segment, hash: segmentHash(segment, lines) })) sealed += events.length;
  }
}
