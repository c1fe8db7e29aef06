/**
 * Memberships that a target answered as done again and again, and that no read has shown: they are not sent any more, and their
 * group is listed with both sides (SEMANTICS 9), until a read shows them or nobody wants them.
 */
import { canonicalJson } from '#core/canonical';
import type { EdgeRow, ParkedRow, ParkedWrite, StagedId } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';

const PAGE = 1_000;
/** Members named of each side of a group. */
const NAMED = 10;
const KIND = 'notConverging';

export async function parkUnshown(
  context: EngineContext,
  connection: EngineConnection,
  unshown: readonly EdgeRow[],
): Promise<void> {
  const listed = (await parkedOf(context, { kind: KIND, connection: connection.name })).filter((item) => item.stagedId !== null);
  const byGroup = Map.groupBy(unshown, (edge) => edge.stagedId);
  const groups = new Set<StagedId>([...byGroup.keys(), ...listed.map((item) => item.stagedId!)]);
  if (groups.size === 0) return;
  const rows = new Map((await context.store.spaces.byIds([...groups])).map((row) => [row.id, row]));
  const known = Map.groupBy(await parkedOf(context, { stagedIds: [...groups] }), (item) => item.stagedId!);
  const parked: ParkedWrite[] = [];
  for (const id of groups) {
    const details = detailsOf(rows.get(id)?.anchor ?? null, byGroup.get(id) ?? []);
    const before = known.get(id) ?? [];
    const mine = before.filter((item) => item.kind === KIND).map((item) => item.detail);
    if (canonicalJson([...mine].sort()) === canonicalJson([...details].sort())) continue;
    const others = before.filter((item) => item.kind !== KIND);
    // branch: parks notConverging: members
    const items = details.map((detail) => ({ kind: KIND, connection: connection.name, detail }));
    parked.push({ subject: { stagedId: id }, items: [...others, ...items], at: context.now });
  }
  if (parked.length === 0) return;
  const { run, epoch } = context;
  const nothing = { objects: [], staged: [], keys: { add: [], remove: [] }, waiting: [], edges: [], changes: [], dirty: [] };
  await context.store.sync.commit({ run, epoch, ...nothing, parked, done: [] });
}

/** One for each attribute: whom it should have and does not, whom it has and should not. */
function detailsOf(anchor: string | null, edges: readonly EdgeRow[]): string[] {
  return [...Map.groupBy(edges, (edge) => edge.attribute)].map(([attribute, of]) => {
    const side = (state: EdgeRow['state']): readonly string[] =>
      of.filter((edge) => edge.state === state).map((edge) => edge.text);
    const [missing, left] = [side('add'), side('remove')];
    return canonicalJson({
      anchor,
      attribute,
      ...(missing.length === 0 ? {} : { notAdded: missing.slice(0, NAMED), notAddedCount: missing.length }),
      ...(left.length === 0 ? {} : { notRemoved: left.slice(0, NAMED), notRemovedCount: left.length }),
    });
  });
}

async function parkedOf(
  context: EngineContext,
  filter: Parameters<EngineContext['store']['decisions']['parked']>[0],
): Promise<ParkedRow[]> {
  const out: ParkedRow[] = [];
  for (let after = 0; ; ) {
    const page = await context.store.decisions.parked(filter, { after, limit: PAGE });
    out.push(...page);
    if (page.length < PAGE) return out;
    after = page.at(-1)!.id;
  }
}
