/** Changes of objects of which nothing is held here: left out of the full read, or not to be seen then. */
import type { Change, Connection, ReadObject } from '#connectors/contract';
import type { StagedRow } from '#store/contract';

/** Whether there is something that a patch could be of. */
export function isHeld(row: StagedRow | undefined): row is StagedRow & { readonly seen: string } {
  return row !== undefined && row.seen !== null && row.presence !== 'gone';
}

/**
 * A patch of nothing would stage a part as if it were the whole: the object is looked up instead, where that is possible. A feed that is all
 * there is begins with its objects, and can be asked nothing.
 */
export async function wholeWhereUnknown(
  { read, lookup }: Pick<Connection, 'read' | 'lookup'>,
  entries: readonly (ReadObject | Change)[],
  held: (entry: ReadObject | Change) => boolean,
): Promise<readonly (ReadObject | Change)[]> {
  if (read?.deltas !== true || lookup === undefined) return entries;
  const told = new Set<string>();
  const out: (ReadObject | Change)[] = [];
  for (const entry of entries) {
    const key = `${entry.kind} ${entry.anchor}`;
    const unknown = entry.op === 'patch' && !told.has(key) && !held(entry);
    if (unknown) out.push(...(await lookup({ anchor: entry.anchor }, entry.kind)));
    else out.push(entry);
    if (entry.op === 'delete') told.delete(key);
    else told.add(key);
  }
  return out;
}
