/** Members that cannot be carried: nobody known has the key, or she has no account in a target yet (SEMANTICS 10, debt). */
import { formatInstant } from '#core/time';
import type { OpenStore } from './operation.ts';

export interface OwedMember {
  /** Where the membership was read. */
  readonly connection: string;
  /** Anchor of the group there, or its name where it has none. */
  readonly group: string | null;
  /** What its system calls the group: a DN; null where it has no names. */
  readonly name: string | null;
  readonly attribute: string;
  /** As it is written there. */
  readonly member: string;
  readonly since: string;
}

const PAGE = 1_000;

/** The first `limit`, and one more when there are more. */
export async function owedMembers(
  store: OpenStore,
  connection: string | undefined,
  limit: number,
): Promise<readonly OwedMember[]> {
  const rows: Awaited<ReturnType<OpenStore['people']['debts']>>[number][] = [];
  for (let after: Parameters<OpenStore['people']['debts']>[0]['after'] = null; rows.length <= limit; ) {
    const page: typeof rows = [...(await store.people.debts({ after, limit: PAGE }))];
    rows.push(...page.filter((row) => connection === undefined || row.connection === connection));
    if (page.length < PAGE) break;
    after = page.at(-1)!;
  }
  const shown = rows.slice(0, limit + 1);
  const groups = new Map((await store.spaces.byIds([...new Set(shown.map((row) => row.stagedId))])).map((row) => [row.id, row]));
  return shown.map((row) => {
    const group = groups.get(row.stagedId);
    return {
      connection: row.connection,
      group: group?.anchor ?? group?.name ?? null,
      name: group?.name ?? null,
      attribute: row.attribute,
      member: row.text,
      since: formatInstant(row.debtSince!),
    };
  });
}
