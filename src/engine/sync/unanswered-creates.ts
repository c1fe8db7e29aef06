/**
 * Creates that nobody answered, and the account that their person gets meanwhile (SEMANTICS 9 and 13). It may be the one that was
 * made, or one that somebody made by hand: no attempt is repeated beside it. What of it is as it was to be is known as ours from
 * the moment of its link on; one that has all of it counts as created.
 */
import { imageText, parseImage } from '#core/canonical';
import { bare } from '#core/values';
import type { StagedRow } from '#store/contract';
import { connectionNamed, type EngineConnection, type EngineContext } from '../context.ts';
import { createLostReferences } from '../import/lost-references.ts';
import { afterLook, settlingOf } from '../import/settle.ts';
import { stepsOfCreate } from '../import/unanswered.ts';
import { parseSteps } from '../lifecycle/steps.ts';
import type { Generation } from './generation.ts';
import type { Loaded } from './load.ts';

/** Rows that are linked in this generation are replaced by what is known of them then. */
export async function knowOurs(
  context: EngineContext,
  { links }: Pick<Generation, 'links'>,
  loaded: readonly Pick<Loaded, 'rows'>[],
): Promise<void> {
  if (links.size === 0) return;
  for (const { rows } of loaded)
    for (const create of rows) {
      if (create.presence !== 'pending') continue;
      for (const [i, row] of rows.entries())
        if (links.has(row.id) && row.presence === 'present' && isBeside(row, create))
          rows[i] = await withOurs(context, row, create);
    }
}

/**
 * Whether a create that nobody answered goes out again as it was sent, whatever its person is called by now: under its key it makes
 * no second account. What is wanted since follows as a change of it.
 */
export function isRepeated(context: EngineContext, connection: EngineConnection, row: StagedRow): boolean {
  const { presence, export: wish } = row;
  if (presence !== 'pending' || wish === null || wish.attempts === 0 || wish.state === 'failed' || !isUnanswered(row))
    return false;
  return context.open(connection).write?.creates?.by === 'idempotencyKey';
}

/** Whether attempts to create it may have been carried out, though no read showed that. */
export function isUnanswered({ steps, export: wish }: StagedRow): boolean {
  return wish?.operation === 'create' && parseSteps(steps).unanswered !== undefined;
}

function isBeside(row: StagedRow, { connection, kind }: StagedRow): boolean {
  return row.connection === connection && row.kind === kind;
}

async function withOurs(context: EngineContext, row: StagedRow, create: StagedRow): Promise<StagedRow> {
  const connection = connectionNamed(context, row.connection);
  if (!connection || row.seen === null) return row;
  const settling = settlingOf(context, connection);
  const steps = stepsOfCreate(create, settling.shared);
  if (parseSteps(steps).unanswered === undefined) return row;
  const references = createLostReferences(context, connection);
  await references.load([create]);
  const confirmed = row.confirmed === null ? bare() : parseImage(row.confirmed);
  const left = afterLook(settling, row.kind, steps, confirmed, parseImage(row.seen), references);
  const isWhole = parseSteps(left).unanswered === undefined;
  return { ...row, confirmed: imageText(confirmed), origin: row.origin ?? (isWhole ? 'created' : null) };
}
