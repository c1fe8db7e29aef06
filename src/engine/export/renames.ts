/**
 * An account with a new name stands in groups of its target under the old one, and a target that keeps names as text (a file)
 * does not mend that itself: each such membership goes on under the new name, whoever made it. That is no change of who is in
 * the group, so no gate counts it.
 */
import type { DirtyRange, EdgeRow, EdgeWrite, StagedId } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { nameKeys } from '../import/staging.ts';
import { PAGE } from '../sync/members/edges.ts';

export interface Renamed {
  readonly staged: StagedId;
  readonly before: string;
  readonly after: string;
}

export interface Follow {
  /** By account. */
  readonly edges: ReadonlyMap<StagedId, readonly EdgeWrite[]>;
  /** The groups: what sources want is compared with the new names. */
  readonly dirty: readonly DirtyRange[];
}

export async function followRenames(
  context: EngineContext,
  connection: EngineConnection,
  renamed: readonly Renamed[],
): Promise<Follow> {
  const edges = new Map<StagedId, EdgeWrite[]>();
  const attributes = new Set<string>();
  for (const rule of connection.exports.values())
    for (const flow of rule.flows) if (flow.reference?.multi && flow.reference.by === 'name') attributes.add(flow.attribute);
  if (attributes.size === 0 || renamed.length === 0) return { edges, dirty: [] };
  const byKey = new Map(renamed.map((one) => [nameKeys(one.before).nameKey!, one]));
  const found = (await edgesTo(context, connection, [...byKey.keys()])).filter((edge) => attributes.has(edge.attribute));
  if (found.length === 0) return { edges, dirty: [] };
  const groups = new Map(
    (await context.store.spaces.byIds([...new Set(found.map((edge) => edge.stagedId))])).map((row) => [row.id, row]),
  );
  const dirty = new Set<number>();
  for (const edge of found) {
    const group = groups.get(edge.stagedId)!;
    if (group.objectId === null || group.protected || edge.state === 'remove') continue;
    const { staged, after } = byKey.get(edge.key)!;
    edges.set(staged, [...(edges.get(staged) ?? []), ...moved(edge, after)]);
    dirty.add(group.objectId);
  }
  return { edges, dirty: [...dirty].map((id) => ({ subject: 'object', from: id, to: id, cause: 'renamed' })) };
}

/** Nobody needs to approve what changes nobody's membership; one that was not there yet is approved as it was. */
function moved(edge: EdgeRow, name: string): EdgeWrite[] {
  const add: EdgeWrite = { ...edge, key: nameKeys(name).nameKey!, text: name, state: 'add' };
  if (edge.state === 'add' && edge.sentAt === null)
    return [
      { ...edge, state: 'drop' },
      { ...add, pending: { decided: edge.decided, sentAt: null } },
    ];
  const pending = { decided: 'approved', sentAt: null } as const;
  return [
    { ...edge, state: 'remove', pending },
    { ...add, pending },
  ];
}

async function edgesTo(context: EngineContext, connection: EngineConnection, keys: readonly string[]): Promise<EdgeRow[]> {
  const out: EdgeRow[] = [];
  // Pages end between staged objects; a short one is the last.
  for (let after = 0; ; ) {
    const page = await context.store.spaces.edgesTo(connection.name, keys, { after, limit: PAGE });
    out.push(...page);
    if (page.length < PAGE) return out;
    after = page[page.length - 1]!.stagedId;
  }
}
