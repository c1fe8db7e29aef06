/** Why accounts end, in words: what somebody who is to agree to a disable or a delete has to know first. */
import type { Configuration } from '#config/model';
import { dateIn } from '#core/time';
import { neverOwned } from '#engine/sync/life';
import type { ObjectId, ObjectRow, StagedRow, Store } from '#store/contract';
import type { PlanLine } from './model.ts';

const PAGE = 1_000;

export function endsAccount(line: PlanLine): line is Extract<PlanLine, { what: 'export' }> {
  return line.what === 'export' && (line.operation === 'delete' || line.effect === 'disable');
}

/** By person or group: `gone from hr since 2026-11-21`, `left on 2026-11-20`. Dates are in the zone of the configuration. */
export async function endingsOf(
  ids: readonly ObjectId[],
  store: Store,
  config: Pick<Configuration, 'connections' | 'zone'>,
): Promise<ReadonlyMap<ObjectId, string>> {
  const out = new Map<ObjectId, string>();
  const wanted = [...new Set(ids)].sort((a, b) => a - b);
  for (let i = 0; i < wanted.length; i += PAGE) {
    const page = wanted.slice(i, i + PAGE);
    const rows = Map.groupBy(await store.sync.linked(page), (row) => row.objectId);
    for (const object of await store.sync.objects(page)) out.set(object.id, endingOf(object, rows.get(object.id) ?? [], config));
  }
  return out;
}

function endingOf(
  object: ObjectRow,
  rows: readonly StagedRow[],
  { connections, zone }: Pick<Configuration, 'connections' | 'zone'>,
): string {
  const { kind, state, dates } = object;
  if (state === 'expected') return 'has not begun yet';
  if (state !== 'leaving' && state !== 'gone') return 'no rule gives an account here';
  if (neverOwned(object)) return 'no owner has ever had them';
  const gone = rows.filter(
    (row) => row.presence === 'gone' && connections.some((one) => one.name === row.connection && one.imports.has(kind)),
  );
  if (gone.length > 0) {
    const since = Math.max(...gone.map((row) => row.goneAt ?? 0));
    const from = [...new Set(gone.map((row) => row.connection))].join(' and ');
    return `gone from ${from}${since > 0 ? ` since ${dateIn(zone, since)}` : ''}`;
  }
  const { leavingSince } = JSON.parse(dates) as { leavingSince?: number };
  // A last day is over at the midnight that follows it.
  return leavingSince === undefined ? 'left' : `left on ${dateIn(zone, leavingSince - 1)}`;
}
