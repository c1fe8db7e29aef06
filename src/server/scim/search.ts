/** Lists: a filter, a sort and a page → what is found, by keys where there are some, else by going through them (RFC 7644 3.4.2, RFC 9865). */
import { holds } from '#core/condition';
import { RollcallError, StoreUnavailable } from '#core/errors';
import { ScimError } from '#protocols/scim/errors';
import { compileFilter } from '#protocols/scim/filter/compile';
import { foldDocument } from '#protocols/scim/filter/document';
import { keysOf } from '#protocols/scim/filter/keys';
import { parseFilter } from '#protocols/scim/filter/parse';
import type { ScimResourceType } from '#protocols/scim/schema';
import { cursorText, type Position, positionOf } from './cursor.ts';
import { withMembersKnown } from './membership.ts';
import { type Asked, type Row, resourceOf, type ScimServices } from './service.ts';

/** A filter that no key helps is given up after this long. */
const MOST_MS = 2_000;
/** What is counted, at the most, where nothing is known of it. */
const MOST_COUNTED = 1_000_000;

export interface ListRequest {
  readonly filter?: string | undefined;
  readonly sort: { readonly path: readonly string[]; readonly descending: boolean } | null;
  /** Places from 0, or a cursor; an empty one is the first page. */
  readonly from: { readonly offset: number } | { readonly cursor: string };
  readonly count: number;
}

export interface Found {
  readonly rows: readonly { readonly row: Row; readonly type: ScimResourceType }[];
  readonly total: number;
  /** Null: there is no more, or no cursor was asked for. */
  readonly nextCursor: string | null;
}

type Pushed = ScimServices['store']['pushed'];
type Query = Omit<Parameters<Pushed['count']>[0], 'most'>;
type Page = Omit<Parameters<Pushed['page']>[0], keyof Query>;

/** `types`: more than one for the root, one after the other. @throws ScimError */
export async function list(
  { filter, sort, from, count }: ListRequest,
  types: readonly ScimResourceType[],
  asked: Asked,
  services: ScimServices,
): Promise<Found> {
  try {
    const start = 'cursor' in from ? positionOf(from.cursor, types.length) : null;
    let offset = 'offset' in from ? from.offset : 0;
    const rows: Found['rows'][number][] = [];
    let total = 0;
    let next: Position | null = null;
    for (const [place, type] of types.entries()) {
      const query = await queryOf(filter, type, asked, services);
      const here = await ofType(query, type, services);
      const wanted = count - rows.length;
      const isNext = wanted > 0 && place >= (start?.type ?? 0) && next === null;
      const after = place === start?.type ? start.after : null;
      const page = isNext ? await here.page({ sort, after, offset, limit: wanted }) : null;
      // A first page that is not full says how many there are.
      const isAll = page !== null && after === null && offset === 0 && !page.more;
      const counted = isAll ? page.rows.length : await here.count();
      total += counted;
      if (page === null) {
        // What comes after the page begins with the next type.
        if (wanted <= 0 && next === null && counted > 0 && 'cursor' in from && place > (start?.type ?? 0))
          next = { type: place, after: null };
        continue;
      }
      offset = Math.max(0, offset - counted);
      for (const row of page.rows) rows.push({ row, type });
      if (page.more && page.position !== null) next = { type: place, after: page.position };
    }
    return { rows, total, nextCursor: next === null || !('cursor' in from) ? null : cursorText(next) };
  } catch (error) {
    throw tooMuch(error);
  }
}

interface OfType {
  count(): Promise<number>;
  page(page: Page): Promise<Pick<Awaited<ReturnType<Pushed['page']>>, 'rows' | 'more' | 'position'>>;
}

async function ofType(query: Query, type: ScimResourceType, { store: { pushed, spaces } }: ScimServices): Promise<OfType> {
  const { connection, kind, condition } = query;
  const ids = condition === null ? null : keysOf(condition, new Set(['id']));
  if (ids === null)
    return { count: () => pushed.count({ ...query, most: MOST_COUNTED }), page: (page) => pushed.page({ ...query, ...page }) };
  // An id is the anchor itself.
  const anchors = [...new Set(ids.map(({ norm }) => norm))];
  const found = anchors.length === 0 ? [] : await spaces.byAnchors(connection, kind!, anchors);
  const rows = found.filter((row) => {
    const resource = resourceOf(row, type);
    return resource !== null && holds(condition!, foldDocument(resource, type));
  });
  return {
    count: async () => rows.length,
    async page({ after, offset, limit }) {
      const left = rows.filter((row) => row.id > (after?.staged ?? 0)).slice(offset);
      const last = left.slice(0, limit).at(-1);
      return {
        rows: left.slice(0, limit),
        more: left.length > limit,
        position: last === undefined ? null : { staged: last.id, value: null },
      };
    },
  };
}

/** What the store is asked. @throws ScimError `invalidFilter` */
async function queryOf(
  filter: string | undefined,
  type: ScimResourceType,
  { connection, base }: Asked,
  services: ScimServices,
): Promise<Query> {
  const kind = base.kindOf[type.name]!;
  if (filter === undefined) return { connection, kind, condition: null, keys: null };
  const compiled = compileFilter(parseFilter(filter), type, { unknown: base.tolerant ? 'noMatch' : 'error' });
  const condition = await withMembersKnown(compiled, connection, services);
  return { connection, kind, condition, keys: keysOf(condition, new Set(base.keyed[type.name])), mostMs: MOST_MS };
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
