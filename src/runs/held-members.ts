/** Memberships that are decided and that no run sends as things are: their target only watches, or something holds them. */
import { type Mode, modeIn } from '#engine/index';
import type { EdgePosition, EdgeRow, Store } from '#store/contract';
import type { Services } from './model.ts';

const PAGE = 1_000;

type Connection = Services['config']['connections'][number];

/** Of each target: what may happen to it now. */
export async function modesOf(
  connections: readonly Connection[],
  { spaces }: Pick<Store, 'spaces'>,
): Promise<ReadonlyMap<string, Mode>> {
  const states = new Map((await spaces.states()).map((one) => [one.name, one]));
  return new Map(
    connections.flatMap((one) => (one.exports.size === 0 ? [] : [[one.name, modeIn(one, states.get(one.name))] as const])),
  );
}

export type MemberState = (edge: Pick<EdgeRow, 'decided'>) => 'observed' | 'waiting' | 'held';

export async function memberState(connection: string, mode: Mode, { exports }: Pick<Store, 'exports'>): Promise<MemberState> {
  if (mode !== 'on') return () => (mode === 'hold' ? 'held' : 'observed');
  const gated = (await exports.holds(connection)).some((hold) => hold.part === 'member' && hold.closedAt === null);
  return ({ decided }) => (decided === 'held' || (decided === null && gated) ? 'held' : 'waiting');
}

/** What somebody discarded waits for nobody. */
export async function heldMembers(connection: string, mode: Mode, store: Pick<Store, 'exports'>): Promise<number> {
  if (mode === 'observe') return 0;
  const state = await memberState(connection, mode, store);
  let count = 0;
  for (let after: EdgePosition | null = null; ; ) {
    const page: readonly EdgeRow[] = await store.exports.pendingEdges(connection, { after, limit: PAGE });
    for (const edge of page) if (edge.decided !== 'discarded' && state(edge) === 'held') count++;
    if (page.length < PAGE) return count;
    after = page[page.length - 1]!;
  }
}
