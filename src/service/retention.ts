/** What goes because of its age: runs with their changes and errors (`retention`), events of the audit log (`audit.retention`). */
import { cleanAudit } from '#audit/clean';
import { auditEvent } from '#audit/event';
import { nextTime } from '#core/cron';
import { formatInstant } from '#core/time';
import type { Chore } from '#runs/index';
import type { Services } from '#runs/model';

const ITSELF = { kind: 'system', name: 'rollcall', token: null, source: null } as const;
/** Every night, at a time that hardly anything else has. */
const CRON = '17 3 * * *';
const DAY_MS = 86_400_000;
/** Rows at a time: whoever else writes goes between. */
const SLICE = 1_000;

/** By one process of those that share a store, once a night. */
export function retention(services: Services & { readonly signal: AbortSignal }): Chore {
  const { zone } = services.config;
  return {
    name: 'what is too old',
    timetable: { missed: 'once', detail: `${CRON} ${zone}`, next: (after) => nextTime(CRON, zone, after) },
    do: async () => await removeOld(services),
  };
}

/** Ages count from the newest there is: with a clock that is ahead, not everything is old. The newest run and segment always stay. */
export async function removeOld({ store, config, wall, signal }: Services & { readonly signal: AbortSignal }): Promise<void> {
  const { runs, audit } = store;
  const ranBefore = Math.min(wall(), await runs.latestNow()) - config.retentionDays * DAY_MS;
  let rows = 0;
  for (let some = -1; some !== 0 && !signal.aborted; rows += some) some = await runs.clean(ranBefore, SLICE);
  if (rows > 0)
    await audit.append([
      auditEvent({ at: wall(), action: 'runs.clean', actor: ITSELF, after: { before: formatInstant(ranBefore), rows } }),
    ]);
  if (config.auditRetentionMs === null) return;
  const newest = (await audit.head())?.at ?? 0;
  await cleanAudit(store, { before: Math.min(wall(), newest) - config.auditRetentionMs, actor: ITSELF, wall, signal });
}
