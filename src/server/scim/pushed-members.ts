/** Memberships as they are shown and asked for: kept as edges beside the groups, by the ids of the members. */
import type { Condition } from '#core/condition';
import { refusal } from '#protocols/scim/errors';
import { membersAsked, withMembers } from '#protocols/scim/filter/members';
import type { Complex } from '#protocols/scim/resource';
import type { ScimResourceType } from '#protocols/scim/schema';
import type { Pushed } from './pushed-item.ts';
import type { ScimServices } from './service.ts';

const MEMBERS = 'members';
/** Read at a time. */
const PAGE = 10_000;
/** Groups of one member that a filter may go through. */
const MOST_GROUPS = 1_000;

type Edge = Awaited<ReturnType<ScimServices['store']['spaces']['edgesTo']>>[number];

/** Of a group, page by page: those that are not known by now are shown as users. */
export async function* membersOf(
  group: number,
  { connection, base, url }: Pushed,
  { store: { spaces } }: ScimServices,
): AsyncGenerator<readonly Complex[]> {
  const groups = base.types.find(({ name }) => name === 'Group');
  const users = base.types.find(({ name }) => name === 'User')!;
  for (let after: string | undefined; ; ) {
    const page = await spaces.edgesOf([group], { attribute: MEMBERS, limit: PAGE, ...(after === undefined ? {} : { after }) });
    const ids = page.filter(isMember).map((edge) => edge.text);
    const nested =
      groups === undefined || ids.length === 0
        ? new Set<string>()
        : new Set((await spaces.resolve(connection, 'anchor', base.kindOf['Group']!, ids)).map(({ key }) => key));
    yield ids.map((value) => memberOf(value, nested.has(value) ? groups! : users, url));
    if (page.length < PAGE) return;
    after = page[page.length - 1]!.key;
  }
}

function memberOf(value: string, { name, endpoint }: ScimResourceType, url: string): Complex {
  return { value, type: name, $ref: `${url}${endpoint}/${encodeURIComponent(value)}` };
}

/** The groups that each of them is in directly (RFC 7643 4.1.2), by id. */
export async function groupsOf(
  users: readonly string[],
  { connection, base, url }: Pushed,
  { store: { spaces } }: ScimServices,
): Promise<ReadonlyMap<string, readonly Complex[]>> {
  const out = new Map<string, Complex[]>();
  const groups = base.types.find(({ name }) => name === 'Group');
  if (groups === undefined) return out;
  const edges: Edge[] = [];
  for (let after: Edge['stagedId'] | undefined; ; ) {
    const page = await spaces.edgesTo(connection, users, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    edges.push(...page.filter(isMember));
    // A page is of so many groups, however many of these users each has.
    if (new Set(page.map((edge) => edge.stagedId)).size < PAGE) break;
    after = page.at(-1)!.stagedId;
  }
  if (edges.length === 0) return out;
  const rows = new Map((await spaces.byIds([...new Set(edges.map((edge) => edge.stagedId))])).map((row) => [row.id, row]));
  for (const { stagedId, key } of edges) {
    const row = rows.get(stagedId);
    if (row === undefined || row.kind !== base.kindOf[groups.name] || row.presence === 'gone' || row.anchor === null) continue;
    const mine = out.get(key) ?? [];
    out.set(key, mine);
    mine.push({ value: row.anchor, $ref: `${url}${groups.endpoint}/${encodeURIComponent(row.anchor)}`, type: 'direct' });
  }
  return out;
}

function isMember({ attribute, state }: Edge): boolean {
  return attribute === MEMBERS && state === 'seen';
}

/** What a condition asks of members is no part of a group's document: it becomes the ids of the groups. @throws ScimError `tooMany` */
export async function withMembersKnown(condition: Condition, connection: string, services: ScimServices): Promise<Condition> {
  const asked = membersAsked(condition);
  if (asked.length === 0) return condition;
  const groups = new Map<string, readonly string[]>();
  for (const member of asked) groups.set(member, await groupsWith(member, connection, services));
  return withMembers(condition, (member) => groups.get(member)!);
}

async function groupsWith(member: string, connection: string, { store: { spaces } }: ScimServices): Promise<readonly string[]> {
  const edges = await spaces.edgesTo(connection, [member], { limit: MOST_GROUPS + 1 });
  if (edges.length > MOST_GROUPS) throw refusal('tooMany', 'the member is in too many groups to go through them');
  const ids = edges.filter(isMember).map((edge) => edge.stagedId);
  const rows = ids.length === 0 ? [] : await spaces.byIds(ids);
  return rows.flatMap(({ anchor }) => anchor ?? []);
}
