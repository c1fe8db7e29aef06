/** Rows that come back after another one of their connection took their place (SEMANTICS 3): without `many` they are parked like any second one. */
import type { StagedId, StagedRow } from '#store/contract';
import { connectionNamed, type EngineContext } from '../context.ts';

/** Which of these linked rows have lost their place. One that a person linked keeps it, and takes nobody else's. */
export async function displaced(context: EngineContext, linked: readonly StagedRow[]): Promise<ReadonlySet<StagedId>> {
  const back = linked.filter((row) => row.incarnation > 1 && mayLose(context, row));
  const out = new Set<StagedId>();
  if (back.length === 0) return out;
  const others = (await context.store.sync.linked([...new Set(back.map((row) => row.objectId!))])).filter((row) =>
    mayLose(context, row),
  );
  for (const row of back) {
    // Whoever was linked later found the place free.
    const taken = others.some(
      ({ objectId, connection, kind, linkRun }) =>
        objectId === row.objectId && connection === row.connection && kind === row.kind && (linkRun ?? 0) > (row.linkRun ?? 0),
    );
    if (taken) out.add(row.id);
  }
  return out;
}

/** An account stays linked beside another one: which of them counts is told where wishes are made. */
function mayLose(context: EngineContext, row: StagedRow): boolean {
  if (row.presence !== 'present' || row.linkHow === 'decided') return false;
  const connection = connectionNamed(context, row.connection);
  if (!connection) return false;
  return [...connection.imports.values()].some(
    (rule) => rule.from === row.kind && !rule.many && !connection.exports.has(rule.kind),
  );
}
