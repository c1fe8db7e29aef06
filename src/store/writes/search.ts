/** The index of who is found by which word: it follows the folded texts of objects, whenever somebody has it catch up. */
import type { PeopleOperations } from '../contract.ts';
import { kindWord } from '../tables/search-words.ts';
import type { Session } from './session.ts';

/** Whom the search index does not know yet: one row per run of ids. */
export function writeFresh(session: Session, ids: number[]): void {
  ids.sort((a, b) => a - b);
  for (let i = 0; i < ids.length; ) {
    let to = i;
    while (ids[to + 1] === ids[to]! + 1) to++;
    session.db.run('search_pending', 'insert into search_pending (from_id, to_id) values (?, ?)', ids[i]!, ids[to]!);
    i = to + 1;
  }
}

/** Catches the search index up by at most `limit` objects; answers whether more wait. */
export function indexForSearch(session: Session, { limit }: { limit: number }): boolean {
  const { db } = session;
  let left = limit;
  for (const [id, from, to] of db.all('select id, from_id, to_id from search_pending order by id limit 1000')) {
    const last = Math.min(Number(to), Number(from) + left - 1);
    for (const [object, folded, kind] of db.all('select id, folded, kind from object where id between ? and ?', from!, last)) {
      db.run('search', 'delete from search where rowid = ?', object!);
      db.run(
        'search',
        'insert into search (rowid, folded) values (?, ?)',
        object!,
        `${String(folded)} ${kindWord(Number(kind))}`,
      );
    }
    left -= last - Number(from) + 1;
    if (last < Number(to)) db.run('search_pending', 'update search_pending set from_id = ? where id = ?', last + 1, id!);
    else db.run('search_pending', 'delete from search_pending where id = ?', id!);
    if (left <= 0) break;
  }
  return db.get('select 1 from search_pending limit 1') !== undefined;
}

/** An object that changed meanwhile has the text that its change gave it. */
export function foldAgain(session: Session, { state, texts }: Parameters<PeopleOperations['foldAgain']>[0]): void {
  const { db } = session;
  const fresh: number[] = [];
  for (const { id, revision, folded } of texts)
    if (
      db.run(
        'object',
        'update object set folded = ? where id = ? and revision = ? and folded <> ?',
        folded,
        id,
        revision,
        folded,
      ) > 0
    )
      fresh.push(id);
  writeFresh(session, fresh);
  db.run(
    'search_state',
    'insert into search_state (one, shape, up_to) values (1, ?, ?) on conflict (one) do update set shape = excluded.shape, up_to = excluded.up_to',
    state.shape,
    state.upTo,
  );
}
