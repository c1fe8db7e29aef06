/** What somebody changed in a row between the read that an item was made from and the batch: it is not overwritten. */
import type { RawValue, WriteResult } from '#connectors/contract';
import { convert } from '#core/convert';
import type { Scalar, ValueType } from '#core/values';
import type { Session } from './driver.ts';
import type { Edit } from './edits.ts';
import { heldIn } from './lists.ts';
import { rowOf } from './rows.ts';
import { textOf } from './shape.ts';
import type { SqlSystem } from './system.ts';

/** The attribute that is not any more what the item saw there. The row is locked: nobody changes it before the batch ends. */
export async function changedMeanwhile(
  session: Session,
  system: SqlSystem,
  edit: Edit,
  row: readonly RawValue[] | null,
): Promise<string | null> {
  for (const one of edit.seen) {
    const now =
      'list' in one
        ? await heldIn(session, system, edit, one.list, null)
        : (row ?? (await rowOf(session, system, edit)))[edit.shape.columns.indexOf(one.column)]!;
    const type = 'list' in one ? 'string' : one.column.type;
    if (!isSame(now, one.value, type)) return one.attribute;
  }
  return null;
}

/** Lists are sets; a time is the same in every way to write it. */
function isSame(now: RawValue, seen: RawValue, type: ValueType): boolean {
  const [there, before] = [setOf(now, type), setOf(seen, type)];
  return there.size === before.size && there.isSubsetOf(before);
}

function setOf(value: RawValue, type: ValueType): Set<string> {
  const values = [value ?? []].flat() as readonly (Scalar | Uint8Array)[];
  return new Set(
    values.map((one) => {
      try {
        return String(convert(one, { type, multi: false, matching: 'exact' }));
      } catch {
        return textOf(one);
      }
    }),
  );
}

export function stale({ anchor }: Edit, attribute: string): WriteResult {
  const fault = {
    kind: 'conflict',
    message: `somebody changed ${attribute} meanwhile`,
    where: { object: anchor!, attribute },
  } as const;
  return { ok: false, fault, stale: true };
}
