/**
 * Who is found by words. An index of words answers with all who have them, in no order: of what many have, the first are found sooner
 * by going through the objects, so a part of them is looked through before the index is asked.
 */
import type { PeopleReads } from '../../contract.ts';
import { mergeRanges } from '../../tables/ranges.ts';
import { OBJECT, objectRow } from '../../tables/rows.ts';
import { askedWords, besideIndex, kindWord } from '../../tables/search-words.ts';
import { type Queryable, query } from '../connect.ts';
import { startingWith, wordsOf } from '../search.ts';
import type { Names } from './names.ts';

/** Looked through first. */
const FIRST = 2_000;
/** Of what waits for the index; what came before is counted and not looked at. */
const NEWEST = 10_000;

// What changed since it was indexed is held against its own text.
const found = (hits: string): string =>
  `with hit as materialized (${hits})
   select ${OBJECT} from (select id from hit order by id) hit join object o on o.id = hit.id
   where ${wordsOf('o.folded')} @@ $4::tsquery order by hit.id limit $3`;
const FEW = found(
  `select id from (select id, words from search where id > $2 order by id limit ${FIRST}) s where words @@ $1::tsquery`,
);
const ALL = found('select id from search where words @@ $1::tsquery and id > $2');
const BESIDE = (kind: string): string =>
  `select ${OBJECT} from unnest($2::bigint[], $4::bigint[]) p (first, last)
   cross join lateral (select * from object where id >= p.first and id <= p.last offset 0) o
   where ${kind} ${wordsOf('o.folded')} @@ $1::tsquery order by o.id limit $3`;
const WAITING = `select from_id, to_id, sum(to_id - from_id + 1) over () from search_pending order by id desc limit ${NEWEST}`;

export function searchReads(pool: Queryable, names: Names): Pick<PeopleReads, 'search' | 'searchState'> {
  return {
    async search({ words: given, kind, after, limit, beside }) {
      const wanted = askedWords(given);
      if (wanted.length === 0) return { rows: [], unindexed: 0 };
      const asked = startingWith(wanted);
      const term = kind === undefined ? [] : [await names.termId(kind)];
      const waits = (await query(pool, WAITING)) as [number, number, unknown][];
      const newest = waits.map(([from, to]): [number, number] => [from, to]).reverse();
      const older = Number(waits[0]?.[2] ?? 0) - newest.reduce((sum, [from, to]) => sum + to - from + 1, 0);
      const { looked, left } = besideIndex(newest, after, beside);
      const ranges = mergeRanges(looked);
      const words = term.length === 0 ? asked : `${asked} & ${startingWith([kindWord(term[0]!)])}`;
      const values = [words, after, limit, asked];
      let rows = await query(pool, FEW, values);
      if (rows.length < limit) rows = await query(pool, ALL, values);
      const unknown =
        ranges.length === 0
          ? []
          : await query(pool, BESIDE(term.length === 0 ? '' : 'o.kind = $5 and'), [
              asked,
              ranges.map(([from]) => from),
              limit,
              ranges.map(([, to]) => to),
              ...term,
            ]);
      const objects = new Map(
        (await names.mapped([...rows, ...unknown], (row) => objectRow(names, row))).map((row) => [row.id, row]),
      );
      return { rows: [...objects.values()].sort((a, b) => a.id - b.id).slice(0, limit), unindexed: left + older };
    },
    async searchState() {
      const [row] = await query(pool, 'select shape, up_to from search_state');
      return row === undefined ? null : { shape: String(row[0]), upTo: row[1] === null ? null : Number(row[1]) };
    },
  };
}
