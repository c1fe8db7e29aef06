/** The audit log: what a segment follows, and whose values go. */
import type { OperationInput } from '../../writes/operations.ts';
import type { Loader } from '../working-copy.ts';

export async function loadSegment(loader: Loader): Promise<void> {
  await loader.rows('audit_segment', 'from audit_segment t order by t.to_seq desc limit 1', []);
}

/** Without the values themselves. */
export async function loadErased(loader: Loader, { subjects }: OperationInput<'eraseAudit'>): Promise<void> {
  const { stagedIds = [], objectIds = [] } = subjects;
  const about = 't.staged_id = any($1::bigint[]) or t.object_id = any($2::bigint[])';
  await Promise.all([
    loader.rows('audit_event', `from audit_event t where ${about}`, [stagedIds, objectIds]),
    loader.rows(
      'audit_value',
      `from (select v.seq, '' as salt from audit_value v where v.seq in (select t.seq from audit_event t where ${about})) t`,
      [stagedIds, objectIds],
      ['seq', 'salt'],
    ),
  ]);
}
