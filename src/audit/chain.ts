/**
 * What is hashed, so that anybody can do it again. The hash of a segment is the SHA-256 of lines that end in a newline each: the hash
 * before it, its own `{"at":…,"from":…,"to":…}`, and its events, all as canonical JSON. Values are no part of it, only their digests.
 */
import { createHash } from 'node:crypto';
import { canonicalJson } from '#core/canonical';
import { sha256Hex } from '#core/digest';
import type { AuditRow, AuditSegment } from '#store/contract';

/** The event without its values. */
export function eventLine({ seq, at, action, actor, subject, outcome, digest }: AuditRow): string {
  return canonicalJson({ seq, at, action, actor, subject, outcome, digest });
}

/** What the first segment of a store is chained to. */
export function firstHash(storeId: string): string {
  return sha256Hex(`rollcall audit log of ${storeId}`);
}

/** `lines`: of its events, in order. */
export function segmentHash(
  { from, to, at, previous }: Pick<AuditSegment, 'from' | 'to' | 'at' | 'previous'>,
  lines: readonly string[],
): string {
  const hash = createHash('sha256').update(`${previous}\n${canonicalJson({ from, to, at })}\n`);
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest('hex');
}
