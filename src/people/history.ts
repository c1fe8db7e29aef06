/** What happened to one person: changes of the agreed values and of every linked account, newest first. */
import { RollcallError } from '#core/errors';
import type { ChangeRow, ObjectRow, RunRow, Store } from '#store/contract';

export interface HistoryEntry {
  readonly run: number;
  /** The run's one instant, ms; null when the run's record was cleaned away. */
  readonly at: number | null;
  readonly by: string | null;
  /** Null: the agreed person itself. */
  readonly connection: string | null;
  readonly anchor: string | null;
  readonly name: string | null;
  readonly operation: ChangeRow['operation'];
  readonly before: { readonly [attribute: string]: unknown } | null;
  readonly after: { readonly [attribute: string]: unknown } | null;
}
const PAGE = 500;

export async function historyOf(object: ObjectRow, store: Store, limit: number): Promise<readonly HistoryEntry[]> {
  const linked = await store.sync.linked([object.id]);
  const subjects = [
    { subject: 'object' as const, id: object.id, connection: null, anchor: null, name: null },
    ...linked.map((row) => ({
      subject: 'staged' as const,
      id: row.id,
      connection: row.connection,
      anchor: row.anchor ?? row.name,
      name: row.name,
    })),
  ];
  const found: (HistoryEntry & { readonly order: number })[] = [];
  const runs = new Map<number, RunRow | null>();
  for (const { subject, id, connection, anchor, name } of subjects) {
    for (const change of await all(store, subject, id)) {
      if (!runs.has(change.run)) runs.set(change.run, await store.runs.get(change.run));
      const run = runs.get(change.run) ?? null;
      found.push({
        run: change.run,
        at: run?.now ?? null,
        by: run?.by ?? null,
        connection,
        anchor,
        name,
        operation: change.operation,
        before: image(change.before),
        after: image(change.after),
        order: change.id,
      });
    }
  }
  found.sort((a, b) => b.run - a.run || b.order - a.order);
  return found.slice(0, limit).map(({ order: _, ...entry }) => entry);
}

async function all(store: Store, subject: 'object' | 'staged', id: number): Promise<ChangeRow[]> {
  const rows: ChangeRow[] = [];
  for (let after = 0; ; ) {
    const page = await store.runs.changes({ subject, id }, { after, limit: PAGE });
    rows.push(...page);
    if (page.length < PAGE) return rows;
    after = page.at(-1)!.id;
  }
}

/** The changed attributes of a change row. */
export function image(text: string | null): { readonly [attribute: string]: unknown } | null {
  if (text === null) return null;
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new RollcallError('internal', 'A change row holds no object.');
  return parsed as { readonly [attribute: string]: unknown };
}
