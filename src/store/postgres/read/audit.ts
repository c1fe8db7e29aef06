/** Reads of the audit log. */
import type { AuditReads } from '../../reads.ts';
import { auditConditions, auditPage, auditPageOf, auditRow, SEGMENT, segmentRow } from '../../tables/audit-rows.ts';
import { type Queryable, query } from '../connect.ts';
import type { Names } from './names.ts';

export function auditReads(pool: Queryable, names: Names): AuditReads {
  return {
    async list(filter, page) {
      const connection = filter.connection === undefined ? null : await names.connectionId(filter.connection);
      const { texts, values } = auditConditions(filter, connection, (column) => `${column} = any($::bigint[])`);
      const [place, order] = 'after' in page ? (['e.seq > $', 'e.seq'] as const) : (['e.seq < $', 'e.seq desc'] as const);
      let n = 0;
      const text = auditPage([...texts, place].join(' and '), order).replaceAll('$', () => `$${++n}`);
      const rows = await query(pool, text, [...values, 'after' in page ? page.after : page.before, page.limit + 1]);
      const read = await names.mapped(rows, (row) => auditRow(names, row));
      return auditPageOf(rows, read, page.limit);
    },
    async segments({ after, limit }) {
      const rows = await query(pool, `select ${SEGMENT} from audit_segment where to_seq > $1 order by to_seq limit $2`, [
        after,
        limit,
      ]);
      return rows.map(segmentRow);
    },
    async head() {
      const [row] = await query(pool, `select ${SEGMENT} from audit_segment order by to_seq desc limit 1`);
      return row ? segmentRow(row) : null;
    },
  };
}
