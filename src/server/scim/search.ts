/** Lists: a filter, a sort and a page → what is found, in all the types that are asked (RFC 7644 3.4.2, RFC 9865). */
import { RollcallError, StoreUnavailable } from '#core/errors';
import { ScimError } from '#protocols/scim/errors';
import type { ScimResourceType } from '#protocols/scim/schema';
import { cursorText, type Place, placeIn } from './cursor.ts';
import type { Item, Side } from './side.ts';

export interface ListRequest {
  readonly filter?: string | undefined;
  readonly sort: { readonly path: readonly string[]; readonly descending: boolean } | null;
  /** Places from 0, or a cursor; an empty one is the first page. */
  readonly from: { readonly offset: number } | { readonly cursor: string };
  readonly count: number;
}

export interface Found {
  readonly items: readonly { readonly item: Item; readonly type: ScimResourceType }[];
  /** Null: nobody knows, which only cursors allow. */
  readonly total: number | null;
  /** Null: there is no more, or no cursor was asked for. */
  readonly nextCursor: string | null;
}

/** `types`: more than one for the root, one after the other. @throws ScimError */
export async function list(
  { filter, sort, from, count }: ListRequest,
  types: readonly ScimResourceType[],
  side: Side,
): Promise<Found> {
  try {
    const start = 'cursor' in from ? placeIn(from.cursor, types.length) : null;
    let offset = 'offset' in from ? from.offset : 0;
    const items: Found['items'][number][] = [];
    let total: number | null = 0;
    let next: Place | null = null;
    for (const [place, type] of types.entries()) {
      const here = await side.listed(filter, type, 'offset' in from);
      const wanted = count - items.length;
      const isNext = wanted > 0 && place >= (start?.type ?? 0) && next === null;
      const after = place === start?.type ? start.after : null;
      const page = isNext ? await here.page({ sort, after, offset, limit: wanted }) : null;
      // A first page that is not full says how many there are.
      const isAll = page !== null && after === null && offset === 0 && !page.more;
      const counted = isAll ? page.items.length : await here.count();
      total = total === null || counted === null ? null : total + counted;
      if (page === null) {
        // What comes after the page begins with the next type.
        if (wanted <= 0 && next === null && counted !== 0 && 'cursor' in from && place > (start?.type ?? 0))
          next = { type: place, after: null };
        continue;
      }
      offset = Math.max(0, offset - (counted ?? 0));
      for (const item of page.items) items.push({ item, type });
      if (page.more && page.position !== null) next = { type: place, after: page.position };
    }
    return { items, total, nextCursor: next === null || !('cursor' in from) ? null : cursorText(next) };
  } catch (error) {
    throw tooMuch(error);
  }
}

function tooMuch(error: unknown): unknown {
  // That the store is not there has other reasons than the filter.
  if (!(error instanceof RollcallError) || error instanceof StoreUnavailable || error.kind !== 'unavailable') return error;
  return new ScimError(
    400,
    'tooMany',
    'going through all resources for this filter takes too long: ask for an indexed attribute',
  );
}
