/** What a sync reads: what waits, in which order, objects with their accounts, keys. */
import type { DirtyRange, SeqRange } from '../../contract.ts';
import { createSeenBitmap } from '../../import-index.ts';
import type { SyncReads } from '../../reads.ts';
import { askedKeys, KEY_TABLES } from '../../tables/asked-keys.ts';
import { SUBJECT_STAGED, SUBJECTS } from '../../tables/codes.ts';
import type { Bind, Database } from '../../tables/database.ts';
import { mergeRanges } from '../../tables/ranges.ts';
import { OBJECT, objectRow, STAGED, stagedRow } from '../../tables/rows.ts';
import type { Names } from './names.ts';

const ALL: SeqRange = { after: 0, upTo: Number.MAX_SAFE_INTEGER };

/** Up to here the ids are sorted; above, the index is read through in its own order. */
const FEW = 50_000;

/** At one go: about 15 ms. */
const PAGE = 20_000;

const ANCHORED = 'select id, anchor from staged where connection = ? and kind = ? and anchor is not null order by anchor limit ?';
const ANCHORED_AFTER = 'select id, anchor from staged where connection = ? and kind = ? and anchor > ? order by anchor limit ?';
const IN_SPACE = 'select id, id from staged indexed by staged_connection where connection = ? order by id limit ?';
const IN_SPACE_AFTER =
  'select id, id from staged indexed by staged_connection where connection = ? and id > ? order by id limit ?';

export function syncReads(db: Database, names: Names): SyncReads {
  const list = (values: readonly unknown[]): string => JSON.stringify(values);
  /** Of each row its id, and behind what the next page goes on: what was there last may be gone or called otherwise by then. */
  async function* idsOf(
    first: string,
    next: string,
    of: readonly Bind[],
    between: () => Promise<void>,
  ): AsyncGenerator<readonly number[]> {
    for (let rows = db.all(first, ...of, PAGE); ; ) {
      yield rows.map(([id]) => id as number);
      if (rows.length < PAGE) return;
      const [, last] = rows.at(-1)!;
      await between();
      rows = db.all(next, ...of, last!, PAGE);
    }
  }
  return {
    async dirty(within = [ALL]) {
      const ranges: DirtyRange[] = [];
      let upTo = 0;
      for (const [seq, subject, from, to, cause, detail] of db.all(
        `select d.seq, d.subject, d.from_id, d.to_id, d.cause, d.detail from json_each(?) j
           cross join dirty d on d.seq > j.value ->> 0 and d.seq <= j.value ->> 1 order by d.seq`,
        list(within.map(({ after, upTo: last }) => [after, last])),
      )) {
        upTo = Number(seq);
        const range = { subject: SUBJECTS[Number(subject)]!, from: Number(from), to: Number(to), cause: String(cause) };
        ranges.push(detail === null ? range : { ...range, detail: String(detail) });
      }
      return { upTo, ranges };
    },
    async orderedIds(connection, ranges, between = async () => undefined) {
      const space = names.connectionId(connection) ?? 0;
      const merged = mergeRanges(ranges.filter((range) => range.subject === SUBJECTS[SUBJECT_STAGED]));
      const size = merged.reduce((sum, [from, to]) => sum + to - from + 1, 0);
      if (size <= FEW) {
        const rows = db.all(
          `select s.id from json_each(?) j cross join staged s on s.id between j.value ->> 0 and j.value ->> 1 join term t on t.id = s.kind
           where s.connection = ? order by s.anchor is null, iif(s.anchor is null, null, t.text), s.anchor, s.id`,
          list(merged),
          space,
        );
        return Float64Array.from(rows, (row) => row[0] as number);
      }
      const out: number[] = [];
      const within = membership(merged);
      const anchored = createSeenBitmap();
      for (const [kind] of db.all(
        'select c.kind from space_count c join term t on t.id = c.kind where c.connection = ? order by t.text',
        space,
      ))
        for await (const ids of idsOf(ANCHORED, ANCHORED_AFTER, [space, kind!], between)) {
          for (const id of ids) {
            anchored.add(id);
            if (within(id)) out.push(id);
          }
        }
      // Those without an anchor: in the space, and not among the anchors.
      for await (const ids of idsOf(IN_SPACE, IN_SPACE_AFTER, [space], between))
        for (const id of ids) if (within(id) && !anchored.has(id)) out.push(id);
      return Float64Array.from(out);
    },
    async anyWithin(connection, ranges) {
      const merged = mergeRanges(ranges.filter((range) => range.subject === SUBJECTS[SUBJECT_STAGED]));
      const found = db.get(
        `select 1 from json_each(?) j cross join staged s indexed by staged_connection
           on s.connection = ? and s.id between j.value ->> 0 and j.value ->> 1 limit 1`,
        list(merged),
        names.connectionId(connection) ?? 0,
      );
      return found !== undefined;
    },
    async objects(ids) {
      return db
        .all(`select ${OBJECT} from object o where o.id in (select value from json_each(?)) order by o.id`, list(ids))
        .map((row) => objectRow(names, row));
    },
    async linked(ids) {
      return db
        .all(
          `select ${STAGED} from staged s where s.object_id in (select value from json_each(?)) order by s.object_id, s.connection, s.id`,
          list(ids),
        )
        .map((row) => stagedRow(names, row));
    },
    async keys(wanted) {
      const termId = names.termIds();
      // Two tables, two statements at most, whatever is asked.
      return KEY_TABLES.flatMap((table) => {
        const { asked, row } = askedKeys(table, wanted, termId);
        return db
          .all(
            `select distinct k.scope, k.norm, k.owner from json_each(?) j cross join ${table} k on k.scope = j.value ->> 0 and k.norm = j.value ->> 1 order by 1, 2, 3`,
            list(asked),
          )
          .map(row);
      });
    },
    async waiting(keys) {
      const termId = names.termIds();
      const asked = keys.flatMap((key) => {
        const term = termId(key.scope);
        return term === undefined ? [] : [[term, key.norm]];
      });
      return db
        .all(
          'select distinct w.staged_id from json_each(?) j cross join waiting w on w.scope = j.value ->> 0 and w.norm = j.value ->> 1 order by 1',
          list(asked),
        )
        .map((row) => Number(row[0]));
    },
    async due(now, { after, limit }) {
      return db
        .all('select id from object indexed by object_due where due_at <= ? and id > ? order by id limit ?', now, after, limit)
        .map((row) => Number(row[0]));
    },
    async scanObjects({ after, limit, kind }) {
      const term = kind === undefined ? null : (names.termId(kind) ?? 0);
      return db
        .all(
          `select ${OBJECT} from object o where o.id > ? and (? is null or o.kind = ?) order by o.id limit ?`,
          after,
          term,
          term,
          limit,
        )
        .map((row) => objectRow(names, row));
    },
  };
}

function membership(ranges: readonly (readonly [number, number])[]): (id: number) => boolean {
  return (id) => {
    let low = 0;
    let high = ranges.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [from, to] = ranges[middle]!;
      if (id < from) high = middle - 1;
      else if (id > to) low = middle + 1;
      else return true;
    }
    return false;
  };
}
