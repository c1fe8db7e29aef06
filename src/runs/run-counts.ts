/** What a run counts for its report, at its end. */
import { COUNTED } from '#engine/counts';
import { isDiscarded } from '#engine/safety/discards';
import { heldMembers, modesOf } from './held-members.ts';
import type { ConnectionCounts, RunReport, Services } from './model.ts';
import type { Session } from './services.ts';

/** Tables whose rows are the record of a run, not its work. */
const RECORD = new Set(['run', 'connection', 'counter', 'setting', 'error', 'bitmap_page']);

/** Of rows by table: those that are its work. */
export function worked(rows: { readonly [table: string]: number }): number {
  let sum = 0;
  for (const [table, n] of Object.entries(rows)) if (!RECORD.has(table)) sum += n;
  return sum;
}

export async function countConnections(session: Session, services: Services): Promise<ConnectionCounts[]> {
  const { context } = session;
  const parked = await services.store.decisions.parkedCounts();
  const modes = await modesOf(services.config.connections, services.store);
  const out: ConnectionCounts[] = [];
  for (const { name, exports } of context.connections) {
    const counts = { ...context.counters.of(name) };
    counts.parked = parked.filter((p) => p.connection === name).reduce((sum, p) => sum + p.count, 0);
    counts.observed = 0;
    counts.held = 0;
    counts.waiting = 0;
    if (exports.size > 0) {
      const states = await services.store.exports.counts(name);
      // What somebody discarded waits for nobody.
      counts.observed = (states.observed ?? 0) > 0 ? await undecided(name, 'observed', services.store) : 0;
      counts.held = (states.held ?? 0) > 0 ? await undecided(name, 'held', services.store) : 0;
      counts.held += await heldMembers(name, modes.get(name)!, services.store);
      counts.waiting = (states.waiting ?? 0) + (states.sent ?? 0) + (states.unknown ?? 0);
    }
    out.push({
      connection: name,
      ...(Object.fromEntries(COUNTED.map((what) => [what, counts[what]])) as Omit<ConnectionCounts, 'connection'>),
    });
  }
  return out;
}

/** Of connections with which something happened, as far as it is known without asking the store: how they stand now is not. */
export function touched({ context }: Session): ConnectionCounts[] {
  return context.connections.flatMap(({ name }) => {
    const counts = context.counters.of(name);
    return COUNTED.some((what) => counts[what] > 0) ? [{ connection: name, ...counts }] : [];
  });
}

async function undecided(connection: string, state: 'observed' | 'held', store: Services['store']): Promise<number> {
  let found = 0;
  for (let after = 0; ; ) {
    const page = await store.exports.list(connection, [state], { after, limit: 1_000 });
    for (const row of page) if (!isDiscarded(row)) found++;
    if (page.length < 1_000) return found;
    after = page[page.length - 1]!.id;
  }
}

export async function countObjects(session: Session, services: Services): Promise<RunReport['objects']> {
  const out: { [kind: string]: { created: number; changed: number; total: number } } = Object.create(null);
  const totals = await services.store.people.counts();
  for (const kind of session.context.kinds.keys()) {
    const counted = session.context.counters.objects.get(kind) ?? { created: 0, changed: 0 };
    out[kind] = { ...counted, total: totals[kind] ?? 0 };
  }
  return out;
}
