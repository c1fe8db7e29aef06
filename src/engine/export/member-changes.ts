/** What the record of a run says of memberships: of each group one row, with how many came and went, and who, as far as there is room. */
import { imageText } from '#core/canonical';
import { type Attributes, bare } from '#core/values';
import type { EdgeRow, EdgeWrite, GroupChange, NewChange, StagedId } from '#store/contract';
import type { EngineContext } from '../context.ts';
import type { MemberCounts } from '../counts.ts';
import type { SentMember } from './finished.ts';

/** Members named of each group and side; of the others it is said how many there are. */
const NAMED = 100;

/** Edges, gate counts and change rows of memberships that the target took; what nobody answered counts, and is no change. */
export function memberAnswer(
  context: EngineContext,
  members: readonly SentMember[],
): { readonly edges: readonly EdgeWrite[]; readonly counted: readonly GroupChange[]; readonly changes: readonly NewChange[] } {
  const touched = new Set<StagedId>();
  for (const { edge, unknown } of members) {
    if (unknown) continue;
    touched.add(edge.stagedId);
    note(context.counters.members, edge);
  }
  return {
    edges: members.map(({ write }) => write),
    counted: countedOf(members.map(({ edge }) => edge)),
    changes: [...touched].map((id) => changeOf(id, context.counters.members.get(id)!)),
  };
}

/** By group and attribute; what a person decided does not count, and nothing counts twice. */
function countedOf(edges: readonly EdgeRow[]): GroupChange[] {
  const out = new Map<string, { stagedId: StagedId; attribute: string; added: number; removed: number }>();
  for (const { stagedId, attribute, state, decided, counted } of edges) {
    if (decided !== null || counted) continue;
    const key = `${stagedId} ${attribute}`;
    const change = out.get(key) ?? { stagedId, attribute, added: 0, removed: 0 };
    out.set(key, change);
    if (state === 'add') change.added++;
    else change.removed++;
  }
  return [...out.values()];
}

function note(counts: Map<StagedId, MemberCounts>, { stagedId, attribute, state, text }: EdgeRow): void {
  const group = counts.get(stagedId) ?? { add: {}, remove: {} };
  counts.set(stagedId, group);
  const side = state === 'add' ? group.add : group.remove;
  side[attribute] ??= { count: 0, named: [] };
  const of = side[attribute];
  of.count++;
  if (of.named.length < NAMED) of.named.push(text);
}

function changeOf(id: StagedId, { add, remove }: MemberCounts): NewChange {
  return { subject: 'staged', from: id, to: id, operation: 'export', before: sideText(remove), after: sideText(add) };
}

/** `{"member": ["…"]}`, with `"(all member)": 1200` where not all are named. */
function sideText(side: MemberCounts['add']): string {
  const image: Attributes = bare();
  for (const [attribute, { count, named }] of Object.entries(side)) {
    image[attribute] = named;
    if (count > named.length) image[`(all ${attribute})`] = count;
  }
  return imageText(image);
}
