/** One object per person, connection and kind, unless the rules say `many: true` (SEMANTICS 3): what a decision may not end unsaid. */
import { parseImage } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { labelOf } from '#core/label';
import type { DecisionRow, ObjectId, StagedRow, Store } from '#store/contract';
import type { GatedSurroundings } from './decision.ts';

const PAGE = 1_000;

/**
 * The anchors of what the person has there besides, now or by a decision that the next run carries out. Of several accounts in a
 * target one is written, and the others are parked as duplicateAccount.
 * @throws conflict in a source: a second row would take the place of the first.
 */
export async function placeFor(
  staged: Pick<StagedRow, 'id' | 'connection' | 'kind'>,
  object: ObjectId,
  { store, config }: GatedSurroundings,
): Promise<readonly string[]> {
  const connection = config.connections.find((one) => one.name === staged.connection);
  if (connection === undefined) return [];
  for (const rule of connection.imports.values()) if (rule.from === staged.kind && rule.many) return [];
  const others = (await theirs(store, staged, object)).flatMap(({ anchor }) => (anchor === null ? [] : [anchor]));
  if (connection.exports.size > 0 || others.length === 0) return others;
  const [person] = await store.sync.objects([object]);
  const label = person === undefined ? `#${object}` : `${labelOf(parseImage(person.attributes), object)} (#${object})`;
  throw new RollcallError(
    'conflict',
    `${label} already has '${others[0]}' in ${connection.name}, and may have one object there: the two would be taken for one person.`,
    {
      where: { connection: connection.name, object: others[0]! },
      remedy: `Where that one is wrong, take it from them first: 'rollcall unlink ${connection.name} ${others[0]}'. Where people may have several there: 'many: true'.`,
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
