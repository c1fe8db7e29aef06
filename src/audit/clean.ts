/** What is older than the log is to be kept goes: whole segments, the oldest first. The last of them stays as what the next is chained to. */
import { formatInstant } from '#core/time';
import type { AuditActor, AuditSegment, Store } from '#store/contract';
import { auditEvent } from './event.ts';

export interface CleanAudit {
  /** Segments that were sealed before go, ms; never the newest. */
  readonly before: number;
  readonly actor: AuditActor;
  readonly wall: () => number;
  readonly signal: AbortSignal;
}

const PAGE = 1_000;

type Old = Pick<AuditSegment, 'from' | 'to' | 'hash'>;

/** Answers how many events went. That they go is noted before the first of them does, with the hash that `verify` begins with from then on. */
export async function cleanAudit({ audit }: Pick<Store, 'audit'>, { before, actor, wall, signal }: CleanAudit): Promise<number> {
  const old = await oldOf(audit, before);
  if (old === null) return 0;
  const { from, to, hash } = old;
  const after = { before: formatInstant(before), from, to, hash };
  await audit.append([auditEvent({ at: wall(), action: 'audit.clean', actor, after })]);
  for (let removed = 0; ; ) {
    const some = signal.aborted ? 0 : await audit.clean(before, wall());
    removed += some;
    if (some === 0) return removed;
  }
}

/** First and last event that are too old, and the hash of their last segment. */
async function oldOf(audit: Store['audit'], before: number): Promise<Old | null> {
  let old: Old | null = null as Old | null;
  for (let after = 0; ; ) {
    const page = await audit.segments({ after, limit: PAGE });
    for (const { from, to, hash, at, removedAt } of page) {
      if (removedAt !== null) continue;
      if (at >= before) return old;
      old = { from: old?.from ?? from, to, hash };
    }
    if (page.length < PAGE) return old;
    after = page.at(-1)!.to;
  }
}
