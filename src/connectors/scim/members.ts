/** Memberships: in requests of no more than the server takes, and in the words that it understands. */
import type { WriteItem } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { isObject, type JsonObject } from '#protocols/scim/values';
import { listed, part } from './edited.ts';
import { MEMBERS } from './objects.ts';
import type { Operation } from './operations.ts';
import { invalid, jsonsOf } from './paths.ts';
import type { Service } from './service.ts';
import { KNOWN, type Update } from './targets.ts';

export interface MemberEdits {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

const ID = { name: 'value', type: 'string' } as Parameters<typeof jsonsOf>[1];

const idsIn = (value: Parameters<typeof jsonsOf>[0]): readonly string[] => jsonsOf(value, ID, MEMBERS) as readonly string[];

/** Null where it says nothing of members. `group`: as it is shown, where all of its members are to be others. */
export function memberEdits({ set, add = {}, remove = {} }: WriteItem, group: JsonObject | null): MemberEdits | null {
  if (Object.hasOwn(set, MEMBERS)) {
    const [now, wanted] = [new Set(membersIn(group ?? {})), new Set(idsIn(set[MEMBERS]))];
    return { add: [...wanted.difference(now)], remove: [...now.difference(wanted)] };
  }
  const edits = {
    add: Object.hasOwn(add, MEMBERS) ? idsIn(add[MEMBERS]) : [],
    remove: Object.hasOwn(remove, MEMBERS) ? idsIn(remove[MEMBERS]) : [],
  };
  return edits.add.length + edits.remove.length === 0 ? null : edits;
}

export function membersIn(group: JsonObject): readonly string[] {
  return listed(part(group, MEMBERS)).flatMap((one) => idOfMember(one) ?? []);
}

/** As they are read: an object with a value, or the value alone, which some have as a number. */
function idOfMember(one: unknown): string | undefined {
  const value = isObject(one) ? part(one, 'value') : one;
  const id = typeof value === 'number' ? String(value) : value;
  return typeof id === 'string' && id !== '' ? id : undefined;
}

/** Whether only the whole list can say who is not in it any more. */
export function removesByWhole(update: Update, { config }: Pick<Service, 'config'>, { remove }: MemberEdits): boolean {
  return remove.length > 0 && update !== 'paths' && KNOWN[config.target].removesByList === undefined;
}

/** How many one request may hold: by the settings, and never without a limit. */
export const mostAtOnce = ({ membersPerPatch }: Pick<Service, 'membersPerPatch'>): number => Math.min(membersPerPatch, MOST);

/** Each list is one request. */
export function memberRequests(edits: MemberEdits, service: Service): readonly (readonly Operation[])[] {
  const { removesByList } = KNOWN[service.config.target];
  const all = [
    ...edits.remove.map((id) => ({ op: 'remove', id }) as const),
    ...edits.add.map((id) => ({ op: 'add', id }) as const),
  ];
  const requests: Operation[][] = [];
  const size = mostAtOnce(service);
  for (let at = 0; at < all.length; at += size) {
    const some = all.slice(at, at + size);
    const [gone, made] = (['remove', 'add'] as const).map((op) =>
      some.filter((one) => one.op === op).map(({ id }) => ({ value: id })),
    );
    requests.push([
      ...(gone!.length === 0
        ? []
        : removesByList
          ? [{ op: 'remove', path: MEMBERS, value: gone } as const]
          : gone!.map(({ value }) => ({ op: 'remove', path: `${MEMBERS}[value eq ${JSON.stringify(value)}]` }) as const)),
      ...(made!.length === 0 ? [] : [{ op: 'add', path: MEMBERS, value: made } as const]),
    ]);
  }
  return requests;
}

/** Where the server names no limit. */
const MOST = 1_000;

/** All members, of whom these came and went. @throws RollcallError where they are more than one request may hold, or are not shown */
export function wholeList(
  group: JsonObject,
  { add, remove }: MemberEdits,
  { membersPerPatch, title }: Service,
): readonly object[] {
  // A group without anybody may be shown so; but here somebody is to be in it.
  if (remove.length > 0 && part(group, MEMBERS) === undefined)
    throw new RollcallError('permission', `${title} shows no members of the group, so none can be taken out of a list of them`, {
      where: { attribute: MEMBERS },
      remedy: 'let the token see them, or set `update: paths`',
    });
  const gone = new Set(remove);
  const there = new Set(membersIn(group));
  const kept = listed(part(group, MEMBERS)).filter((one) => !gone.has(idOfMember(one) ?? ''));
  const all = [...kept, ...add.filter((id) => !there.has(id)).map((value) => ({ value }))] as readonly object[];
  if (all.length > membersPerPatch)
    throw invalid(
      MEMBERS,
      `the group has ${all.length} members, and the server takes ${membersPerPatch}`,
      'raise `membersPerPatch`, or set `update: paths`',
    );
  return all;
}

/** @throws RollcallError where nobody can say whom a list would take out */
export function refuseUnseen({ membersShown, title }: Service): void {
  if (!membersShown)
    throw new RollcallError('permission', `${title} does not show who is in a group, so its members cannot be replaced`, {
      where: { attribute: MEMBERS },
      remedy: 'export them as a reference to many: they are added and removed one by one',
    });
}

/** @throws RollcallError where a group that is sent as a whole would lose whom nobody shows (RFC 7644 3.5.1) */
export function refuseEmptying({ membersShown, title }: Service): void {
  if (!membersShown)
    throw new RollcallError(
      'permission',
      `${title} takes a group only as a whole and does not show who is in it: it would be emptied`,
      {
        remedy: 'leave groups as they are there; or set `update` to how it takes a PATCH',
      },
    );
}
