/** What would come of one object of one system, with nothing done. */
import { z } from 'zod';
import { withLabels } from '#people/label';
import { type Preview, preview as previewNow } from '#runs/index';
import type { Services } from '#runs/model';
import { type Operation, versioned } from './operation.ts';
import { exportLine } from './plan-line.ts';
import { connectionsOf } from './scope.ts';
import { values } from './shapes.ts';

export interface PreviewInput {
  readonly connection: string;
  readonly anchor: string;
  readonly by: string;
}
export type PreviewOutput = Preview;

export const preview: Operation<PreviewInput, PreviewOutput> = {
  name: 'preview',
  permission: 'people.read',
  input: z.object({ connection: z.string().min(1), anchor: z.string().min(1), by: z.string().min(1) }),
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
  async run(input, session) {
    const services = await session.services('read');
    connectionsOf([input.connection], services);
    return labelled(await previewNow(input, services), services);
  },
};

/** References by the names of those meant. */
async function labelled(found: Preview, { config, store }: Services): Promise<Preview> {
  const { object, exports } = found;
  const values = [object?.before ?? null, object?.after ?? null, ...exports.flatMap((one) => [one.before, one.after])];
  const [before = null, after = null, ...sent] = await withLabels(values, config.kinds, store);
  return {
    ...found,
    object: object && { ...object, before, after: after ?? {} },
    exports: exports.map((one, i) => ({ ...one, before: sent[2 * i]!, after: sent[2 * i + 1]! })),
  };
}
