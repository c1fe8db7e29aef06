/** Reads about exports and gates. */
import type { ExportState, GroupLoss, StagedRow } from '../../contract.ts';
import type { ExportReads } from '../../reads.ts';
import { flyingItems } from '../../tables/attempt-items.ts';
import { codeOf, EDGE_ADD, EDGE_REMOVE, EXPORT_STATES, FAILED, OPERATIONS, WAITING } from '../../tables/codes.ts';
import type { Database } from '../../tables/database.ts';
import { pendingByPart, sentByPart } from '../../tables/gate-counts.ts';
import { HOLD, holdRow } from '../../tables/record-rows.ts';
import { EDGE, edgeRow, STAGED, stagedRow } from '../../tables/rows.ts';
import type { Names } from './names.ts';

const HOUR = 3_600_000;
/** Counted within some 10 ms. */
const MANY = 10_000;
const HELD_EXPORT = codeOf(EXPORT_STATES, 'held');

const PENDING = `from staged where connection = ? and export_state in (${WAITING}, ${HELD_EXPORT}, ${FAILED})
           and export_approved is null and (export_discarded is null or export_state <> ${HELD_EXPORT} or export_hold is not null)`;

/** What of `connection` is pending, by part; half a second for a million. */
export function pendingOf(db: Database, connection: number): ReadonlyMap<string, number> {
  return pendingByPart(db.all(`select export_parts, count(*) ${PENDING} group by export_parts`, connection));
}

/** Whether more than `many` are pending. */
export function isPendingMore(db: Database, connection: number, many: number): boolean {
  return db.all(`select 1 ${PENDING} limit 1 offset ?`, connection, many).length > 0;
}

/** `longPending`: counts as `pendingOf` does, where there is so much that nobody should wait for it. */
export function exportReads(
  db: Database,
  names: Names,
  longPending: (connection: number) => Promise<ReadonlyMap<string, number>>,
): ExportReads {
  return {
    async sending(connection, at) {
      const space = names.connectionId(connection) ?? 0;
      const open = db.all('select items from attempt where connection = ? and deadline > ?', space, at);
      return new Set(open.flatMap(([packed]) => flyingItems(packed as Uint8Array)));
    },
    async counts(connection) {
      const out: { [state in ExportState]?: number } = {};
      const rows = db.all(
        'select export_state, count(*) from staged where connection = ? and export_state is not null group by export_state',
        names.connectionId(connection) ?? 0,
      );
      for (const [state, count] of rows) out[EXPORT_STATES[Number(state)]!] = Number(count);
      return out;
    },
    async list(connection, states, { after, limit, operation, again }) {
      if (states.length === 0) return [];
      const operations = operation === undefined ? OPERATIONS : [operation];
      // One look into the index for each: what waits is a few among many, or nearly all, and both come in order.
      const each = states.flatMap((state) =>
        operations.map(
          (one) => `select id from (select id from staged indexed by staged_export where connection = ?1 and
             export_state = ${codeOf(EXPORT_STATES, state)} and export_operation = ${codeOf(OPERATIONS, one)} and id > ?2${again === undefined ? '' : ' and export_not_before between 1 and ?4'} order by id limit ?3)`,
        ),
      );
      return db
        .all(
          `select ${STAGED} from staged s where s.id in (${each.join(' union all ')} order by id limit ?3) order by s.id`,
          names.connectionId(connection) ?? 0,
          after,
          limit,
          ...(again === undefined ? [] : [again]),
        )
        .map((row): StagedRow => stagedRow(names, row));
    },
    async pendingEdges(connection, { after, limit, sent = false }) {
      return db
        .all(
          `select ${EDGE} from reference r indexed by reference_pending where r.connection = ? and r.state <> 0 and r.sent_at is ${sent ? 'not null' : 'null'} and (r.staged_id, r.attribute, r.key) > (?, ?, ?)
           order by r.staged_id, r.attribute, r.key limit ?`,
          names.connectionId(connection) ?? 0,
          after?.stagedId ?? 0,
          after ? (names.termId(after.attribute) ?? 0) : 0,
          after?.key ?? '',
          limit,
        )
        .map((row) => edgeRow(names, row));
    },
    async groupLosses(groups, since) {
      const asked = groups.map(({ stagedId, attribute, pending }) => [stagedId, names.termId(attribute) ?? 0, pending]);
      return db
        .all(
          `select coalesce(sum(g.added), 0), coalesce(sum(g.removed), 0) from json_each(?) j left join gate_group g
             on g.staged_id = j.value ->> 0 and g.attribute = j.value ->> 1 and g.hour >= ? group by j.key order by j.key`,
          JSON.stringify(asked),
          Math.floor(since / HOUR),
        )
        .map((row, i): GroupLoss => {
          const group = groups[i]!;
          const [added, removed] = [Number(row[0]), Number(row[1])];
          const [members] = db.get(
            // What is counted as sent is counted as done.
            `select count(*) from (select 1 from reference where staged_id = ? and attribute = ?
               and case when counted is null then state <> ${EDGE_ADD} else state <> ${EDGE_REMOVE} end limit ?)`,
            group.stagedId,
            asked[i]![1]!,
            2 * (group.pending + removed) + added + 1,
          )!;
          return { ...group, added, removed, members: Number(members) };
        });
    },
    async gatePending(connection) {
      const space = names.connectionId(connection) ?? 0;
      return isPendingMore(db, space, MANY) ? await longPending(space) : pendingOf(db, space);
    },
    async gateSent(connection, since) {
      return sentByPart(
        db.all(
          'select part, sum(sent) from gate_sent where connection = ? and hour >= ? group by part',
          names.connectionId(connection) ?? 0,
          Math.floor(since / HOUR),
        ),
      );
    },
    async holds(connection) {
      const space = connection === null ? null : (names.connectionId(connection) ?? 0);
      return db
        .all(
          `select ${HOLD} from gate_hold h where h.closed_at is null and (? is null or h.connection = ?) order by h.id`,
          space,
          space,
        )
        .map((row) => holdRow(names, row));
    },
  };
}
