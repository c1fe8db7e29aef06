/**
 * Creates of unknown outcome where the target can be asked (SEMANTICS 9): what was written on create is looked up, and an
 * account that is there is the one that was made. Only what is not found is made again.
 */
import type { ReadObject } from '#connectors/contract';
import { parseImage } from '#core/canonical';
import { toFault } from '#core/errors';
import { type Scalar, scalars } from '#core/values';
import type { StagedRow } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { createLostReferences } from '../import/lost-references.ts';
import { stagingPlan } from '../import/plan.ts';
import { settlingOf } from '../import/settle.ts';
import { parseSteps } from '../lifecycle/steps.ts';
import { answerOf } from './answers.ts';
import { refuseNotNew } from './not-new.ts';
import { owing } from './owed.ts';
import { PROVEN_BY } from './proof.ts';
import { ALL_OF_IT, translate } from './translate.ts';

/** What it may have been made with: as it is wanted, and as it was by an earlier attempt. */
function writtenBy({ export: wish, overtaken, steps }: StagedRow, attribute: string): ReadonlySet<Scalar> {
  const images = [wish!.wanted, overtaken].map((image) => (image === null ? null : (parseImage(image)[attribute] ?? null)));
  return new Set([...images, ...(parseSteps(steps).unanswered?.[attribute] ?? [])].flatMap((value) => scalars(value)));
}

/** Ids of the rows that are settled by it. A look-up that fails settles nothing: they go on waiting. */
export async function settleByLookup(
  context: EngineContext,
  connection: EngineConnection,
  rows: readonly StagedRow[],
): Promise<ReadonlySet<number>> {
  const settled = new Set<number>();
  const open = context.open(connection);
  const creates = open.write?.creates;
  if (!open.lookup || !creates || creates.by !== 'lookup') return settled;
  const unknown = rows.filter((row) => row.export!.operation === 'create');
  const plan = stagingPlan(context, connection);
  const settling = settlingOf(context, connection);
  const lost = createLostReferences(context, connection);
  await lost.load(unknown);
  for (const one of await translate(context, connection, unknown, ALL_OF_IT)) {
    // Whether anybody was told what was generated for it is not known.
    const sending = owing(one);
    const { row } = sending;
    try {
      const found: ReadObject[] = [];
      const attribute = typeof creates.attribute === 'string' ? creates.attribute : creates.attribute[row.kind]!;
      for (const value of writtenBy(row, attribute)) {
        const there = await open.lookup({ attribute, value: String(value) }, row.kind);
        found.push(...there.filter(({ anchor }) => !found.some((one) => one.anchor === anchor)));
      }
      if (found.length === 0) continue;
      settled.add(row.id);
      if (found.length > 1) {
        // branch: waits: a create of unknown outcome is there twice
        context.fault({
          kind: 'conflict',
          message: `${found.length} accounts have the ${attribute} of one that was being created`,
          where: { connection: connection.name },
          remedy: 'remove the ones that are too many',
        });
        continue;
      }
      // branch: retries: not needed, a look-up found what was created
      const [object] = found;
      const made = {
        ok: true,
        anchor: object!.anchor,
        object: object!,
        ...(object!.name === undefined ? {} : { name: object!.name }),
      } as const;
      const [result] = await refuseNotNew(context, connection, [sending], [made]);
      const answer = answerOf(context, plan, settling, sending, result!, true, lost);
      context.counters.add(connection.name, result!.ok ? PROVEN_BY.lookup : 'failed');
      if (!result!.ok) context.fault(result!.fault, { subject: 'staged', id: row.id });
      await context.store.exports.answer({
        connection: connection.name,
        run: context.run,
        epoch: context.epoch,
        attempt: `looked up ${row.id}`,
        at: context.wall(),
        answers: [answer],
        changes: result!.ok
          ? [{ subject: 'staged', from: row.id, to: row.id, operation: 'create', before: null, after: null }]
          : [],
        dirty: row.objectId === null ? [] : [{ subject: 'object', from: row.objectId, to: row.objectId, cause: 'looked up' }],
      });
    } catch (error) {
      // branch: waits: a look-up failed
      settled.add(row.id);
      context.fault(toFault(error, { connection: connection.name }));
    }
  }
  return settled;
}
