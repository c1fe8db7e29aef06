/** What goes because of its age: runs with their changes and errors (`retention`), events of the audit log (`audit.retention`). */
import { z } from 'zod';
import { cleanAudit } from '#audit/clean';
import { auditEvent } from '#audit/event';
import { formatInstant } from '#core/time';
import type { Services } from '#runs/model';
import { type Operation, type Session, versioned } from './operation.ts';
import { instant } from './shapes.ts';

export interface CleanInput {
  readonly by: string;
}
export interface CleanOutput {
  /** What ended before went. */
  readonly runs: { readonly before: string; readonly rows: number };
  /** Null: events are kept for good. */
  readonly audit: { readonly before: string; readonly events: number } | null;
}

/** Rows at a time: whoever else writes goes between. */
const SLICE = 1_000;
const DAY_MS = 86_400_000;

/** Ages count from the newest there is: with a clock that is ahead, not everything is old. The newest run and segment always stay. */
export async function removeOld(
  { store, config, wall, signal = new AbortController().signal }: Services,
  actor: Session['caller'],
): Promise<CleanOutput> {
  const { runs, audit } = store;
  const ranBefore = Math.min(wall(), await runs.latestNow()) - config.retentionDays * DAY_MS;
  let rows = 0;
  for (let some = -1; some !== 0 && !signal.aborted; rows += some) some = await runs.clean(ranBefore, SLICE);
  const before = formatInstant(ranBefore);
  if (rows > 0) await audit.append([auditEvent({ at: wall(), action: 'runs.clean', actor, after: { before, rows } })]);
  const cleaned = { before, rows };
  if (config.auditRetentionMs === null) return { runs: cleaned, audit: null };
  const sealedBefore = Math.min(wall(), (await audit.head())?.at ?? 0) - config.auditRetentionMs;
  const events = await cleanAudit(store, { before: sealedBefore, actor, wall, signal });
  return { runs: cleaned, audit: { before: formatInstant(sealedBefore), events } };
}

export const clean: Operation<CleanInput, CleanOutput> = {
  name: 'clean',
  permission: 'audit.erase',
  input: z.object({ by: z.string().trim().min(1) }),
  output: versioned<CleanOutput>('clean', {
    runs: z.object({ before: instant, rows: z.number() }),
    audit: z.object({ before: instant, events: z.number() }).nullable(),
  }),
  run: async ({ by }, session) => await removeOld(await session.services('write'), { ...session.caller, name: by }),
};
