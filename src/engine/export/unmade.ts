/** Photos that cannot be made of what there is (docs/decisions/0016): told once, and parked when nothing else of their change is left. */
import { canonicalJson } from '#core/canonical';
import type { ExportAnswer } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { NOT_DONE } from './answers.ts';
import type { Sending } from './translate.ts';

/** Of changes that were not tried before: later they are told as what is parked. */
export async function tellUnmade(
  context: EngineContext,
  { name }: EngineConnection,
  sendings: readonly Sending[],
): Promise<void> {
  const told = sendings.filter(({ row, unmade }) => unmade.length > 0 && row.export!.attempts === 0);
  if (told.length === 0) return;
  const linked = await context.store.sync.linked(told.flatMap(({ row }) => row.objectId ?? []));
  for (const { row, unmade } of told) {
    // An account that is not there yet may have no name: then whose it is, by a number that a source has.
    const source = linked.find((one) => one.objectId === row.objectId && one.connection !== name && one.anchor !== null);
    const whose = row.anchor === null && row.name === null && source ? { object: `${source.connection}:${source.anchor}` } : {};
    for (const fault of unmade)
      context.fault({ ...fault, where: { ...fault.where, ...whose } }, { subject: 'staged', id: row.id });
  }
}

/** Nothing is left of the change but photos that cannot be made. */
export function isUnmade({ rest, unmade, nameKept }: Sending): boolean {
  return unmade.length > 0 && !nameKept && Object.keys(rest ?? {}).length === unmade.length;
}

/** Another try would make no more of them: they wait for other ones. */
export function unmadeAnswer({ row, unmade: [fault] }: Sending): ExportAnswer {
  // branch: parks refused: a photo that cannot be made
  return {
    ...NOT_DONE,
    staged: row.id,
    revision: row.export!.revision,
    outcome: 'failed',
    fault: canonicalJson({ ...fault!, unsent: true }),
  };
}
