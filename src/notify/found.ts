/** Troubles that the store shows: gates that stopped, and queues that are old. */
import type { Configuration } from '#config/model';
import { grouped } from '#core/text';
import { isOpen } from '#core/window';
import type { ConnectionState, GateHold, Store, Waits } from '#store/contract';
import type { Ages } from '#telemetry/ages';
import type { Evidence, Trouble } from './trouble.ts';

export interface Looked {
  readonly holds: readonly GateHold[];
  readonly states: readonly ConnectionState[];
  readonly waits: Waits;
  /** How long the oldest of what is to be worked out has waited, as far as it was watched, ms. */
  readonly dirtyMs: number;
  /** For how long this process has watched, ms. */
  readonly watchedMs: number;
  readonly now: number;
}

export async function look(
  { exports, queues, spaces }: Store,
  { ages, since, now }: { readonly ages: Ages; readonly since: number; readonly now: number },
): Promise<Looked> {
  const [holds, waits, states] = [await exports.holds(null), await queues.look(), await spaces.states()];
  const dirtyMs = ages.look(waits.dirty.oldest, waits.dirty.newest, now);
  return { holds, waits, states, dirtyMs, watchedMs: now - since, now };
}

/** Of one connection, since when it is open; what waited for its opening is not old by that. */
export type Opened = Map<string, number>;

/** What of it is too old is for each receiver to say. */
export function foundIn(
  looked: Looked,
  queueAgeMs: number,
  { connections }: Pick<Configuration, 'connections'>,
  opened: Opened,
): Evidence {
  const on = [...stopped(looked.holds), ...old(looked, queueAgeMs, connections, opened)];
  return {
    on,
    over: ({ kind, connection }) => kind === 'gate-stopped' || (kind === 'queue-old' && isYoung(connection, looked, queueAgeMs)),
  };
}

/** Not only for want of knowing how old it is, or of an opening. */
function isYoung(connection: string | null, { waits, dirtyMs, watchedMs, now }: Looked, queueAgeMs: number): boolean {
  if (connection === null) return waits.dirty.oldest === null || (dirtyMs < queueAgeMs && watchedMs >= queueAgeMs);
  const one = waits.exports.find((queue) => queue.connection === connection);
  return one === undefined || now - (one.oldest ?? now) < queueAgeMs;
}

function stopped(holds: readonly GateHold[]): readonly Trouble[] {
  return holds.map(({ id, connection, part, count, limit }) => ({
    ...{ key: `gate ${id}`, kind: 'gate-stopped', connection, lasts: true },
    // What was sent before is not held, and counts.
    text: `${connection}: the gate '${part}' holds changes: with those sent in the last 24 hours it counted ${grouped(count)}, and its limit is ${grouped(limit)}`,
    command: `rollcall approve ${connection}`,
    path: `/api/connections/${encodeURIComponent(connection)}/waiting`,
  }));
}

function old(
  { waits, states, dirtyMs, now }: Looked,
  queueAgeMs: number,
  connections: Configuration['connections'],
  opened: Opened,
): readonly Trouble[] {
  const found: Trouble[] = [];
  for (const { connection, count, oldest } of waits.exports) {
    const one = connections.find(({ name }) => name === connection);
    // Somebody meant it to wait.
    const waitsOnPurpose = states.some(({ name, held }) => name === connection && held !== null);
    if (one === undefined || waitsOnPurpose || (one.openings !== null && !isOpen(one.openings, now))) {
      opened.delete(connection);
      continue;
    }
    const since = opened.get(connection) ?? (one.openings === null ? 0 : now);
    opened.set(connection, since);
    const age = now - Math.max(since, oldest ?? now);
    if (age < queueAgeMs) continue;
    found.push({
      ...{ key: `queue of ${connection}`, kind: 'queue-old', connection, lasts: true },
      text: `${connection}: ${grouped(count)}${count >= MOST_COUNTED ? ' or more' : ''} ${count === 1 ? 'change waits' : 'changes wait'} to be sent, the oldest for ${timeIn(age)}`,
      command: `rollcall plan ${connection}`,
      path: '/api/runs',
    });
  }
  if (dirtyMs >= queueAgeMs)
    found.push({
      ...{ key: 'queue of what is to be worked out', kind: 'queue-old', connection: null, lasts: true },
      text: `what has changed waits to be worked out, for ${timeIn(dirtyMs)} by now`,
      command: 'rollcall runs',
      path: '/api/runs',
    });
  return found;
}

const MOST_COUNTED = 10_000;
const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1_000, 'second'],
] as const;

function timeIn(ms: number): string {
  const [length, unit] = UNITS.find(([length], i) => ms >= 2 * length || i === UNITS.length - 1)!;
  const count = Math.floor(ms / length);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
