/** What a JSON Lines connection may be told. */
import { z } from 'zod';
import type { Kind, ValueType } from '#core/values';

export interface JsonlConfig {
  readonly path: string;
  readonly format: 'objects' | 'changes';
  readonly anchor: string;
  readonly kind: Kind;
  readonly kindField?: string | undefined;
  readonly types: { readonly [attribute: string]: Exclude<ValueType, 'binary'> };
  readonly history: 'tail' | 'whole';
}

const name = z.string().min(1).max(256);
const TYPES = ['string', 'integer', 'decimal', 'boolean', 'date', 'instant', 'reference'] as const;

export const jsonlConfig: z.ZodType<JsonlConfig> = z
  .strictObject({
    path: z.string().min(1).describe('The file; a relative path starts from the folder of rollcall.yaml'),
    format: z
      .enum(['objects', 'changes'])
      .default('objects')
      .describe(
        'One object a line, or one change a line: {"op":"put|patch|delete","kind":…,"anchor":…,"set":…,"add":…,"remove":…}',
      ),
    anchor: name
      .default('id')
      .describe(
        'Field that identifies an object and never changes; `name.first` is a field of a field. Changes that are read have `anchor`; of a new object that is written it is this field',
      ),
    kind: name.default('person').describe('What the objects are, where they do not say'),
    kindField: name.optional().describe('Field in which an object says what it is. Changes have `kind`'),
    types: z
      .record(name, z.enum(TYPES))
      .default({})
      .describe('Types of attributes that the values themselves do not show, such as date'),
    history: z
      .enum(['tail', 'whole'])
      .default('tail')
      .describe(
        'Changes only: whether the file holds every change since the system was empty, so that what it does not name is gone',
      ),
  })
  .superRefine((config, context) => {
    if (config.kindField !== undefined && config.kindField === config.anchor) {
      context.addIssue({ code: 'custom', path: ['kindField'], message: 'cannot be the anchor too' });
    }
  });
