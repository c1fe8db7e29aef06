/** Reads of the audit log. */
import type { AuditReads } from '../../reads.ts';
import { AUDIT, auditConditions, auditRow, SEGMENT, segmentRow } from '../../tables/audit-rows.ts';
import type { Database } from '../../tables/database.ts';
import type { Names } from './names.ts';

export function auditReads(db: Database, names: Names): AuditReads {
  return {
    async list(filter, page) {
      const connection = filter.connection === undefined ? null : (names.connectionId(filter.connection) ?? 0);
      const among = (column: string): string => `${column} in (select value from json_each($))`;
      const { texts, values } = auditConditions(filter, connection, among);
      const place = 'after' in page ? 'e.seq > ? order by e.seq' : 'e.seq < ? order by e.seq desc';
      const where = [...texts.map((text) => text.replaceAll('$', '?')), place].join(' and ');
      return db
        .all(
          `select ${AUDIT} from audit_event e left join audit_value v on v.seq = e.seq where ${where} limit ?`,
          ...values.map((value) => (typeof value === 'object' ? JSON.stringify(value) : value)),
          'after' in page ? page.after : page.before,
          page.limit,
        )
        .map((row) => auditRow(names, row));
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
