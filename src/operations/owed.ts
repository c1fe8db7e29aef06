/** Members that cannot be carried: nobody known has the key, or she has no account in a target yet (SEMANTICS 10, debt). */
import { RollcallError } from '#core/errors';
import { formatInstant } from '#core/time';
import type { OpenStore } from './operation.ts';
import type { Sight } from './shown.ts';

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

type Group = Awaited<ReturnType<OpenStore['spaces']['byIds']>>[number];

const PAGE = 1_000;

/** At most `limit` after that place; null = from the first. Those of groups whose members may not be seen are not among them. `next`: null = that was all. Errors: invalidValue. */
export async function owedMembers(
  store: OpenStore,
  connection: string | undefined,
  sight: Sight,
  { after: from, limit }: { readonly after: string | null; readonly limit: number },
): Promise<{ readonly owed: readonly OwedMember[]; readonly next: string | null }> {
  const rows: Awaited<ReturnType<OpenStore['people']['debts']>>[number][] = [];
  const groups = new Map<number, Group>();
  for (let after: Place | null = from === null ? null : placeIn(from); rows.length <= limit; ) {
    const page = await store.people.debts({ after, limit: PAGE });
    const asked = page.filter((row) => connection === undefined || row.connection === connection);
    const unknown = new Set(asked.map((row) => row.stagedId).filter((id) => !groups.has(id)));
    for (const group of await store.spaces.byIds([...unknown])) groups.set(group.id, group);
    rows.push(...asked.filter((row) => !isHidden(groups.get(row.stagedId), row.attribute, sight)));
    if (page.length < PAGE) break;
    after = page.at(-1)!;
  }
  const shown = rows.slice(0, limit);
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

function isHidden(group: Group | undefined, attribute: string, sight: Sight): boolean {
  return group === undefined ? sight.everywhere(attribute) : sight.account({ ...group, object: group.objectId })(attribute);
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
