/** From what somebody typed to one person or group. */
import { parseImage } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { foldForSearch, words } from '#core/fold';
import { labelOf } from '#core/label';
import { wholeWord } from '#core/searched';
import { type Attributes, scalars } from '#core/values';
import { stagedNamed } from '#runs/staged-named';
import type { ObjectId, ObjectRow, Store } from '#store/contract';

export interface Found {
  readonly id: ObjectId;
  readonly kind: string;
  readonly label: string;
  readonly state: string;
  readonly attributes: Attributes;
}
export interface Sources {
  readonly store: Store;
  readonly config: {
    readonly connections: readonly { readonly name: string; readonly imports: ReadonlyMap<string, { readonly from: string }> }[];
  };
}

const CHOICES = 20;
/** Attributes that name one person: an exact value of one of these beats a name search. */
const IDENTIFYING = ['login', 'mail', 'employeeId', 'aliases', 'displayName', 'name'];
const FEWER_WORDS = 12;
/** Who may be called exactly the same. */
const MOST_EXACT = 20;
/** Rows that are gone through for the seen ones of a page before it ends. */
const MOST_UNSEEN = 10_000;
/** One person may be waited for a little longer than a list while the search index is made. */
const BESIDE = 50_000;

export function describe(row: ObjectRow): Found {
  const attributes = parseImage(row.attributes);
  return { id: row.id, kind: row.kind, label: labelOf(attributes, row.id), state: row.state, attributes };
}

export interface SearchRequest {
  readonly text: string;
  readonly kind?: string;
  /** Undefined: from the beginning; then the id after which a page goes on. */
  readonly after?: ObjectId | undefined;
  readonly limit: number;
  /** Of those whom the search index does not know yet: how many are looked at one by one. */
  readonly beside: number;
  /** Who is found by what whoever asks does not see is nobody. */
  readonly sees?: Sees;
}

type Sees = (one: Found) => boolean;

export interface Page {
  readonly found: readonly Found[];
  /** `after` of the next page; null = that was all. */
  readonly next: ObjectId | null;
  /** Whom the search index does not know yet, and who were not looked at. */
  readonly unindexed: number;
}

/**
 * People and groups with words that start so: first who is called exactly so (login, mail, number), then by id. Empty text lists all by id.
 */
export async function search(store: Store, { text, after, limit, beside, sees, ...of }: SearchRequest): Promise<Page> {
  const wanted = words(text).slice(0, FEWER_WORDS);
  const from = after ?? 0;
  // Signs alone are in no name that could be found by them.
  if (wanted.length === 0 && text.trim() !== '') return { found: [], next: null, unindexed: 0 };
  if (wanted.length === 0) {
    const rows = await store.sync.scanObjects({ after: from, limit, ...of });
    // Who was erased is nobody that could be listed.
    const there = rows.filter((row) => row.aliasOf !== row.id);
    return { found: there.map(describe), next: rows.length === limit ? rows.at(-1)!.id : null, unindexed: 0 };
  }
  const seen = (rows: readonly ObjectRow[]): Found[] => rows.map(describe).filter((one) => sees === undefined || sees(one));
  const exact = await store.people.search({
    words: [wholeWord(text)],
    after: 0,
    limit: Math.min(MOST_EXACT, limit),
    beside,
    ...of,
  });
  const first = new Set(exact.rows.map((row) => row.id));
  const shown = after === undefined ? seen(exact.rows) : [];
  const room = limit - shown.length;
  // One more than fits says whether there are more.
  const look = room + first.size + 1;
  const others: Found[] = [];
  let [unindexed, at, looked, isMore] = [exact.unindexed, from, 0, true];
  while (isMore && others.length <= room && looked < MOST_UNSEEN) {
    const { rows, ...rest } = await store.people.search({ words: wanted, after: at, limit: look, beside, ...of });
    others.push(...seen(rows.filter((row) => !first.has(row.id))));
    unindexed = Math.max(unindexed, rest.unindexed);
    [at, looked, isMore] = [rows.at(-1)?.id ?? at, looked + rows.length, rows.length === look];
  }
  const page = others.slice(0, room);
  const next = others.length > room ? (page.at(-1)?.id ?? from) : isMore ? at : null;
  return { found: [...shown, ...page], next, unindexed };
}

/**
 * One object for an id (`42`, `#42`), `connection:anchor`, `connection:name` where the system has names (a DN), a login, a mail, an employee number or a name.
 * `sees`: as of a search; whom an id or an account names is found whoever it is. Errors: notFound; conflict when several match, listing
 * them with their ids.
 */
export async function findOne(text: string, sources: Sources, sees: Sees = () => true): Promise<ObjectRow> {
  const typed = text.trim();
  const { store } = sources;
  const found = (await byAnchor(typed, sources)) ?? (await byId(typed, store, sees)) ?? (await byWords(typed, store, sees));
  if (found === null) {
    throw new RollcallError('notFound', `Nobody was found for '${typed}'.`, {
      remedy: "Try a part of the name with 'rollcall people NAME', or the number from the source as 'hr:E123'.",
    });
  }
  return found;
}

async function byId(text: string, store: Store, sees: Sees): Promise<ObjectRow | null> {
  if (!/^#?\d{1,15}$/.test(text)) return null;
  // A bare number may be an employee number too; the id is meant only where nothing else carries it.
  if (!text.startsWith('#')) {
    const { found } = await search(store, { text, limit: CHOICES, beside: BESIDE, sees });
    const rows = found.filter((one) => carries(one, text));
    if (rows.length === 1) return await rowOf(rows[0]!, store);
  }
  const row = (await store.sync.objects([Number(text.replace('#', ''))]))[0];
  return row === undefined ? null : current(row, store);
}

async function byAnchor(text: string, { store, config }: Sources): Promise<ObjectRow | null> {
  const colon = text.indexOf(':');
  if (colon <= 0) return null;
  const name = text.slice(0, colon);
  const connection = config.connections.find((one) => one.name === name);
  // One that is not in the file any more, or of a file that cannot be read, is in the store still.
  if (connection === undefined && !(await store.spaces.states()).some((one) => one.name === name)) return null;
  const anchor = text.slice(colon + 1);
  const kinds = [...(connection?.imports.values() ?? [])].map((rule) => rule.from);
  const staged = await stagedNamed(name, anchor, store, kinds);
  if (staged !== null && staged.objectId === null) {
    throw new RollcallError('notFound', `${name} has '${anchor}', but it is not linked to anybody.`, {
      where: { connection: name, object: anchor },
      remedy: `See why with 'rollcall preview ${name} ${anchor}' or 'rollcall parked'.`,
    });
  }
  const row = staged === null ? undefined : (await store.sync.objects([staged.objectId!]))[0];
  if (row !== undefined) return current(row, store);
  throw new RollcallError('notFound', `${name} has no object '${anchor}'.`, {
    where: { connection: name },
    remedy: 'Check the number; it is found once it was read by a run.',
  });
}

async function byWords(text: string, store: Store, sees: Sees): Promise<ObjectRow | null> {
  if (words(text).length === 0) return null;
  const { found } = await search(store, { text, limit: CHOICES + 1, beside: BESIDE, sees });
  if (found.length <= 1) return found[0] === undefined ? null : current(await rowOf(found[0], store), store);
  const exact = found.filter((one) => carries(one, text));
  if (exact.length === 1) return current(await rowOf(exact[0]!, store), store);
  const listed = (exact.length > 1 ? exact : found).slice(0, CHOICES);
  const lines = listed.map((one) => `#${one.id} ${one.label}${detail(one)}`).join('; ');
  const more = found.length > CHOICES ? ' and more' : '';
  throw new RollcallError('conflict', `'${text}' may be ${listed.length}${more} people: ${lines}.`, {
    remedy: `Name one by its id, such as '#${listed[0]!.id}', or type more of the name.`,
  });
}

function detail(one: Found): string {
  const login = scalars(one.attributes['login'])[0] ?? scalars(one.attributes['mail'])[0];
  return login === undefined ? '' : ` (${String(login)})`;
}

/** Whether an identifying attribute is exactly this text, case and accents aside. */
function carries({ attributes }: Found, text: string): boolean {
  const folded = foldForSearch(text);
  return IDENTIFYING.some((name) => scalars(attributes[name]).some((value) => foldForSearch(String(value)) === folded));
}

async function rowOf({ id }: Found, store: Store): Promise<ObjectRow> {
  return (await store.sync.objects([id]))[0]!;
}

/** A merged object lives on in another one. */
async function current(row: ObjectRow, store: Store): Promise<ObjectRow> {
  let at = row;
  for (let hops = 0; at.aliasOf !== null && hops < 100; hops++) {
    const next = (await store.sync.objects([at.aliasOf]))[0];
    if (next === undefined || next.id === at.id) break;
    at = next;
  }
  return at;
}
