/** Reads of the audit log. */
import type { AuditReads } from '../../reads.ts';
import { AUDIT, auditConditions, auditRow, SEGMENT, segmentRow } from '../../tables/audit-rows.ts';
import { type Queryable, query } from '../connect.ts';
import type { Names } from './names.ts';

export function auditReads(pool: Queryable, names: Names): AuditReads {
  return {
    async list(filter, page) {
      const connection = filter.connection === undefined ? null : await names.connectionId(filter.connection);
      const { texts, values } = auditConditions(filter, connection, (column) => `${column} = any($::bigint[])`);
      const place = 'after' in page ? 'e.seq > $ order by e.seq' : 'e.seq < $ order by e.seq desc';
      let n = 0;
      const where = [...texts, place].join(' and ').replaceAll('$', () => `$${++n}`);
      const rows = await query(
        pool,
        `select ${AUDIT} from audit_event e left join audit_value v on v.seq = e.seq where ${where} limit $${n + 1}`,
        [...values, 'after' in page ? page.after : page.before, page.limit],
      );
      return await names.mapped(rows, (row) => auditRow(names, row));
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
