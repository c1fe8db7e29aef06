/** Connections that the file does not have any more: what they gave stays until somebody releases them (SEMANTICS 14). */
import type { Attributes, Value } from '#core/values';
import type { StagedRow } from '#store/contract';
import type { EngineContext } from '../context.ts';

/**
 * What holds an object: `source` = rows that may have said who it is and that it is there; `account` = only accounts in
 * former targets, of which no more is known than that some value may have come from there.
 */
export type Missing = 'source' | 'account' | null;

/** Read once, and not released since. */
export function isMissing(context: Pick<EngineContext, 'connections' | 'states'>, name: string): boolean {
  return (context.states.get(name)?.lastRead ?? null) !== null && !context.connections.some((one) => one.name === name);
}

/** What one more linked row of a connection that is not configured adds. */
export function missingWith(context: EngineContext, known: Missing, row: StagedRow): Missing {
  if (known === 'source' || (row.presence !== 'present' && row.presence !== 'held')) return known;
  if (!isMissing(context, row.connection)) return known;
  return row.origin === null || row.linkHow === 'projected' ? 'source' : 'account';
}

/** Puts back what was agreed: all of it, or what nobody else speaks of. */
export function keepGiven(
  missing: Missing,
  attributes: { [name: string]: Value },
  before: Attributes | null,
  offered: { has(name: string): boolean },
): void {
  if (missing === null || before === null) return;
  // branch: holds: values of a connection that is not in the file any more
  for (const name in before) if (missing === 'source' || !offered.has(name)) attributes[name] = before[name]!;
}
