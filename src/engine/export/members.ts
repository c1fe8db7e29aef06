/** Memberships → the target: set operations on groups, after the accounts (SEMANTICS 10). */
import type { WriteItem } from '#connectors/contract';
import { imageText } from '#core/canonical';
import { bare } from '#core/values';
import type { EdgeRow, EdgeWrite, GroupChange, NewChange, StagedId, StagedRow } from '#store/contract';
import { heldPartsOf } from '../safety/gates.ts';
import { refuse, type Session, settle, write } from './sending.ts';
import { ruleOf } from './translate.ts';

const MOST = 5_000;

/** Memberships decided and not proven: set operations on the groups that exist in the target. */
export async function sendMembers(session: Session, only: ReadonlySet<StagedId> | undefined): Promise<void> {
  const free = await session.context.turns.alone(`members of ${session.connection.name}`);
  try {
    await sendPending(session, only);
  } finally {
    free();
  }
}

async function sendPending(session: Session, only: ReadonlySet<StagedId> | undefined): Promise<void> {
  const { context, connection, writer } = session;
  for (let after: EdgeRow | null = null; !session.stopped && !context.signal.aborted; ) {
    session.held = await heldPartsOf(context, connection);
    const edges: readonly EdgeRow[] = await context.store.exports.pendingEdges(connection.name, { after, limit: MOST });
    if (edges.length === 0) return;
    after = edges[edges.length - 1]!;
    const rows = new Map(
      (await context.store.spaces.byIds([...new Set(edges.map((e) => e.stagedId))])).map((row) => [row.id, row]),
    );
    const byGroup = new Map<number, EdgeRow[]>();
    for (const edge of edges) {
      if (only && !only.has(edge.stagedId)) continue;
      if (edge.decided === 'discarded' || (session.held.has('member') && edge.decided === null)) continue;
      // A group whose create is on its way in this same commit counts as there.
      const row = rows.get(edge.stagedId)!;
      if (row.protected) continue;
      if (
        row.presence !== 'present' &&
        !session.finished.some((f) => f.answers.some((a) => a.staged === row.id && a.outcome === 'proven'))
      )
        continue;
      byGroup.set(edge.stagedId, [...(byGroup.get(edge.stagedId) ?? []), edge]);
    }
    const groups = [...byGroup];
    const items: WriteItem[] = groups.map(([id, list]) =>
      memberItem(rows.get(id)!, list, `${context.epoch}-${connection.rank}-member:${id}`),
    );
    const results = await write(session, items);
    const settled: EdgeWrite[] = [];
    const counted: GroupChange[] = [];
    groups.forEach(([id, list], i) => {
      const result = results[i]!;
      if (!result.ok) {
        if (session.broken) return;
        refuse(
          session,
          {
            row: rows.get(id)!,
            rule: ruleOf(connection, rows.get(id)!.kind)!,
            item: items[i]!,
            sent: bare(),
            rest: null,
          },
          result,
        );
        return;
      }
      session.sent++;
      context.counters.add(connection.name, 'written');
      for (const edge of list)
        settled.push({ ...edge, state: edge.state === 'add' ? 'seen' : 'drop', ours: edge.state === 'add' });
      counted.push(...countedOf(list));
    });
    const changes: NewChange[] = groups.flatMap(([id, list], i) => (results[i]!.ok ? [memberChange(id, list)] : []));
    const done = { attempt: '', answers: [], changes, edges: settled, counted, dirty: [] };
    if (writer.commit) session.finished.push(done);
    else await settle(session, done);
    if (changes.length > 0) await context.store.runs.recordChanges(context.run, context.epoch, changes);
    if (edges.length < MOST) return;
  }
}

/** By attribute; what a person approved does not count. */
function countedOf(edges: readonly EdgeRow[]): GroupChange[] {
  const out = new Map<string, { stagedId: StagedId; attribute: string; added: number; removed: number }>();
  for (const { stagedId, attribute, state, decided } of edges) {
    if (decided !== null) continue;
    const change = out.get(attribute) ?? { stagedId, attribute, added: 0, removed: 0 };
    out.set(attribute, change);
    if (state === 'add') change.added++;
    else change.removed++;
  }
  return [...out.values()];
}

function memberItem(row: StagedRow, edges: readonly EdgeRow[], attempt: string): WriteItem {
  const add: { [attribute: string]: string[] } = bare();
  const remove: { [attribute: string]: string[] } = bare();
  for (const edge of edges) {
    const into = edge.state === 'add' ? add : remove;
    into[edge.attribute] = [...(into[edge.attribute] ?? []), edge.text];
  }
  return { attempt, operation: 'update', kind: row.kind, anchor: row.anchor, set: {}, add, remove };
}

function memberChange(id: number, edges: readonly EdgeRow[]): NewChange {
  const of = (state: string): string =>
    imageText(
      Object.assign(bare(), {
        member: edges
          .filter((e) => e.state === state)
          .map((e) => e.text)
          .slice(0, 100),
      }),
    );
  return { subject: 'staged', from: id, to: id, operation: 'export', before: of('remove'), after: of('add') };
}
