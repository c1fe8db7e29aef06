/**
 * Keeps people searchable: the texts that they are found by follow the list of attributes in rollcall.yaml, and the index follows the texts. Both
 * in slices of a few milliseconds, by whoever writes the store and has nothing better to do.
 */
import { SEARCHED } from '#core/attributes';
import { parseImage } from '#core/canonical';
import { searchShape, searchText } from '#core/searched';
import type { Services } from '#runs/model';

const SLICE = 400;
/** Of a kind that rollcall.yaml does not have any more. */
const UNTOLD = [...SEARCHED].sort();

/** Everything that waits, until `signal` is aborted. */
export async function catchUpSearch(services: Pick<Services, 'store' | 'config'>, signal?: AbortSignal): Promise<void> {
  while (signal?.aborted !== true && (await searchSlice(services)));
}

/** Answers whether more wait. */
export async function searchSlice({ store, config }: Pick<Services, 'store' | 'config'>): Promise<boolean> {
  const shape = searchShape([...config.kinds.values()].map(({ kind, searched }) => [kind, searched]));
  const state = await store.people.searchState();
  if (state?.shape === shape && state.upTo === null) return await store.people.indexForSearch(SLICE);
  const rows = await store.sync.scanObjects({ after: state?.shape === shape ? state.upTo! : 0, limit: SLICE });
  await store.people.foldAgain({
    state: { shape, upTo: rows.length < SLICE ? null : rows.at(-1)!.id },
    texts: rows.map(({ id, revision, kind, attributes }) => ({
      id,
      revision,
      folded: searchText(parseImage(attributes), config.kinds.get(kind)?.searched ?? UNTOLD),
    })),
  });
  return true;
}
