/** Reads of the audit log. */
import type { AuditReads } from '../../reads.ts';
import { auditConditions, auditPage, auditPageOf, auditRow, SEGMENT, segmentRow } from '../../tables/audit-rows.ts';
import type { Database } from '../../tables/database.ts';
import type { Names } from './names.ts';

export function auditReads(db: Database, names: Names): AuditReads {
  return {
    async list(filter, page) {
      const connection = filter.connection === undefined ? null : (names.connectionId(filter.connection) ?? 0);
      const among = (column: string): string => `${column} in (select value from json_each($))`;
      const { texts, values } = auditConditions(filter, connection, among);
      const [place, order] = 'after' in page ? (['e.seq > $', 'e.seq'] as const) : (['e.seq < $', 'e.seq desc'] as const);
      const rows = db.all(
        auditPage([...texts, place].join(' and '), order).replaceAll('$', '?'),
        ...values.map((value) => (typeof value === 'object' ? JSON.stringify(value) : value)),
        'after' in page ? page.after : page.before,
        page.limit + 1,
      );
      return auditPageOf(
        rows,
        rows.map((row) => auditRow(names, row)),
        page.limit,
      );
    },
    async segments({ after, limit }) {
      return db
        .all(`select ${SEGMENT} from audit_segment where to_seq > ? order by to_seq limit ?`, after, limit)
        .map(segmentRow);
    },
    async head() {
      const row = db.get(`select ${SEGMENT} from audit_segment order by to_seq desc limit 1`);
      return row ? segmentRow(row) : null;
    },
  };
}
