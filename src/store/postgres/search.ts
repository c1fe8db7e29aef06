/**
 * The index of who is found by which word: of each object the words of its `folded`, as they are. A lexeme is at most 2,046
 * bytes long and those of one object a megabyte together, so words are cut at 500 characters, and an object's at 250,000.
 */
import { isWholeWord } from '#core/searched';
import type { PeopleOperations } from '../contract.ts';
import { mergeRanges } from '../tables/ranges.ts';
import { isKindWord, kindWord } from '../tables/search-words.ts';
import { type Queryable, query } from './connect.ts';

const WORD = 500;
const WORDS_OF_ONE = 250_000;

/** SQL of the words of an object's folded text. */
export function wordsOf(folded: string): string {
  return `array_to_tsvector(array(select distinct left(word, ${WORD}) from unnest(string_to_array(left(${folded}, ${WORDS_OF_ONE}), ' ')) word where word <> ''))`;
}

/** A tsquery: for each word one that starts so, for a whole word that one. */
export function startingWith(words: readonly string[]): string {
  return words
    .map(
      (word) =>
        `'${[...word].slice(0, WORD).join('').replace(/['\\]/g, '$&$&')}'${isWholeWord(word) || isKindWord(word) ? '' : ':*'}`,
    )
    .join(' & ');
}

const INDEX = `insert into search (id, words) select o.id, ${wordsOf(`'${kindWord('')}' || o.kind || ' ' || o.folded`)} from unnest($1::bigint[], $2::bigint[]) j (first, last)
  join object o on o.id >= j.first and o.id <= j.last on conflict (id) do update set words = excluded.words`;

/**
 * Catches the search index up by at most `limit` objects; answers whether more wait. To be called within a transaction, by
 * whoever holds the right to write.
 */
export async function indexForSearch(client: Queryable, limit: number): Promise<boolean> {
  const done: number[] = [];
  const looked: { from: number; to: number }[] = [];
  let begun: { id: number; from: number } | null = null;
  let left = limit;
  const pending = await query(client, 'select id, from_id, to_id from search_pending order by id limit 1000');
  for (const [id, from, to] of pending as [number, number, number][]) {
    const last = Math.min(to, from + left - 1);
    looked.push({ from, to: last });
    left -= last - from + 1;
    if (last < to) begun = { id, from: last + 1 };
    else done.push(id);
    if (left <= 0) break;
  }
  if (looked.length === 0) return false;
  const merged = mergeRanges(looked);
  await query(client, INDEX, [merged.map(([first]) => first), merged.map(([, last]) => last)]);
  await query(client, 'delete from search_pending where id = any($1::bigint[])', [done]);
  if (begun) await query(client, 'update search_pending set from_id = $2 where id = $1', [begun.id, begun.from]);
  return (await query(client, 'select 1 from search_pending limit 1')).length > 0;
}

const FOLD = `with changed as (update object o set folded = n.folded from unnest($1::bigint[], $2::bigint[], $3::text[]) n (id, revision, folded)
    where o.id = n.id and o.revision = n.revision and o.folded <> n.folded returning o.id)
  insert into search_pending (from_id, to_id) select id, id from changed`;

/** An object that changed meanwhile has the text that its change gave it. */
export async function foldAgain(
  client: Queryable,
  { state, texts }: Parameters<PeopleOperations['foldAgain']>[0],
): Promise<void> {
  await query(client, FOLD, [texts.map((one) => one.id), texts.map((one) => one.revision), texts.map((one) => one.folded)]);
  await query(
    client,
    `insert into search_state (one, shape, up_to) values (1, $1, $2) on conflict (one) do update set shape = excluded.shape, up_to = excluded.up_to`,
    [state.shape, state.upTo],
  );
}
