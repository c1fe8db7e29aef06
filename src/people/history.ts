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
export interface HistoryPage {
  /** Only what came before this change. */
  readonly before?: number | undefined;
  /** A few more are given where one change is of several accounts. */
  readonly limit: number;
  /** Whether changes of the accounts are among them. */
  readonly accounts: boolean;
}

/** `next`: `before` of the page after it; null: that was all. */
export async function historyOf(
  object: ObjectRow,
  store: Store,
  { before = Number.MAX_SAFE_INTEGER, limit, accounts }: HistoryPage,
): Promise<{ readonly entries: readonly HistoryEntry[]; readonly next: number | null }> {
  const linked = accounts ? await store.sync.linked([object.id]) : [];
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
  const found: { readonly change: ChangeRow; readonly of: (typeof subjects)[number] }[] = [];
  for (const of of subjects)
    for (const change of await store.runs.changes({ subject: of.subject, id: of.id }, { before, limit: limit + 1 }))
      found.push({ change, of });
  found.sort((a, b) => b.change.id - a.change.id);
  const last = found[limit - 1]?.change.id ?? 0;
  const shown = found.filter(({ change }) => change.id >= last);
  const runs = new Map<number, RunRow | null>();
  for (const { change } of shown) if (!runs.has(change.run)) runs.set(change.run, await store.runs.get(change.run));
  const entries = shown.map(({ change, of: { connection, anchor, name } }): HistoryEntry => {
    const run = runs.get(change.run) ?? null;
    return {
      run: change.run,
      at: run?.now ?? null,
      by: run?.by ?? null,
      connection,
      anchor,
      name,
      operation: change.operation,
      before: image(change.before),
      after: image(change.after),
    };
  });
  return { entries, next: shown.length < found.length ? last : null };
}

/** The changed attributes of a change row. */
export function image(text: string | null): { readonly [attribute: string]: unknown } | null {
  if (text === null) return null;
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed !== 'object' || parsed === null) throw new RollcallError('internal', 'A change row holds no object.');
  return parsed as { readonly [attribute: string]: unknown };
}
