/**
 * What a feed showed of an object before, in the same read (SEMANTICS 3): between two syncs only the last of its states counts, as
 * in a full read. A state from before Rollcall's own write, told again, is no edit that ends what is Rollcall's own.
 */
import type { Attributes } from '#core/values';
import type { EdgePosition, Settle, StagedId, StagedRow, StageEdges } from '#store/contract';
import type { LostReferences } from './lost-references.ts';
import { forgets, type Settling, settleRow } from './settle.ts';

export interface Earlier {
  /** What this state proves, seen from where the read began. */
  settle(row: StagedRow, now: Attributes): Settle | undefined;
  /** Memberships of ours that an earlier state did not show. */
  removed(positions: readonly EdgePosition[]): void;
  /** The edges with those marked that were ours when the read began. */
  ours(row: StagedRow, edges: readonly StageEdges[]): readonly StageEdges[];
}

export function createEarlier(settling: Settling, references: LostReferences): Earlier {
  const rows = new Map<StagedId, StagedRow>();
  const members = new Map<StagedId, Set<string>>();
  return {
    settle(row, now) {
      const first = rows.get(row.id);
      if (!first) {
        if (forgets(settling, row, now)) rows.set(row.id, row);
        return settleRow(settling, row, now, references);
      }
      const settle = settleRow(settling, first, now, references) ?? { confirmed: first.confirmed, settled: false };
      return { steps: first.steps, ...settle };
    },
    removed(positions) {
      for (const { stagedId, attribute, key } of positions) {
        const of = members.get(stagedId) ?? new Set();
        members.set(stagedId, of.add(textOf(attribute, key)));
      }
    },
    ours(row, edges) {
      const of = members.get(row.id);
      if (!of) return edges;
      return edges.map((one) => {
        const keys = (one.all ?? one.add)?.keys.filter((key) => of.has(textOf(one.attribute, key))) ?? [];
        return keys.length === 0 ? one : { ...one, ours: keys };
      });
    },
  };
}

function textOf(attribute: string, key: string): string {
  return `${attribute}\u001f${key}`;
}
