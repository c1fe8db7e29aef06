/** One object per person, connection and kind, unless the rules say `many: true` (SEMANTICS 3): what a decision may not end unsaid. */
import { parseImage } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { labelOf } from '#core/label';
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
export function requirePlace(staged: Account, object: ObjectId, at: number, surroundings: GatedSurroundings): Promise<void> {
  return check(staged, object, at, null, surroundings);
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
  for (const { staged, kind, object } of changes)
    if (kind === 'link' && staged.objectId !== object) await check(staged, object, at, ending, surroundings);
}

/** `approved`: accounts that lose their person by the same approval; null where nothing was held. */
async function check(
  staged: Account,
  object: ObjectId,
  at: number,
  approved: ReadonlySet<StagedId> | null,
  { store, config }: GatedSurroundings,
): Promise<void> {
  const connection = config.connections.find((one) => one.name === staged.connection);
  if (connection === undefined) return;
  for (const rule of connection.imports.values()) if (rule.from === staged.kind && rule.many) return;
  const { name } = connection;
  const there = (await theirs(store, staged, object)).filter((row) => approved?.has(row.id) !== true);
  const other = there.find((row) => row.anchor !== null)?.anchor ?? null;
  const promised = other === null ? await promisedTo(store, staged, object) : null;
  const isMade = other === null && promised === null && (await isBeingMade(store, staged, object, at));
  if (other === null && promised === null && !isMade) return;
  const [person] = await store.sync.objects([object]);
  const label = person === undefined ? `#${object}` : `${labelOf(parseImage(person.attributes), object)} (#${object})`;
  if (promised !== null)
    throw new RollcallError(
      'conflict',
      `${label} is to get the account '${promised}' in ${name} by a link that waits for an approval.`,
      {
        where: { connection: name, object: promised },
        remedy: `Where that is wrong, drop it first: 'rollcall discard ${name} --only ${promised}'.`,
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
  const unlink = `'rollcall unlink ${name} ${other}'`;
  throw new RollcallError(
    'conflict',
    isTarget
      ? `${label} already has the account '${other}' in ${name}: only one would be kept in step, and ended when they leave.`
      : `${label} already has '${other}' in ${name}, and may have one object there: the two would be taken for one person.`,
    {
      where: { connection: name, object: other! },
      remedy: !isTarget
        ? `Where that one is wrong, take it from them first: ${unlink}. Where people may have several there: 'many: true'.`
        : approved !== null
          ? `Nothing was decided. Take that one from them, which is held as well, and approve both: ${unlink}. Or drop the link that waits: 'rollcall discard'.`
          : `Take that one from them first, and link again: ${unlink}. It stays as it is, neither disabled nor deleted, and is nobody's until somebody links it.`,
    },
  );
}

/** A create is on its way, or ended without an answer so lately that it may still arrive. One that did not is never repeated. */
async function isBeingMade(store: Store, { connection, kind }: Account, object: ObjectId, at: number): Promise<boolean> {
  const rows = (await store.sync.linked([object])).filter((row) => row.connection === connection && row.kind === kind);
  const since = at - SEND_DEADLINE_MS;
  if (rows.some(({ export: wish }) => wish?.state === 'unknown' && (wish.attemptedAt ?? 0) > since)) return true;
  const sending = rows.length === 0 ? null : await store.exports.sending(connection, at);
  return rows.some((row) => sending?.has(row.id));
}

/** The account of another link that the gate `unlink` holds. */
async function promisedTo(store: Store, { id, connection, kind }: Account, object: ObjectId): Promise<string | null> {
  const held = await all(store, { objectIds: [object], kinds: ['heldLink'], connection, active: true });
  const meant = held.filter((one) => one.stagedId !== id && changeHeld(one).kind === 'link');
  const accounts = await store.spaces.byIds(meant.map((one) => one.stagedId!));
  return accounts.find((row) => row.kind === kind && row.anchor !== null)?.anchor ?? null;
}

async function theirs(store: Store, staged: Account, object: ObjectId): Promise<readonly StagedRow[]> {
  const linked = (await store.sync.linked([object])).filter((row) => row.connection === staged.connection);
  const { connection } = staged;
  const meant = await all(store, { objectIds: [object], kinds: ['link', 'adopt'], connection, active: true });
  const coming = await store.spaces.byIds(meant.flatMap(({ stagedId }) => (stagedId === null ? [] : [stagedId])));
  const leaving = new Set<number | null>();
  for (const one of await all(store, {
    stagedIds: linked.map((row) => row.id),
    kinds: ['link', 'adopt', 'barred'],
    active: true,
  }))
    if ((one.kind === 'barred') === (one.objectId === object)) leaving.add(one.stagedId);
  const there = new Map([...linked, ...coming].map((row) => [row.id, row]));
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
