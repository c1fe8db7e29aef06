/** Which part of what waits is shown: of each of its lists what comes after the page before. */
import type { Waiting } from '#decisions/approve';
import { partsLeft } from '#runs/reasons';

export type WaitingRow = Waiting['rows'][number];

export interface WaitingPage {
  /** Those that end an account first: deletes, then disables. */
  readonly rows: readonly WaitingRow[];
  /** Of one group each. */
  readonly members: readonly Waiting['members'][];
  readonly links: Waiting['links'];
  /** Not shown by this page or one before: all, and of them those that end an account. */
  readonly more: number;
  readonly moreEnding: number;
  /** Null: that was all. */
  readonly next: string | null;
}

/** Few enough to be read, and far more than a usual day ends. */
const MOST_ENDING = 1_000;

/** The last id of each list that was shown: deletes, disables, other changes, groups, links. */
export const PLACE: RegExp = /^\d{1,15}(?:\.\d{1,15}){4}$/;

/** `after`: a PLACE; null = from the first. `limit`: of each list; of what ends accounts more. */
export function pageOf(found: Waiting, after: string | null, limit: number): WaitingPage {
  const [pastDeletes, pastDisables, pastOthers, pastGroups, pastLinks] = (after ?? '0.0.0.0.0').split('.').map(Number);
  const rows = (past: number, is: (row: WaitingRow) => boolean): WaitingRow[] =>
    found.rows.filter((row) => row.id > past && is(row));
  const deletes = rows(pastDeletes!, isDelete);
  const disables = rows(pastDisables!, (row) => endsAccount(row) && !isDelete(row));
  const others = rows(pastOthers!, (row) => !endsAccount(row));
  const groups = [...Map.groupBy(found.members, (edge) => edge.stagedId)]
    .filter(([id]) => id > pastGroups!)
    .sort(([a], [b]) => a - b);
  const links = found.links.filter(({ id }) => id > pastLinks!).toSorted((a, b) => a.id - b.id);
  const most = Math.max(limit, MOST_ENDING);
  const shown = {
    deletes: deletes.slice(0, most),
    disables: disables.slice(0, Math.max(0, most - deletes.length)),
    others: others.slice(0, limit),
    groups: groups.slice(0, limit),
    links: links.slice(0, limit),
  };
  const ending = shown.deletes.length + shown.disables.length;
  const moreEnding = deletes.length + disables.length - ending;
  const unshown = groups.slice(limit).reduce((sum, [, edges]) => sum + edges.length, 0);
  const more = moreEnding + (others.length - shown.others.length) + unshown + (links.length - shown.links.length);
  const places = [
    shown.deletes.at(-1)?.id ?? pastDeletes,
    shown.disables.at(-1)?.id ?? pastDisables,
    shown.others.at(-1)?.id ?? pastOthers,
    shown.groups.at(-1)?.[0] ?? pastGroups,
    shown.links.at(-1)?.id ?? pastLinks,
  ];
  return {
    rows: [...shown.deletes, ...shown.disables, ...shown.others],
    members: shown.groups.map(([, edges]) => edges),
    links: shown.links,
    more,
    moreEnding,
    next: more === 0 ? null : places.join('.'),
  };
}

export function isDelete(row: WaitingRow): boolean {
  return row.export!.operation === 'delete';
}

/** An update that takes away the right to sign in, or gives it back. */
export function effectOf(row: WaitingRow): 'disable' | 'enable' | null {
  const parts = partsLeft(row);
  return parts.includes('disable') ? 'disable' : parts.includes('enable') ? 'enable' : null;
}

export function endsAccount(row: WaitingRow): boolean {
  return isDelete(row) || effectOf(row) === 'disable';
}
