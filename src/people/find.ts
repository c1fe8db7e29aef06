/** From what somebody typed to one person or group. */
import { parseImage } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { foldForSearch, words } from '#core/fold';
import { labelOf } from '#core/label';
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

export function describe(row: ObjectRow): Found {
  const attributes = parseImage(row.attributes);
  return { id: row.id, kind: row.kind, label: labelOf(attributes, row.id), state: row.state, attributes };
}

/** People and groups with words that start so; best first. Empty text lists all by id. */
export async function search(
  store: Store,
  request: { readonly text: string; readonly kind?: string; readonly after: ObjectId; readonly limit: number },
): Promise<readonly Found[]> {
  const wanted = words(request.text).slice(0, FEWER_WORDS);
  // Signs alone are in no name that could be found by them.
  if (wanted.length === 0 && request.text.trim() !== '') return [];
  const kind = request.kind === undefined ? {} : { kind: request.kind };
  const rows =
    wanted.length === 0
      ? await store.sync.scanObjects({ after: request.after, limit: request.limit, ...kind })
      : await store.people.search({ words: wanted, after: request.after, limit: request.limit, ...kind });
  return rows.map(describe);
}

/**
 * One object for an id (`42`, `#42`), `connection:anchor`, `connection:name` where the system has names (a DN), a login, a mail, an employee number or a name.
 * Errors: notFound; conflict when several match, listing them with their ids.
 */
export async function findOne(text: string, sources: Sources): Promise<ObjectRow> {
  const typed = text.trim();
  const found = (await byAnchor(typed, sources)) ?? (await byId(typed, sources.store)) ?? (await byWords(typed, sources.store));
  if (found === null) {
    throw new RollcallError('notFound', `Nobody was found for '${typed}'.`, {
      remedy: "Try a part of the name with 'rollcall people NAME', or the number from the source as 'hr:E123'.",
    });
  }
  return found;
}

async function byId(text: string, store: Store): Promise<ObjectRow | null> {
  if (!/^#?\d{1,15}$/.test(text)) return null;
  // A bare number may be an employee number too; the id is meant only where nothing else carries it.
  if (!text.startsWith('#')) {
    const rows = (await store.people.search({ words: [text], after: 0, limit: CHOICES })).filter((row) => carries(row, text));
    if (rows.length === 1) return rows[0]!;
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

async function byWords(text: string, store: Store): Promise<ObjectRow | null> {
  const wanted = words(text).slice(0, FEWER_WORDS);
  if (wanted.length === 0) return null;
  const rows = await store.people.search({ words: wanted, after: 0, limit: CHOICES + 1 });
  if (rows.length <= 1) return rows[0] === undefined ? null : current(rows[0], store);
  const exact = rows.filter((row) => carries(row, text));
  if (exact.length === 1) return current(exact[0]!, store);
  const listed = (exact.length > 1 ? exact : rows).slice(0, CHOICES).map(describe);
  const lines = listed.map((one) => `#${one.id} ${one.label}${detail(one)}`).join('; ');
  const more = rows.length > CHOICES ? ' and more' : '';
  throw new RollcallError('conflict', `'${text}' may be ${listed.length}${more} people: ${lines}.`, {
    remedy: `Name one by its id, such as '#${listed[0]!.id}', or type more of the name.`,
  });
}

function detail(one: Found): string {
  const login = scalars(one.attributes['login'])[0] ?? scalars(one.attributes['mail'])[0];
  return login === undefined ? '' : ` (${String(login)})`;
}

/** Whether an identifying attribute is exactly this text, case and accents aside. */
function carries(row: ObjectRow, text: string): boolean {
  const attributes = parseImage(row.attributes);
  const folded = foldForSearch(text);
  return IDENTIFYING.some((name) => scalars(attributes[name]).some((value) => foldForSearch(String(value)) === folded));
}

/** A merged object lives on in another one. */
async function current(row: ObjectRow, store: Store): Promise<ObjectRow> {
  let at = row;
  for (let hops = 0; at.aliasOf !== null && hops < 100; hops++) {
    const next = (await store.sync.objects([at.aliasOf]))[0];
    if (next === undefined) break;
    at = next;
  }
  return at;
}
