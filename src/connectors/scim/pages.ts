/**
 * Lists in pages, by index (RFC 7644 3.4.2.4) or by cursor (RFC 9865). What the server says of their length is not believed: the end
 * is where nothing new comes, and a list that showed fewer than it said to have was not read completely.
 */
import { type Fault, RollcallError } from '#core/errors';
import { isObject, type JsonObject } from '#protocols/scim/values';
import { KeyTable } from '../files/keys.ts';
import type { Answer } from './answer.ts';
import { idOf } from './objects.ts';
import type { Place, Service } from './service.ts';

/** Where a list is gone on with: an index or a cursor, how many were shown until there, and of how many if that was said. */
export interface Position {
  readonly at: string;
  readonly seen: number;
  readonly total?: number | undefined;
}

export interface Listed {
  /** Each id once. What has none is among them. */
  readonly resources: readonly JsonObject[];
  /** Where the next page is; not on the last one. */
  readonly next?: Position;
  /** On the last one, why the list is not complete; undefined where it is. */
  readonly end?: { readonly reason: Fault | undefined };
}

/** Pages without anything new in a row, of cursors: a server may filter what it shows. */
const MOST_EMPTY = 1_000;

export async function* pagesOf(service: Service, place: Place, signal?: AbortSignal, from?: Position): AsyncGenerator<Listed> {
  const { paging } = await service.able(signal);
  yield* (paging === 'cursor' ? byCursor : byIndex)(service, place, signal, from);
}

type Pages = (service: Service, place: Place, signal: AbortSignal | undefined, from?: Position) => AsyncGenerator<Listed>;

const byIndex: Pages = async function* (service, place, signal, from = { at: '1', seen: 0 }) {
  const fresh = freshOnly(place, from.seen);
  let { total } = from;
  for (let start = Number(from.at); ; ) {
    const page = await pageOf(service, place, `startIndex=${start}`, signal).catch((error: unknown) => {
      // Some refuse what lies behind the end.
      if (error instanceof RollcallError && error.kind === 'invalidValue' && total !== undefined && fresh.seen >= total)
        return null;
      throw error;
    });
    if (page === null) break;
    total = page.total ?? total;
    const resources = fresh.of(page.resources);
    if (resources.length === 0) break;
    start += page.resources.length;
    yield { resources, next: { at: String(start), seen: fresh.seen, total } };
  }
  yield { resources: [], end: { reason: missing(place, fresh.seen, total) } };
};

const byCursor: Pages = async function* (service, place, signal, from = { at: '', seen: 0 }) {
  const fresh = freshOnly(place, from.seen);
  const known = new KeyTable();
  let { total } = from;
  let empty = 0;
  for (let cursor = from.at; ; ) {
    const page = await pageOf(service, place, `cursor=${encodeURIComponent(cursor)}`, signal);
    total = page.total ?? total;
    const resources = fresh.of(page.resources);
    empty = resources.length === 0 ? empty + 1 : 0;
    // With the last ones, so that whoever goes on behind them knows of it.
    if (page.next === undefined) return yield { resources, end: { reason: missing(place, fresh.seen, total) } };
    if (resources.length > 0) yield { resources, next: { at: page.next, seen: fresh.seen, total } };
    if (known.setNew(place.kind, page.next, 1) !== undefined || empty > MOST_EMPTY) throw circular(place);
    cursor = page.next;
  }
};

interface Page {
  readonly resources: readonly JsonObject[];
  readonly total: number | undefined;
  readonly next: string | undefined;
}

async function pageOf(service: Service, place: Place, from: string, signal: AbortSignal | undefined): Promise<Page> {
  const { endpoint } = place;
  const answer = await service.get(`${endpoint}?${from}&count=${service.config.pageSize}`, `the list of ${endpoint}`, signal);
  if (answer === null)
    throw new RollcallError('configuration', `the server has no ${endpoint}`, {
      remedy: 'correct `url`, or name under `kinds` only what it has',
    });
  return { ...listIn(answer, endpoint), next: nextIn(answer) };
}

/** @throws RollcallError for an answer that is no list */
export function listIn({ body }: Answer, endpoint: string): { resources: readonly JsonObject[]; total: number | undefined } {
  const total = Number(own(body, 'totalResults') ?? Number.NaN);
  // Without resources it may be left out (RFC 7644 3.4.2).
  const raw = own(body, 'Resources') ?? (total === 0 ? [] : undefined);
  if (!Array.isArray(raw) || !raw.every(isObject))
    throw new RollcallError('unavailable', `the server answers with something else than a list of ${endpoint}`, {
      remedy: 'see that `url` is the base URL of SCIM',
    });
  return { resources: raw, total: Number.isSafeInteger(total) && total >= 0 ? total : undefined };
}

function nextIn({ body }: Answer): string | undefined {
  const next = own(body, 'nextCursor');
  return typeof next === 'string' && next !== '' ? next : undefined;
}

function own(body: JsonObject | null, name: string): unknown {
  return body !== null && Object.hasOwn(body, name) ? body[name] : undefined;
}

/** A list that moves while it is read shows some twice. */
function freshOnly(
  { kind }: Place,
  before: number,
): { of(all: readonly JsonObject[]): readonly JsonObject[]; readonly seen: number } {
  const table = new KeyTable();
  let without = 0;
  return {
    of: (all) =>
      all.filter((resource) => {
        try {
          return table.setNew(kind, idOf(resource), 1) === undefined;
        } catch {
          // Whoever reads it says so; on and on it is not shown.
          return ++without <= 1_000;
        }
      }),
    get seen() {
      return before + table.size + without;
    },
  };
}

function missing({ endpoint }: Place, seen: number, total: number | undefined): Fault | undefined {
  if (total === undefined || seen >= total) return undefined;
  return {
    kind: 'unavailable',
    message: `the server says that it has ${total} ${endpoint}, and showed ${seen}`,
    where: {},
    remedy: 'look whether another `paging` shows all of them; until then nobody counts as gone',
  };
}

function circular({ endpoint }: Place): RollcallError {
  return new RollcallError('unavailable', `the pages of ${endpoint} lead in a circle: nothing new comes, and no end`, {
    remedy: 'look whether another `paging` shows all of them',
  });
}
