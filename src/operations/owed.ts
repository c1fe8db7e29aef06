/** Members that cannot be carried: nobody known has the key, or she has no account in a target yet (SEMANTICS 10, debt). */
import { RollcallError } from '#core/errors';
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

type Place = NonNullable<Parameters<OpenStore['people']['debts']>[0]['after']>;

const PAGE = 1_000;

/** At most `limit` after that place; null = from the first. `next`: null = that was all. Errors: invalidValue. */
export async function owedMembers(
  store: OpenStore,
  connection: string | undefined,
  { after: from, limit }: { readonly after: string | null; readonly limit: number },
): Promise<{ readonly owed: readonly OwedMember[]; readonly next: string | null }> {
  const rows: Awaited<ReturnType<OpenStore['people']['debts']>>[number][] = [];
  for (let after: Place | null = from === null ? null : placeIn(from); rows.length <= limit; ) {
    const page: typeof rows = [...(await store.people.debts({ after, limit: PAGE }))];
    rows.push(...page.filter((row) => connection === undefined || row.connection === connection));
    if (page.length < PAGE) break;
    after = page.at(-1)!;
  }
  const shown = rows.slice(0, limit);
  const groups = new Map((await store.spaces.byIds([...new Set(shown.map((row) => row.stagedId))])).map((row) => [row.id, row]));
  const owed = shown.map((row) => {
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
  return { owed, next: rows.length > limit ? textOf(shown.at(-1)!) : null };
}

function textOf({ stagedId, attribute, key }: Place): string {
  return Buffer.from(JSON.stringify([stagedId, attribute, key])).toString('base64url');
}

function placeIn(text: string): Place {
  try {
    const [stagedId, attribute, key, ...more] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[];
    if (Number.isSafeInteger(stagedId) && typeof attribute === 'string' && typeof key === 'string' && more.length === 0)
      return { stagedId: stagedId as number, attribute, key };
  } catch {
    // Said below.
  }
  throw new RollcallError('invalidValue', 'this is no place in the list of members that wait', {
    remedy: 'send the nextOwed of the page before',
  });
}
