/**
 * Creates that a target answered with an account that is somebody else's (SEMANTICS 7): refused before they are counted and told as
 * made. What is staged in between is for the store to refuse, which looks once more.
 */
import type { WriteResult } from '#connectors/contract';
import { notNew } from '#core/not-new';
import type { StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import type { Sending } from './translate.ts';

/** The results, those refused in their places. Asks only for accounts that their target named itself. */
export async function refuseNotNew(
  context: EngineContext,
  connection: EngineConnection,
  sendings: readonly Sending[],
  results: readonly WriteResult[],
): Promise<readonly WriteResult[]> {
  const named = sendings.flatMap(({ item, row }, i) => {
    const result = results[i]!;
    return item.operation === 'create' && result.ok && result.anchor !== row.anchor ? [{ i, row, anchor: result.anchor }] : [];
  });
  if (named.length === 0) return results;
  const there = new Map<string, Known>();
  for (const [kind, of] of Map.groupBy(named, ({ row }) => row.kind)) {
    const anchors = of.map(({ anchor }) => anchor);
    for (const row of await context.store.spaces.byAnchors(connection.name, kind, anchors))
      there.set(`${kind} ${row.anchor}`, row);
  }
  const out = [...results];
  for (const { i, row, anchor } of named) {
    const place = `${row.kind} ${anchor}`;
    const other = there.get(place);
    if (other && isOthers(other, row)) {
      // branch: parks refused: a create answered with somebody else's account
      out[i] = { ok: false, fault: notNew(connection.name, anchor) };
    } else there.set(place, { id: row.id, objectId: row.objectId, presence: 'present', protected: false });
  }
  return out;
}

type Known = Pick<StagedRow, 'id' | 'objectId' | 'presence' | 'protected'>;

function isOthers(other: Known, row: StagedRow): boolean {
  if (other.id === row.id || other.presence === 'gone') return false;
  return other.protected || (other.objectId !== null && other.objectId !== row.objectId);
}
