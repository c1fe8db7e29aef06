/** Reads of the connector spaces. Lists of ids and keys go in as one JSON text: one statement, however many. */
import type { EdgeRow, StagedRow } from '../../contract.ts';
import type { SpaceReads } from '../../reads.ts';
import { HELD, PRESENCES, PRESENT } from '../../tables/codes.ts';
import type { Bind, Database } from '../../tables/database.ts';
import { STATE, stateRow } from '../../tables/record-rows.ts';
import { ACCOUNT, accountRow, EDGE, edgeRow, STAGED, stagedRow } from '../../tables/rows.ts';
import type { Names } from './names.ts';

const REFERRED = `select ${EDGE} from json_each(?2) j cross join reference r indexed by reference_key
  on r.connection = ?1 and r.key = j.value where r.staged_id > ?3 limit 2`;

export function spaceReads(db: Database, names: Names): SpaceReads {
  const staged = (sql: string, ...values: Bind[]): StagedRow[] => db.all(sql, ...values).map((row) => stagedRow(names, row));
  const edges = (sql: string, ...values: Bind[]): EdgeRow[] => db.all(sql, ...values).map((row) => edgeRow(names, row));
  const list = (values: readonly unknown[]): string => JSON.stringify(values);

  return {
    async states() {
      return db.all(`select ${STATE} from connection order by name`).map(stateRow);
    },
    async mark() {
      return Number(db.get(`select value from counter where name = 'seq'`)![0]);
    },
    async loadBitmap(connection) {
      const row = db.get('select id, checkpoint from connection where name = ?', connection);
      if (!row || row[1] === null) return null;
      const pages = db.all('select page, bytes from bitmap_page where connection = ? order by page', row[0]!);
      return {
        checkpoint: String(row[1]),
        pages: pages.map(([page, bytes]) => ({ page: Number(page), bytes: bytes as Uint8Array })),
      };
    },
    async untouched(connection, mark, ids) {
      return db
        .all(
          `select id, kind, anchor from staged where id in (select value from json_each(?)) and connection = ? and presence in (${PRESENT}, ${HELD})
           and touched_seq <= ? and anchor is not null order by id`,
          list(ids),
          names.connectionId(connection) ?? 0,
          mark,
        )
        .map(([id, kind, anchor]) => ({ id: Number(id), kind: names.term(Number(kind)), anchor: String(anchor) }));
    },
    async byIds(ids) {
      return staged(`select ${STAGED} from staged s where s.id in (select value from json_each(?)) order by s.id`, list(ids));
    },
    async byAnchors(connection, kind, anchors) {
      return staged(
        `select ${STAGED} from json_each(?) j cross join staged s on s.connection = ? and s.kind = ? and s.anchor = j.value order by s.id`,
        list([...new Set(anchors)]),
        names.connectionId(connection) ?? 0,
        names.termId(kind) ?? 0,
      );
    },
    async resolve(connection, by, kind, keys) {
      const space = names.connectionId(connection) ?? 0;
      const kinds =
        kind === null
          ? db.all('select kind from space_count where connection = ?', space).map((row) => Number(row[0]))
          : [names.termId(kind) ?? 0];
      const on =
        by === 'anchor'
          ? 's.connection = ? and s.kind = k.value and s.anchor = j.value'
          : 's.connection = ? and s.name_key = j.value and s.kind = k.value';
      return db
        .all(
          `select j.value, s.id, s.object_id, s.presence from json_each(?) j cross join json_each(?) k cross join staged s on ${on} order by s.id`,
          list([...new Set(keys)]),
          list(kinds),
          space,
        )
        .map(([key, id, object, presence]) => ({
          key: String(key),
          stagedId: Number(id),
          objectId: object as number | null,
          presence: PRESENCES[Number(presence)]!,
        }));
    },
    async accounts(connection, objectIds) {
      return db
        .all(
          // By object: left to itself the planner reads the whole connector space.
          `select ${ACCOUNT} from json_each(?) j
             cross join staged s indexed by staged_object on s.object_id = j.value and s.connection = ? order by s.object_id, s.id`,
          list([...new Set(objectIds)]),
          names.connectionId(connection) ?? 0,
        )
        .map((row) => accountRow(names, row));
    },
    async scan(connection, { after, limit }) {
      return staged(
        `select ${STAGED} from staged s where s.connection = ? and s.id > ? order by s.id limit ?`,
        names.connectionId(connection) ?? 0,
        after,
        limit,
      );
    },
    async count(connection) {
      const rows = db.all(
        'select kind, present, linked, gone from space_count where connection = ?',
        names.connectionId(connection) ?? 0,
      );
      const out: { [kind: string]: { present: number; linked: number; gone: number } } = Object.create(null);
      for (const [kind, present, linked, gone] of rows)
        out[names.term(Number(kind))] = { present: Number(present), linked: Number(linked), gone: Number(gone) };
      return out;
    },
    async edgesOf(stagedIds, { attribute, after, limit }) {
      const term = attribute === undefined ? null : (names.termId(attribute) ?? 0);
      if (stagedIds.length === 1 && term !== null)
        return edges(
          `select ${EDGE} from reference r where r.staged_id = ? and r.attribute = ? and r.key > ? order by r.key limit ?`,
          stagedIds[0]!,
          term,
          after ?? '',
          limit,
        );
      return edges(
        `select ${EDGE} from reference r where r.staged_id in (select value from json_each(?)) and (? is null or r.attribute = ?) and r.key > ?
         order by r.staged_id, r.attribute, r.key limit ?`,
        list(stagedIds),
        term,
        term,
        after ?? '',
        limit,
      );
    },
    async edgesAt(positions) {
      return edges(
        `with wanted as materialized (select distinct value ->> 0 as staged_id, value ->> 1 as attribute, value ->> 2 as key from json_each(?))
         select ${EDGE} from wanted cross join reference r using (staged_id, attribute, key) order by r.staged_id, r.attribute, r.key`,
        list(positions.map(({ stagedId, attribute, key }) => [stagedId, names.termId(attribute) ?? 0, key])),
      );
    },
    async edgesTo(connection, keys, { after, limit }) {
      const space = names.connectionId(connection) ?? 0;
      // Most are referred to by nobody or one, which is soon seen: sorting alone costs five times that.
      const first = edges(REFERRED, space, list(keys), after ?? 0);
      if (first.length < 2) return first;
      // Pages end between staged objects, so that none is cut in two.
      return edges(
        `with hit as materialized (select staged_id, attribute, key from reference indexed by reference_key
           where connection = ? and key in (select value from json_each(?)) and staged_id > ?)
         select ${EDGE} from reference r join hit h using (staged_id, attribute, key)
         where r.staged_id in (select distinct staged_id from hit order by staged_id limit ?) order by r.staged_id, r.attribute, r.key`,
        space,
        list(keys),
        after ?? 0,
        limit,
      );
    },
  };
}
