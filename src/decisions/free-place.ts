/** One object per person, connection and kind, unless the rules say `many: true` (SEMANTICS 3): what a decision may not end unsaid. */
import { parseImage } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { labelOf } from '#core/label';
import type { DecisionRow, ObjectId, StagedRow, Store } from '#store/contract';
import type { GatedSurroundings } from './decision.ts';

const PAGE = 1_000;

/**
 * What the person has there counts now or by a decision that the next run carries out.
 * @throws conflict when there is something: a second row of a source would take the place of the first, and of two accounts in a
 * target one alone is written, and ends when its person leaves.
 */
export async function requirePlace(
  staged: Pick<StagedRow, 'id' | 'connection' | 'kind'>,
  object: ObjectId,
  { store, config }: GatedSurroundings,
): Promise<void> {
  const connection = config.connections.find((one) => one.name === staged.connection);
  if (connection === undefined) return;
  for (const rule of connection.imports.values()) if (rule.from === staged.kind && rule.many) return;
  const [other] = (await theirs(store, staged, object)).flatMap(({ anchor }) => (anchor === null ? [] : [anchor]));
  if (other === undefined) return;
  const isTarget = connection.exports.size > 0;
  const [person] = await store.sync.objects([object]);
  const label = person === undefined ? `#${object}` : `${labelOf(parseImage(person.attributes), object)} (#${object})`;
  throw new RollcallError(
    'conflict',
    isTarget
      ? `${label} already has the account '${other}' in ${connection.name}: only one would be kept in step, and ended when they leave.`
      : `${label} already has '${other}' in ${connection.name}, and may have one object there: the two would be taken for one person.`,
    {
      where: { connection: connection.name, object: other },
      remedy: isTarget
        ? `Take that one from them first, and link again: 'rollcall unlink ${connection.name} ${other}'. It stays as it is, neither disabled nor deleted, and is nobody's until somebody links it.`
        : `Where that one is wrong, take it from them first: 'rollcall unlink ${connection.name} ${other}'. Where people may have several there: 'many: true'.`,
    },
  );
}

async function theirs(
  store: Store,
  staged: Pick<StagedRow, 'id' | 'connection' | 'kind'>,
  object: ObjectId,
): Promise<readonly StagedRow[]> {
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
