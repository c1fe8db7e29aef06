/**
 * When a target may be written to: outside of that what is decided waits as it is, counted and held by the gates as ever. Accounts are
 * disabled all the same, unless the connection says otherwise: whoever leaves loses the right to sign in at once.
 */
import { isOpen } from '#core/window';
import type { StagedId, StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { partsLeft } from './discards.ts';
import { heldPartsOf } from './gates.ts';

const PAGE = 1_000;

/** By the clock that sends. */
export function isClosed({ wall }: Pick<EngineContext, 'wall'>, { openings }: Pick<EngineConnection, 'openings'>): boolean {
  return openings !== null && !isOpen(openings, wall());
}

/** Accounts that are to be disabled, of these where they are named. */
export async function waitingDisables(
  context: EngineContext,
  connection: EngineConnection,
  only: readonly StagedId[] | undefined,
): Promise<StagedId[]> {
  const { store } = context;
  const { name } = connection;
  const isHeld = (await heldPartsOf(context, connection)).has('disable');
  const isDisable = (row: StagedRow): boolean =>
    row.export?.operation === 'update' && partsLeft(row).includes('disable') && (!isHeld || row.export.approved !== null);
  if (only !== undefined) return (await store.spaces.byIds(only)).filter(isDisable).map(({ id }) => id);
  const found: StagedId[] = [];
  for (let after = 0; ; ) {
    const page = await store.exports.list(name, ['waiting'], { after, limit: PAGE, operation: 'update' });
    for (const row of page) if (isDisable(row)) found.push(row.id);
    if (page.length < PAGE) return found;
    after = page.at(-1)!.id;
  }
}
