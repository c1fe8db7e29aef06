/** Of a read whose pages show different moments, or an older one than is known: gone is what is not found by itself either, or was missing the last time too (SEMANTICS 6). */

import { type ErrorKind, type Fault, toFault } from '#core/errors';
import type { Kind } from '#core/values';
import type { StagedId } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';

/** Look-ups on their way at a time: more would be a burst that no system asked for. */
const LOOKUPS = 8;
/** What is said of the system, not of the object: the next look-up would be answered with the same. */
export const OF_ALL: ReadonlySet<ErrorKind> = new Set(['authentication', 'rateLimited', 'unavailable']);

interface Missing {
  readonly id: StagedId;
  readonly kind: Kind;
  readonly anchor: string;
}
interface Judged {
  readonly gone: StagedId[];
  /** Missing, and not believed gone yet. */
  readonly held: StagedId[];
}

export interface Judge {
  judge(missing: readonly Missing[]): Promise<Judged>;
  end(): void;
}

/** A system that was put back, or another one that is behind, does not know whom it does not show, also when it is asked. */
export const HOLDS_ALL: Judge = {
  async judge(missing) {
    // branch: holds: missing in a read after a feed lost its place
    return { gone: [], held: missing.map(({ id }) => id) };
  },
  end: () => undefined,
};

/** For one read: once the system does not answer, the rest is held without asking. `end` says how many that were. */
export function createJudge(context: EngineContext, connection: EngineConnection): Judge {
  const open = context.open(connection);
  let silent: Fault | null = null;
  let unasked = 0;

  async function look({ id, kind, anchor }: Missing, out: Judged): Promise<void> {
    try {
      if ((await open.lookup!({ anchor }, kind)).length === 0) out.gone.push(id);
    } catch (error) {
      // branch: holds: missing, and a look-up failed
      out.held.push(id);
      const fault = toFault(error, { connection: connection.name, object: anchor });
      if (!OF_ALL.has(fault.kind)) context.fault(fault, { subject: 'staged', id });
      else if (silent === null) silent = fault;
      else unasked++;
    }
  }

  return {
    async judge(missing) {
      const out: Judged = { gone: [], held: [] };
      if (!open.lookup) {
        // branch: holds: missing in one read of a system that moves on meanwhile
        for (const row of await context.store.spaces.byIds(missing.map(({ id }) => id)))
          (row.presence === 'held' ? out.gone : out.held).push(row.id);
        return out;
      }
      for (let i = 0; i < missing.length; i += LOOKUPS) {
        context.signal.throwIfAborted();
        if (silent !== null) {
          // branch: holds: missing, and the system answers no look-up
          const rest = missing.slice(i);
          out.held.push(...rest.map(({ id }) => id));
          unasked += rest.length;
          break;
        }
        await Promise.all(missing.slice(i, i + LOOKUPS).map((one) => look(one, out)));
      }
      return out;
    },
    end() {
      if (silent === null) return;
      const also = unasked === 0 ? '' : `; what else the read did not show is not taken as gone either (${unasked})`;
      context.fault({ ...silent, message: `${silent.message}${also}` });
    },
  };
}
