/** Lists of agreed people and groups: by keys where there are some, else by going through them, as far as time allows. */
import { setImmediate as pause } from 'node:timers/promises';
import { type Condition, holds, type Path, valuesAt } from '#core/condition';
import { RollcallError } from '#core/errors';
import { bySortValue, type SortValue } from '#core/sorted';
import { refusal } from '#protocols/scim/errors';
import { compileFilter } from '#protocols/scim/filter/compile';
import { foldDocument } from '#protocols/scim/filter/document';
import { asksOf, membersAsked, withMembers } from '#protocols/scim/filter/members';
import { parseFilter } from '#protocols/scim/filter/parse';
import type { Served, ServedBase, Surroundings } from './base.ts';
import { foundByKey, objectId } from './found.ts';
import { groupsWith } from './members.ts';
import { narrow } from './narrow.ts';
import { type Item, itemsOf } from './resources.ts';

/** Behind whom a page goes on. */
export interface Position {
  readonly id: number;
  /** What it is sorted by. */
  readonly value: SortValue;
}

export interface PageRequest {
  readonly sort: { readonly path: Path; readonly descending: boolean } | null;
  readonly after: Position | null;
  readonly offset: number;
  readonly limit: number;
}

export interface Page {
  readonly items: readonly Item[];
  readonly more: boolean;
  /** Null: there is nothing to go on behind. */
  readonly position: Position | null;
}

export interface Listed {
  page(request: PageRequest): Promise<Page>;
  /** Null: nobody knows. To be asked after the page. */
  count(): Promise<number | null>;
}

/** Objects that are looked at in one go. */
const WINDOW = 1_000;
const NOBODY: Page = { items: [], more: false, position: null };

/**
 * `whole`: how many there are must be known, so that all are gone through. Otherwise a page is what `mostMs` were enough for, and the next
 * one goes on there. @throws ScimError `invalidFilter`; RollcallError `unavailable` where all of it takes too long
 */
export async function listOf(
  filter: string | undefined,
  served: Served,
  { whole, mostMs }: { readonly whole: boolean; readonly mostMs: number },
  base: ServedBase,
  surroundings: Surroundings,
): Promise<Listed> {
  const { agreed } = surroundings.store;
  const { kind, type } = served;
  const compiled = filter === undefined ? null : compileFilter(parseFilter(filter), type, { unknown: 'error' });
  if (compiled !== null && asksOf(compiled, 'groups'))
    throw refusal('invalidFilter', 'groups are found by their members: ask /Groups for members eq "…"');
  const asked = compiled === null ? null : await withMembersKnown(compiled, base, surroundings);
  const conditions = [served.condition, asked].filter((one) => one !== null);
  const { states, probe, isExact } = narrow(conditions, served);
  const matching = async (rows: Parameters<typeof itemsOf>[0]): Promise<readonly Item[]> => {
    const items = await itemsOf(rows, served, base, surroundings);
    return asked === null ? items : items.filter(({ resource }) => holds(asked, foldDocument(resource, type)));
  };
  const query = { kind, states };
  const until = performance.now() + mostMs;
  /** Those who match, window by window, with the last one looked at. */
  async function* through(
    after: number,
  ): AsyncGenerator<{ readonly items: readonly Item[]; readonly last: number; readonly more: boolean }> {
    for (let at = after; ; ) {
      const { rows, last, more } = await agreed.window({ ...query, probe, after: at, offset: 0, look: WINDOW });
      if (last === null) return;
      yield { items: await matching(rows), last, more };
      if (!more) return;
      at = last;
      await pause();
    }
  }
  const isOver = (): boolean => performance.now() > until;
  let counted: number | null = null;

  const byId = async ({ after, offset, limit }: PageRequest): Promise<Page> => {
    if (isExact) {
      const { rows } = await agreed.window({ ...query, probe: null, after: after?.id ?? 0, offset, look: limit + 1 });
      const items = await matching(rows.slice(0, limit));
      return { items, more: rows.length > limit, position: positionOf(items.at(-1)) };
    }
    const kept: Item[] = [];
    let found = 0;
    for await (const { items, last, more } of through(after?.id ?? 0)) {
      found += items.length;
      if (kept.length < offset + limit + 1) kept.push(...items);
      if (whole) {
        if (isOver() && more) throw tookTooLong(mostMs);
      } else if (kept.length > limit || (isOver() && more)) {
        const isFull = kept.length >= limit;
        return {
          items: kept.slice(0, limit),
          more: true,
          position: isFull ? positionOf(kept[limit - 1]) : { id: last, value: null },
        };
      }
    }
    if (after === null && whole) counted = found;
    const items = kept.slice(offset, offset + limit);
    return { items, more: found > offset + limit, position: positionOf(items.at(-1)) };
  };

  const sorted = async (all: AsyncIterable<readonly Item[]>, { sort, after, offset, limit }: PageRequest): Promise<Page> => {
    const { path, descending } = sort ?? { path: null, descending: false };
    const order = (a: Position, b: Position): number => (bySortValue(a.value, b.value) || a.id - b.id) * (descending ? -1 : 1);
    const wanted = offset + limit + 1;
    let kept: { readonly item: Item; readonly at: Position }[] = [];
    let found = 0;
    for await (const items of all) {
      found += items.length;
      for (const item of items) {
        const at = { id: item.row.id, value: path === null ? null : sortValue(item, path, served) };
        if (after === null || order(at, after) > 0) kept.push({ item, at });
      }
      if (kept.length > 2 * wanted + WINDOW) kept = kept.sort((a, b) => order(a.at, b.at)).slice(0, wanted);
    }
    counted = found;
    const page = kept.sort((a, b) => order(a.at, b.at)).slice(offset, offset + limit);
    return { items: page.map(({ item }) => item), more: kept.length > offset + limit, position: page.at(-1)?.at ?? null };
  };

  const all = async function* (): AsyncGenerator<readonly Item[]> {
    for await (const { items, more } of through(0)) {
      if (isOver() && more) throw tookTooLong(mostMs);
      yield items;
    }
  };

  return {
    async page(request) {
      if (states.length === 0) return NOBODY;
      const known = asked === null ? null : await foundByKey(asked, served, surroundings);
      if (known !== null) return await sorted(once(await matching(known)), request);
      return request.sort === null ? await byId(request) : await sorted(all(), request);
    },
    async count() {
      if (states.length === 0) return 0;
      if (counted !== null) return counted;
      if (isExact) return await agreed.count(query);
      if (!whole) return null;
      let found = 0;
      for await (const items of all()) found += items.length;
      return found;
    },
  };
}

async function* once<T>(one: T): AsyncGenerator<T> {
  yield one;
}

function positionOf(item: Item | undefined): Position | null {
  return item === undefined ? null : { id: item.row.id, value: null };
}

function sortValue({ resource }: Item, path: Path, { type }: Served): SortValue {
  const [first] = valuesAt(foldDocument(resource, type), path);
  return first === undefined || typeof first === 'object' ? null : first;
}

/** What a condition asks of members becomes the ids of the groups that they are in. */
async function withMembersKnown(condition: Condition, base: ServedBase, surroundings: Surroundings): Promise<Condition> {
  const asked = membersAsked(condition);
  if (asked.length === 0) return condition;
  const ids = asked.flatMap((text) => objectId(text) ?? []);
  const rows = new Map((await surroundings.store.sync.objects(ids)).map((row) => [String(row.id), row]));
  const groups = new Map<string, readonly string[]>();
  for (const [text, row] of rows) groups.set(text, (await groupsWith(row, base, surroundings)).map(String));
  return withMembers(condition, (member) => groups.get(member) ?? []);
}

function tookTooLong(mostMs: number): RollcallError {
  return new RollcallError('unavailable', `the search was given up after ${mostMs} ms`, {
    remedy: 'ask by a cursor, or for a value that is a key, such as the name of a user',
  });
}
