/** One object per person, connection and kind, unless the rules say `many: true` (SEMANTICS 3): what a decision may not end unsaid. */
import { parseImage } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { accountName, labelOf } from '#core/label';
import { SEND_DEADLINE_MS } from '#runs/reasons';
import type { DecisionRow, ObjectId, StagedId, StagedRow, Store } from '#store/contract';
import type { GatedSurroundings } from './decision.ts';
import { changeHeld } from './unlink-gate.ts';

const PAGE = 1_000;

type Account = Pick<StagedRow, 'id' | 'connection' | 'kind'>;

/**
 * What the person has there counts now or by a decision that the next run carries out, or that waits for an approval.
 * @throws conflict when there is something: a second row of a source would take the place of the first, and of two accounts in a
 * target one alone is written, and ends when its person leaves.
 */
export async function requirePlace(
  staged: Account,
  object: ObjectId,
  at: number,
  surroundings: GatedSurroundings,
): Promise<void> {
  const connection = limitedAt(staged, surroundings);
  if (connection === undefined) return;
  await check(staged, object, connection, await placesOf(connection.name, [object], at, surroundings.store), null, surroundings);
}

/**
 * The same for links that were held and are approved together: what was free then may not be so any more.
 * @throws conflict
 */
export async function requirePlaces(
  held: readonly DecisionRow[],
  accounts: ReadonlyMap<StagedId, StagedRow>,
  at: number,
  surroundings: GatedSurroundings,
): Promise<void> {
  const changes = held.flatMap((one) => {
    const staged = accounts.get(one.stagedId!);
    return staged === undefined ? [] : [{ staged, ...changeHeld(one) }];
  });
  const ended = changes.filter(({ staged, kind, object }) => (kind === 'barred') === (staged.objectId === object));
  const ending = new Set(ended.map(({ staged }) => staged.id));
  const given = changes.filter(({ staged, kind, object }) => kind === 'link' && staged.objectId !== object);
  for (const [name, some] of Map.groupBy(given, ({ staged }) => staged.connection)) {
    const places = await placesOf(name, [...new Set(some.map((one) => one.object))], at, surroundings.store);
    for (const { staged, object } of some) {
      const connection = limitedAt(staged, surroundings);
      if (connection !== undefined) await check(staged, object, connection, places, ending, surroundings);
    }
  }
}

/** Its connection; undefined where people may have several of its kind there. */
function limitedAt({ connection: name, kind }: Account, { config }: GatedSurroundings): Limited | undefined {
  const connection = config.connections.find((one) => one.name === name);
  const several = [...(connection?.imports.values() ?? [])].some((rule) => rule.from === kind && rule.many);
  return several ? undefined : connection;
}

type Limited = GatedSurroundings['config']['connections'][number];

/** `approved`: accounts that lose their person by the same approval; null where nothing was held. */
async function check(
  staged: Account,
  object: ObjectId,
  connection: Limited,
  places: Places,
  approved: ReadonlySet<StagedId> | null,
  { store, called = ({ id, attributes }) => labelOf(parseImage(attributes), id) }: GatedSurroundings,
): Promise<void> {
  const { name } = connection;
  const there = theirs(places, staged, object).filter((row) => approved?.has(row.id) !== true);
  const other = there.find((row) => row.anchor !== null) ?? null;
  const promised = other === null ? promisedTo(places, staged, object) : null;
  const isMade = other === null && promised === null && isBeingMade(places, staged, object);
  if (other === null && promised === null && !isMade) return;
  const [person] = await store.sync.objects([object]);
  const label = person === undefined ? `#${object}` : `${called(person)} (#${object})`;
  if (promised !== null)
    throw new RollcallError(
      'conflict',
      `${label} is to get the account '${accountName(promised)}' in ${name} by a link that waits for an approval.`,
      {
        where: { connection: name, object: promised.anchor! },
        remedy: `Where that is wrong, drop it first: 'rollcall discard ${name} --only ${promised.anchor}'.`,
      },
    );
  if (isMade)
    throw new RollcallError(
      'conflict',
      `An account in ${name} is being made for ${label}, and it is not known yet whether it was.`,
      {
        where: { connection: name },
        remedy: `Wait ${SEND_DEADLINE_MS / 1000} seconds, and link again: it is not made any more then, and if it was, the next read lists it.`,
      },
    );
  const isTarget = connection.exports.size > 0;
  const { anchor } = other!;
  const unlink = `'rollcall unlink ${name} ${anchor}'`;
  throw new RollcallError(
    'conflict',
    isTarget
      ? `${label} already has the account '${accountName(other!)}' in ${name}: only one would be kept in step, and ended when they leave.`
      : `${label} already has '${accountName(other!)}' in ${name}, and may have one object there: the two would be taken for one person.`,
    {
      where: { connection: name, object: anchor! },
      remedy: !isTarget
        ? `Where that one is wrong, take it from them first: ${unlink}. Where people may have several there: 'many: true'.`
        : approved !== null
          ? `Nothing was decided. Take that one from them, which is held as well, and approve both: ${unlink}. Or drop the link that waits: 'rollcall discard'.`
          : `Take that one from them first, and link again: ${unlink}. It stays as it is, neither disabled nor deleted, and is nobody's until somebody links it.`,
    },
  );
}

/** What tells which accounts some people have in a connection, or are to get: as many reads for a thousand as for one. */
interface Places {
  readonly linked: readonly StagedRow[];
  /** Accounts that decisions give them, and those that held ones would. */
  readonly meant: readonly DecisionRow[];
  readonly held: readonly DecisionRow[];
  readonly accounts: ReadonlyMap<StagedId, StagedRow>;
  /** Decisions about what is linked. */
  readonly ruling: readonly DecisionRow[];
  readonly sending: ReadonlySet<StagedId>;
  readonly at: number;
}

async function placesOf(connection: string, objectIds: readonly ObjectId[], at: number, store: Store): Promise<Places> {
  const linked = (await store.sync.linked(objectIds)).filter((row) => row.connection === connection);
  const meant = await all(store, { objectIds, kinds: ['link', 'adopt'], connection, active: true });
  const held = await all(store, { objectIds, kinds: ['heldLink'], connection, active: true });
  const ids = [...meant, ...held].flatMap(({ stagedId }) => (stagedId === null ? [] : [stagedId]));
  const accounts = new Map((await store.spaces.byIds(ids)).map((row) => [row.id, row]));
  const stagedIds = linked.map((row) => row.id);
  const ruling = await all(store, { stagedIds, kinds: ['link', 'adopt', 'barred'], active: true });
  const sending = linked.length === 0 ? new Set<StagedId>() : await store.exports.sending(connection, at);
  return { linked, meant, held, accounts, ruling, sending, at };
}

/** A create is on its way, or ended without an answer so lately that it may still arrive. One that did not is never repeated. */
function isBeingMade({ linked, sending, at }: Places, { kind }: Account, object: ObjectId): boolean {
  const since = at - SEND_DEADLINE_MS;
  return linked.some(
    ({ id, objectId, kind: its, export: wish }) =>
      objectId === object && its === kind && ((wish?.state === 'unknown' && (wish.attemptedAt ?? 0) > since) || sending.has(id)),
  );
}

/** The account of another link that the gate `unlink` holds. */
function promisedTo({ held, accounts }: Places, { id, kind }: Account, object: ObjectId): StagedRow | null {
  for (const one of held) {
    if (one.objectId !== object || one.stagedId === id || changeHeld(one).kind !== 'link') continue;
    const row = accounts.get(one.stagedId!);
    if (row !== undefined && row.kind === kind && row.anchor !== null) return row;
  }
  return null;
}

function theirs({ linked, meant, accounts, ruling }: Places, staged: Account, object: ObjectId): readonly StagedRow[] {
  const own = linked.filter((row) => row.objectId === object);
  const coming = meant.flatMap((one) => (one.objectId === object ? (accounts.get(one.stagedId!) ?? []) : []));
  const owned = new Set(own.map((row) => row.id));
  const leaving = new Set<StagedId>();
  for (const { stagedId, kind, objectId } of ruling)
    if (stagedId !== null && owned.has(stagedId) && (kind === 'barred') === (objectId === object)) leaving.add(stagedId);
  const there = new Map([...own, ...coming].map((row) => [row.id, row]));
  return [...there.values()].filter(
    (row) =>
      row.id !== staged.id &&
      row.kind === staged.kind &&
      (row.presence === 'present' || row.presence === 'held') &&
      !leaving.has(row.id),
  );
}

async function all(store: Store, filter: Parameters<Store['decisions']['list']>[0]): Promise<readonly DecisionRow[]> {
  const out: DecisionRow[] = [];
  for (let after = 0; ; ) {
    const page = await store.decisions.list(filter, { after, limit: PAGE });
    out.push(...page);
    if (page.length < PAGE) return out;
    after = page.at(-1)!.id;
  }
}
