/** What people decided; with it, in the same transaction, whom it concerns. */
import type { AuditEvent, DecisionRow, DirtyRange, SeqRange } from '../contract.ts';
import { writeEvents } from './audit.ts';
import { writeDirty } from './dirty.ts';
import type { Session } from './session.ts';

export function recordDecision(
  session: Session,
  {
    decision,
    dirty,
    audit,
  }: {
    decision: Omit<DecisionRow, 'id' | 'revokedAt'>;
    dirty: readonly DirtyRange[];
    audit: readonly AuditEvent[];
  },
): number {
  const id = session.db.insert(
    'decision',
    'insert into decision (kind, staged_id, object_id, connection, detail, decided_by, at, reason) values (?, ?, ?, ?, ?, ?, ?, ?)',
    decision.kind,
    decision.stagedId,
    decision.objectId,
    decision.connection === null ? null : session.connection(decision.connection),
    decision.detail,
    decision.by,
    decision.at,
    decision.reason,
  );
  writeDirty(session, dirty);
  writeEvents(session, audit);
  return id;
}

export function revokeDecision(
  session: Session,
  { id, at, dirty }: { id: number; at: number; dirty: readonly DirtyRange[] },
): void {
  session.db.run('decision', 'update decision set revoked_at = ? where id = ? and revoked_at is null', at, id);
  writeDirty(session, dirty);
}

export function markDirty(
  session: Session,
  { ranges, epoch }: { ranges: readonly DirtyRange[]; epoch: number | null },
): SeqRange {
  session.checkEpoch(epoch);
  const after = session.lastSeq;
  writeDirty(session, ranges);
  return { after, upTo: session.lastSeq };
}

export function putBlobs(session: Session, { blobs }: { blobs: readonly { hash: string; bytes: Uint8Array }[] }): void {
  for (const { hash, bytes } of blobs)
    session.db.run('blob', 'insert into blob (hash, bytes) values (?, ?) on conflict do nothing', hash, bytes);
}
