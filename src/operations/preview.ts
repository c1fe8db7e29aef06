/** What would come of one object of one system, with nothing done. */
import { z } from 'zod';
import type { Attributes } from '#core/values';
import { withLabels } from '#people/label';
import { type Preview, preview as previewNow } from '#runs/index';
import type { Services } from '#runs/model';
import { type Operation, versioned } from './operation.ts';
import { exportLine } from './plan-line.ts';
import { connectionsOf } from './scope.ts';
import { values } from './shapes.ts';
import { bared, linesSeen, type Sight, sightOf, without } from './shown.ts';
import { type Asker, whoShape } from './who.ts';

export interface PreviewInput {
  readonly connection: string;
  readonly anchor: string;
  readonly by: string;
  readonly who: Asker;
}
export type PreviewOutput = Preview;

export const preview: Operation<PreviewInput, PreviewOutput> = {
  name: 'preview',
  permission: 'people.read',
  input: z.object({
    connection: z.string().min(1),
    anchor: z.string().min(1),
    by: z.string().min(1),
    who: whoShape.default(null),
  }),
  output: versioned<PreviewOutput>('preview', {
    connection: z.string(),
    kind: z.string(),
    anchor: z.string(),
    name: z.string().nullable(),
    presence: z.enum(['present', 'pending', 'held', 'gone']),
    seen: values,
    object: z
      .object({
        id: z.number(),
        kind: z.string(),
        label: z.string(),
        state: z.string(),
        isNew: z.boolean(),
        link: z.string(),
        before: values.nullable(),
        after: values,
      })
      .nullable(),
    exports: z.array(exportLine),
    parked: z.array(z.object({ kind: z.string(), connection: z.string().nullable(), detail: z.unknown() })),
  }),
  async run({ who, ...input }, session) {
    const services = await session.services('read');
    connectionsOf([input.connection], services);
    return await labelled(await previewNow(input, services), services, sightOf(who, services));
  },
};

/** References by the names of those meant. */
async function labelled(found: Preview, { config }: Services, sight: Sight): Promise<Preview> {
  const hiddenThere = sight.account({ ...found, object: found.object?.id ?? null });
  const object = found.object && seenOf(found.object, sight);
  const exports = (await linesSeen(found.exports, sight)).map((one) => ({ ...one, label: object?.label ?? one.label }));
  const values = [object?.before ?? null, object?.after ?? null, ...exports.flatMap((one) => [one.before, one.after])];
  const [before = null, after = null, ...sent] = await withLabels(values, config.kinds, sight.labels);
  return {
    ...found,
    seen: without(found.seen, hiddenThere),
    parked: found.parked.map((one) => ({ ...one, detail: bared(one.detail, sight.any(one.connection)) })),
    object: object && { ...object, before, after: after ?? {} },
    exports: exports.map((one, i) => ({ ...one, before: sent[2 * i]!, after: sent[2 * i + 1]! })),
  };
}

function seenOf(object: NonNullable<Preview['object']>, sight: Sight): NonNullable<Preview['object']> {
  const isHidden = sight.object(object);
  const after = without(object.after, isHidden);
  return { ...object, label: sight.label(object, object.after as Attributes), before: without(object.before, isHidden), after };
}
