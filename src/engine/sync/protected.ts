/** Accounts that are read and never written (SEMANTICS 7). */
import type { Clock } from '#rules/model';
import type { StagedRow, StagedWrite } from '#store/contract';
import type { EngineConnection } from '../context.ts';
import type { OutageTimes } from '../import/health.ts';
import { scopeOf } from './contributions.ts';
import { isOut } from './outages.ts';

/** What a target does not show now: the last values stay. */
export interface Unshown {
  readonly outages: OutageTimes;
  /** Of those, what is known to be out. */
  readonly out: OutageTimes;
}

/**
 * Whether `protect` says so. While nobody can tell, because what it reads is out, a protected account stays one, and one met
 * since then is taken for one.
 */
export function isProtected(connection: EngineConnection, { outages, out }: Unshown, row: StagedRow, clock: Clock): boolean {
  for (const rule of connection.imports.values()) {
    if (rule.protect === null || rule.from !== row.kind) continue;
    if ((row.protected || row.origin === null) && rule.protectedBy.some((read) => isOut(out, row.kind, read))) {
      // branch: holds: an account of which nobody can tell whether it is protected
      return true;
    }
    try {
      if (rule.protect(scopeOf(row, outages), clock)) return true;
    } catch {
      return true;
    }
  }
  return false;
}

export function protect(row: StagedRow): Omit<StagedWrite, 'staged'> | null {
  // branch: holds: a protected account
  if (row.protected && row.export === null) return null;
  return { expectRevision: row.revision, protected: true, export: null };
}
