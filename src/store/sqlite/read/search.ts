/**
 * Who is found by words. The index knows the first three letters of a word at once, and goes through the objects in order of their ids; longer
 * beginnings are held against the objects' own texts, unless that finds too few: then the rare ones of them are asked of the index.
 */
import { isWholeWord } from '#core/searched';
import type { PeopleReads } from '../../contract.ts';
import type { Database, Row } from '../../tables/database.ts';
import { mergeRanges } from '../../tables/ranges.ts';
import { OBJECT, objectRow } from '../../tables/rows.ts';
import { askedWords, besideIndex, hasWords, kindWord } from '../../tables/search-words.ts';
import type { Names } from './names.ts';

const LETTERS = 3;
/** Looked at before the index is asked more exactly. */
const SAMPLE = 1_000;
/** A word that so large a part of what was looked at has narrows nothing, and its list is long. */
const COMMON = 0.5;
/** Of what waits for the index; what came before is counted and not looked at. */
const NEWEST = 10_000;

/** Objects that are gone through instead, after the first page. */
const WALKED = 1_000;

const WALK = 'select id, folded, kind from object where id > ? order by id';
const BY_INDEX = `select f.rowid, o.folded from search f cross join object o on o.id = f.rowid
  where f.search match ? and f.rowid > ? order by f.rowid`;

export function searchReads(db: Database, names: Names): Pick<PeopleReads, 'search' | 'searchState'> {
  return {
    async search({ words, kind, after, limit, beside }) {
      const wanted = askedWords(words);
      const term = kind === undefined ? null : (names.termId(kind) ?? 0);
      if (wanted.length === 0) return { rows: [], unindexed: 0 };
      const { looked, left } = besideIndex(waiting(db), after, beside);
      const ids = [...byIndex(db, wanted, term, after, limit), ...unknown(db, looked, wanted, term, limit)];
      const first = [...new Set(ids)].sort((a, b) => a - b).slice(0, limit);
      const rows = db.all(`select ${OBJECT} from json_each(?) j cross join object o on o.id = j.value`, JSON.stringify(first));
      const older = Number(
        db.get('select coalesce(sum(to_id - from_id + 1), 0) from search_pending where id < ?', oldest(db))![0],
      );
      return { rows: rows.map((row) => objectRow(names, row)), unindexed: left + older };
    },
    async searchState() {
      const row = db.get('select shape, up_to from search_state');
      return row === undefined ? null : { shape: String(row[0]), upTo: row[1] === null ? null : Number(row[1]) };
    },
  };
}

/** The first of the newest that are looked at. */
function oldest(db: Database): number {
  return Number(db.get(`select id from search_pending order by id desc limit 1 offset ${NEWEST - 1}`)?.[0] ?? 0);
}

function waiting(db: Database): (readonly [number, number])[] {
  return db
    .all('select from_id, to_id from search_pending where id >= ? order by id', oldest(db))
    .map(([from, to]) => [Number(from), Number(to)]);
}

interface Looked {
  readonly found: number[];
  readonly last: number;
  readonly seen: number;
  /** How many of those seen do not have a word. */
  readonly misses: ReadonlyMap<string, number>;
  /** There are no more to be looked at. */
  readonly isEnd: boolean;
}

function byIndex(db: Database, wanted: readonly string[], term: number | null, after: number, limit: number): number[] {
  // The index goes through a list from its beginning. Of words that many have, a later page is found sooner by going through the
  // objects from there on; of words that few have, the list is short.
  const [rows, most] =
    after === 0
      ? [
          db.each(
            BY_INDEX,
            asked(wanted, term, () => LETTERS),
            after,
          ),
          SAMPLE,
        ]
      : [db.each(WALK, after), WALKED];
  const { found, last, seen, misses, isEnd } = look(rows, wanted, term, limit, most);
  if (isEnd || found.length >= limit) return found;
  const rare = (word: string): number => ((misses.get(word) ?? 0) > seen * COMMON ? Number.POSITIVE_INFINITY : LETTERS);
  for (const [id, text] of db.each(BY_INDEX, asked(wanted, term, rare), last)) {
    if (hasWords(String(text), wanted)) found.push(Number(id));
    if (found.length >= limit) break;
  }
  return found;
}

function look(rows: Iterable<Row>, wanted: readonly string[], term: number | null, limit: number, most: number): Looked {
  const found: number[] = [];
  const misses = new Map<string, number>();
  let [last, seen, isEnd] = [0, 0, true];
  for (const [id, text, kind = term] of rows) {
    last = Number(id);
    seen++;
    const folded = String(text);
    if (hasWords(folded, wanted) && (term === null || kind === term)) found.push(last);
    else for (const word of wanted) if (!hasWords(folded, [word])) misses.set(word, (misses.get(word) ?? 0) + 1);
    isEnd = found.length < limit && seen < most;
    if (!isEnd) break;
  }
  return { found, last, seen, misses, isEnd };
}

/** What is asked of the index: of each word so many letters; whole ones as they are. */
function asked(wanted: readonly string[], term: number | null, letters: (word: string) => number): string {
  const all = wanted.map((word) =>
    isWholeWord(word) ? quoted(word) : `${quoted([...word].slice(0, letters(word)).join(''))} *`,
  );
  if (term !== null) all.push(quoted(kindWord(term)));
  return all.join(' AND ');
}

function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`;
}

function unknown(
  db: Database,
  looked: readonly { readonly from: number; readonly to: number }[],
  wanted: readonly string[],
  term: number | null,
  limit: number,
): number[] {
  const found: number[] = [];
  for (const [from, to] of mergeRanges(looked))
    for (const [id, folded] of db.each(
      'select id, folded from object where id between ? and ? and (? is null or kind = ?) order by id',
      from,
      to,
      term,
      term,
    )) {
      if (hasWords(String(folded), wanted)) found.push(Number(id));
      if (found.length >= limit) return found;
    }
  return found;
}
