/** Taking a decision back: rules and sources decide again, from the next run on. The taking back is a decision, too. */
import { canonicalJson } from '#core/canonical';
import { RollcallError } from '#core/errors';
import type { DecisionRow, DirtyRange, EdgeRow, Store } from '#store/contract';
import { checked, type Decider, type GatedSurroundings } from './decision.ts';
import { waitAgain } from './links.ts';
import { unacceptRead } from './reads.ts';
import { gateFor, refuseShut } from './unlink-gate.ts';

export type { DecisionRow } from '#store/contract';

/** What stands against taking back, by kind; null = it can be. */
const INSTEAD: { readonly [kind in DecisionRow['kind']]: string | null } = {
  link: null,
  barred: null,
  exclude: null,
  fixed: null,
  adopt: null,
  ignore: null,
  discard: null,
  approve: "What was approved may have been written by now; 'rollcall hold CONNECTION' stops what was not.",
  hold: "'rollcall release CONNECTION' uses it again.",
  release: "'rollcall hold CONNECTION' stops it again.",
  alias: 'Two people that were put together stay so.',
  heldLink: null,
};

export function mayBeRevoked(one: Pick<DecisionRow, 'kind' | 'detail' | 'revokedAt'>): boolean {
  return one.revokedAt === null && (INSTEAD[one.kind] === null || acceptOf(one) !== null);
}

/** Answers the decision as it was. Errors: notFound, conflict when it was taken back already or cannot be. */
export async function revoke(id: number, decider: Decider, surroundings: GatedSurroundings): Promise<DecisionRow> {
  const { store } = surroundings;
  const by = checked(decider);
  const one = (await store.decisions.list({ active: false }, { after: id - 1, limit: 1 }))[0];
  if (one === undefined || one.id !== id)
    throw new RollcallError('notFound', `There is no decision ${id}.`, { remedy: "'rollcall decisions' lists them." });
  if (!mayBeRevoked(one))
    throw new RollcallError('conflict', `Decision ${id} ${one.revokedAt === null ? 'cannot be' : 'was'} taken back.`, {
      remedy: (one.revokedAt === null && INSTEAD[one.kind]) || 'There is nothing to take back.',
    });
  const gate = (await endsLink(one, store))
    ? await gateFor({ id: one.stagedId!, connection: one.connection! }, by.at, surroundings)
    : null;
  refuseShut(gate, one.connection ?? '');
  const ended = gate === null ? {} : { ended: true };
  const accept = acceptOf(one);
  if (accept !== null) await unacceptRead({ connection: one.connection!, accept }, { store });
  if (one.kind === 'discard') await undiscard(one, store);
  const { stagedId, objectId, connection } = one;
  const detail = canonicalJson({ revokes: id, ...ended });
  await store.decisions.record({ kind: 'release', stagedId, objectId, connection, detail, ...by }, []);
  await store.decisions.revoke(id, by.at, await concerned(one, store));
  return one;
}

/** Whether an account belongs to somebody only because of it. */
async function endsLink({ kind, stagedId, connection }: DecisionRow, store: Store): Promise<boolean> {
  if ((kind !== 'link' && kind !== 'adopt') || stagedId === null || connection === null) return false;
  const [row] = await store.spaces.byIds([stagedId]);
  return row?.linkHow === 'decided' && row.objectId !== null;
}

/** Whom it was about: the staged object, who has it now, and who was named. */
async function concerned({ kind, stagedId, objectId }: DecisionRow, store: Store): Promise<DirtyRange[]> {
  if (kind === 'ignore') return [];
  const staged = stagedId === null ? [] : await store.spaces.byIds([stagedId]);
  const objects = new Set([objectId, ...staged.map((row) => row.objectId)].filter((id) => id !== null));
  return [...staged.map((row) => waitAgain('staged', row.id)), ...[...objects].map((id) => waitAgain('object', id))];
}

/** `read` or `kind.attribute` of an approval of a read; null for any other decision. */
function acceptOf({ kind, detail }: Pick<DecisionRow, 'kind' | 'detail'>): string | null {
  return kind === 'approve' ? ((JSON.parse(detail) as { accept?: string }).accept ?? null) : null;
}

const PAGE = 2_000;

/** What was discarded waits again, and is counted anew. */
async function undiscard({ connection, detail }: DecisionRow, store: Store): Promise<void> {
  const {
    rows = [],
    members = [],
    ...about
  } = JSON.parse(detail) as {
    rows?: readonly number[];
    discarded?: readonly string[];
    members?: readonly Pick<EdgeRow, 'stagedId' | 'attribute' | 'key' | 'state'>[];
  };
  const again = new Set(about.discarded);
  // What another decision discarded of the same account stays so.
  const others = (discarded: string): string | null =>
    discarded
      .split(' ')
      .filter((one) => !again.has(one))
      .join(' ') || null;
  for (let i = 0; i < rows.length; i += PAGE) {
    const found = (await store.spaces.byIds(rows.slice(i, i + PAGE))).filter((row) => row.export?.discarded != null);
    await store.exports.mark({
      connection: connection!,
      epoch: null,
      rows: found.map(({ id, export: wish }) => ({
        id,
        revision: wish!.revision,
        state: wish!.state === 'held' ? 'waiting' : wish!.state,
        holdId: null,
        approved: null,
        discarded: others(wish!.discarded!),
      })),
    });
  }
  if (members.length > 0) await store.exports.decideEdges({ edges: members, decided: null });
}
