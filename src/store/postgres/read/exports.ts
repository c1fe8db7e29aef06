/** Reads about exports and gates. */
import type { ExportState, GroupLoss } from '../../contract.ts';
import type { ExportReads } from '../../reads.ts';
import { flyingItems } from '../../tables/attempt-items.ts';
import { codeOf, EDGE_ADD, EDGE_REMOVE, EXPORT_STATES, FAILED, OPERATIONS, WAITING } from '../../tables/codes.ts';
import { pendingByPart, sentByPart } from '../../tables/gate-counts.ts';
import { HOLD, holdRow } from '../../tables/record-rows.ts';
import { EDGE, edgeRow, STAGED, stagedRow } from '../../tables/rows.ts';
import { type Queryable, query } from '../connect.ts';
import type { Names } from './names.ts';

const HOUR = 3_600_000;
const HELD_EXPORT = codeOf(EXPORT_STATES, 'held');

// One look into the index for each state and operation: what waits is a few among many, or nearly all, and both come in order.
const list = (again: string): string => `select ${STAGED} from staged s where s.id = any(array(
    select e.id from unnest($2::smallint[], $3::smallint[]) c (state, operation) cross join lateral (
      select id from staged where connection = $1 and export_state = c.state and export_operation = c.operation and id > $4 ${again} order by id limit $5) e
    order by e.id limit $5)) order by s.id`;
const LIST = list('');
const LIST_AGAIN = list('and export_not_before between 1 and $6');

const pendingEdges = (sent: 'null' | 'not null'): string =>
  `select ${EDGE} from reference r where r.connection = $1 and r.state <> 0 and r.sent_at is ${sent}
     and (r.staged_id, r.attribute, r.key) > ($2, $3, $4) order by r.staged_id, r.attribute, r.key limit $5`;
const PENDING_EDGES = pendingEdges('null');
const SENT_EDGES = pendingEdges('not null');

// What is counted as sent is counted as done.
const GROUP_LOSSES = `select g.added, g.removed, m.members
  from unnest($1::bigint[], $2::bigint[], $3::bigint[]) with ordinality j (staged_id, attribute, pending, n)
  cross join lateral (select coalesce(sum(added), 0)::bigint as added, coalesce(sum(removed), 0)::bigint as removed from gate_group
    where staged_id = j.staged_id and attribute = j.attribute and hour >= $4) g
  cross join lateral (select count(*) as members from (select 1 from reference where staged_id = j.staged_id and attribute = j.attribute
    and case when counted is null then state <> ${EDGE_ADD} else state <> ${EDGE_REMOVE} end limit 2 * (j.pending + g.removed) + g.added + 1) one) m
  order by j.n`;

const PENDING_PARTS = `select export_parts, count(*) from staged where connection = $1 and export_state in (${WAITING}, ${HELD_EXPORT}, ${FAILED})
  and export_approved is null and (export_discarded is null or export_state <> ${HELD_EXPORT} or export_hold is not null) group by export_parts`;

export function exportReads(pool: Queryable, names: Names): ExportReads {
  return {
    async sending(connection, at) {
      const open = await query(pool, 'select items from attempt where connection = $1 and deadline > $2', [
        await names.connectionId(connection),
        at,
      ]);
      return new Set(open.flatMap(([packed]) => flyingItems(packed as Uint8Array)));
    },
    async counts(connection) {
      const out: { [state in ExportState]?: number } = {};
      const rows = await query(
        pool,
        'select export_state, count(*) from staged where connection = $1 and export_state is not null group by export_state order by 1',
        [await names.connectionId(connection)],
      );
      for (const [state, count] of rows) out[EXPORT_STATES[Number(state)]!] = Number(count);
      return out;
    },
    async list(connection, states, { after, limit, operation, again }) {
      const operations = operation === undefined ? OPERATIONS : [operation];
      const each = states.flatMap((state) =>
        operations.map((one) => [codeOf(EXPORT_STATES, state), codeOf(OPERATIONS, one)] as const),
      );
      const rows = await query(pool, again === undefined ? LIST : LIST_AGAIN, [
        await names.connectionId(connection),
        each.map(([state]) => state),
        each.map(([, one]) => one),
        after,
        limit,
        ...(again === undefined ? [] : [again]),
      ]);
      return await names.mapped(rows, (row) => stagedRow(names, row));
    },
    async pendingEdges(connection, { after, limit, sent = false }) {
      const rows = await query(pool, sent ? SENT_EDGES : PENDING_EDGES, [
        await names.connectionId(connection),
        after?.stagedId ?? 0,
        after ? await names.termId(after.attribute) : 0,
        after?.key ?? '',
        limit,
      ]);
      return await names.mapped(rows, (row) => edgeRow(names, row));
    },
    async groupLosses(groups, since) {
      const termId = await names.termIds(groups.map(({ attribute }) => attribute));
      const rows = await query(pool, GROUP_LOSSES, [
        groups.map(({ stagedId }) => stagedId),
        groups.map(({ attribute }) => termId(attribute) ?? 0),
        groups.map(({ pending }) => pending),
        Math.floor(since / HOUR),
      ]);
      return rows.map(
        (row, i): GroupLoss => ({ ...groups[i]!, added: Number(row[0]), removed: Number(row[1]), members: Number(row[2]) }),
      );
    },
    async gatePending(connection) {
      return pendingByPart(await query(pool, PENDING_PARTS, [await names.connectionId(connection)]));
    },
    async gateSent(connection, since) {
      return sentByPart(
        await query(pool, 'select part, sum(sent)::bigint from gate_sent where connection = $1 and hour >= $2 group by part', [
          await names.connectionId(connection),
          Math.floor(since / HOUR),
        ]),
      );
    },
    async holds(connection) {
      const open = `select ${HOLD} from gate_hold h where h.closed_at is null`;
      const rows =
        connection === null
          ? await query(pool, `${open} order by h.id`)
          : await query(pool, `${open} and h.connection = $1 order by h.id`, [await names.connectionId(connection)]);
      return await names.mapped(rows, (row) => holdRow(names, row));
    },
  };
}
