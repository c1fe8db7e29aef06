/**
 * The gate `unlink` (SEMANTICS 8). The link of an account ends only by a decision about that one account, so it is counted and
 * stopped here: whoever would end more of them within a day than the limit lets is refused, by whatever command it comes.
 */
import { RollcallError } from '#core/errors';
import { limitOf } from '#runs/reasons';
import type { DecisionRow, StagedRow } from '#store/contract';
import type { GatedSurroundings } from './decision.ts';

const DAY_MS = 86_400_000;
const PAGE = 1_000;
const KINDS: readonly DecisionRow['kind'][] = ['link', 'barred', 'release'];

/**
 * What is noted in the detail of a decision that ends the link of an account; nothing for one of a source.
 * @throws conflict when the gate is shut.
 */
export async function endedLink(
  staged: Pick<StagedRow, 'id' | 'connection'>,
  at: number,
  { store, config }: GatedSurroundings,
): Promise<{ readonly ended?: true }> {
  const target = config.connections.find((one) => one.name === staged.connection);
  if (target === undefined || target.exports.size === 0) return {};
  const accounts = Object.values(await store.spaces.count(target.name)).reduce((sum, kind) => sum + kind.present, 0);
  const limit = limitOf(target, 'unlink', accounts);
  const ended = new Set([staged.id]);
  for (let after = 0; ; ) {
    const page = await store.decisions.list({ kinds: KINDS, connection: target.name, active: false }, { after, limit: PAGE });
    for (const one of page)
      if (one.stagedId !== null && one.at > at - DAY_MS && 'ended' in JSON.parse(one.detail)) ended.add(one.stagedId);
    if (page.length < PAGE) break;
    after = page.at(-1)!.id;
  }
  if (ended.size > limit)
    throw new RollcallError(
      'conflict',
      `More than ${limit} accounts of ${target.name} would lose the person they belong to within a day; this one keeps it.`,
      {
        where: { connection: target.name },
        remedy: 'Go on tomorrow, or set a higher limit: `gates: { unlink: { percent, count } }`.',
      },
    );
  return { ended: true };
}
