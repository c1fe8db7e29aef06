/** Which person somebody is who comes in: the one that has a value, and only while they are here. */
import { parseImage } from '#core/canonical';
import { foldCase, words } from '#core/fold';
import { NAMING, wholeWord } from '#core/searched';
import { scalars } from '#core/values';
import type { ObjectId, ObjectRow, Store } from '#store/contract';

export type Whose = { readonly person: ObjectId } | { readonly why: string };

const KIND = 'person';
const MOST = 100;
/** Looked at one by one in a few milliseconds. */
const BESIDE = 1_000;

/** Who has left is nobody any more, and neither is who was merged into another or erased. */
export function isHere({ kind, state, aliasOf }: Pick<ObjectRow, 'kind' | 'state' | 'aliasOf'>): boolean {
  return kind === KIND && aliasOf === null && state !== 'leaving' && state !== 'gone';
}

/** The one person here with this very value, case aside; of several none is taken for the one that is meant. */
export async function whose(value: string, attribute: string, store: Store): Promise<Whose> {
  const wanted = NAMING.includes(attribute) ? [wholeWord(value)] : words(value);
  if (wanted.length === 0) return { why: `nobody here has that ${attribute}` };
  const { rows, unindexed } = await store.people.search({ words: wanted, kind: KIND, after: 0, limit: MOST, beside: BESIDE });
  if (unindexed > 0 || rows.length === MOST)
    return { why: 'it is not known yet who has it: the search index is being made; try again in a moment' };
  const folded = foldCase(value);
  const has = rows.filter(
    (row) =>
      row.aliasOf === null &&
      row.state !== 'gone' &&
      scalars(parseImage(row.attributes)[attribute]).some((one) => foldCase(String(one)) === folded),
  );
  if (has.length > 1) return { why: `several people here have that ${attribute}` };
  return has[0] !== undefined && isHere(has[0]) ? { person: has[0].id } : { why: `nobody here has that ${attribute}` };
}
