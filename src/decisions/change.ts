/** What a decision covers: single changes of accounts and memberships, and how a set of them is named. */
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import { changeDigest, type MemberSources, wantedMembers } from '#runs/reasons';
import type { DecisionRow, EdgeDecision, EdgePosition, EdgeRow, ExportState, StagedRow, Store } from '#store/contract';

/** Identifies exactly this change: another wish for the same account has another digest. Null when nothing is wanted. */
export function digestOf(row: Pick<StagedRow, 'id' | 'export'>): string | null {
  return row.export === null ? null : changeDigest(row.id, row.export);
}

/** What a decision covers: changes of accounts, and memberships. */
export interface Changes {
  readonly rows: readonly StagedRow[];
  readonly members: readonly EdgeRow[];
  /** Decisions that would end the links of accounts. */
  readonly links: readonly DecisionRow[];
  /** With how many members new groups are shown, by id. */
  readonly sizes: ReadonlyMap<number, number>;
}

/** Identifies a set of changes whatever their order. */
export function digestOfAll({ rows, ...others }: Changes): string {
  return sha256Hex(canonicalJson([...rows.map((row) => digestOf(row)), ...textsOf(others)].sort()));
}

/** What identifies the changes beside those of accounts. */
export function textsOf({ members, links, sizes }: Omit<Changes, 'rows'>): string[] {
  const edges = members.map(({ stagedId, attribute, key, state }) => canonicalJson([stagedId, attribute, key, state]));
  return [
    ...edges,
    ...links.map(({ id, detail }) => canonicalJson(['link', id, detail])),
    ...[...sizes].map(([id, size]) => canonicalJson(['members', id, size])),
  ];
}

export function sizeOf({ rows, members, links }: Omit<Changes, 'sizes'>): number {
  return rows.length + members.length + links.length;
}

/** Of these changes the new groups, each with how many members it is to have. */
export async function sizesOf(
  rows: readonly StagedRow[],
  { store, config }: { readonly store: Store; readonly config: MemberSources },
): Promise<ReadonlyMap<number, number>> {
  const sizes = new Map<number, number>();
  for (const row of rows) {
    const size = await wantedMembers(row, config, store);
    if (size !== null) sizes.set(row.id, size);
  }
  return sizes;
}

const PAGE = 2_000;

/** Every account of the connection whose change is in one of these states, by id, in pages. */
export async function* pagesIn(
  store: Store,
  connection: string,
  states: readonly ExportState[],
): AsyncGenerator<readonly StagedRow[]> {
  for (let after = 0; ; ) {
    const page = await store.exports.list(connection, states, { after, limit: PAGE });
    yield page;
    if (page.length < PAGE) return;
    after = page.at(-1)!.id;
  }
}

/** Memberships of the connection that are decided by rules and not sent, by what a person said about them; null = nothing. */
export async function membersDecided(
  store: Store,
  connection: string,
  decided: readonly (EdgeDecision | null)[],
): Promise<EdgeRow[]> {
  const found: EdgeRow[] = [];
  for (let after: EdgePosition | null = null; ; ) {
    const page: readonly EdgeRow[] = await store.exports.pendingEdges(connection, { after, limit: PAGE });
    for (const edge of page) if (decided.includes(edge.decided)) found.push(edge);
    if (page.length < PAGE) return found;
    after = page.at(-1)!;
  }
}

/** The groups of these memberships, by id. */
export async function groupsOf(store: Store, members: readonly EdgeRow[]): Promise<ReadonlyMap<number, StagedRow>> {
  const ids = [...new Set(members.map((edge) => edge.stagedId))];
  const groups = new Map<number, StagedRow>();
  for (let i = 0; i < ids.length; i += PAGE)
    for (const row of await store.spaces.byIds(ids.slice(i, i + PAGE))) groups.set(row.id, row);
  return groups;
}
