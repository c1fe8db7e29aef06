/** What a connection whose objects come as JSON records may be told. Pointers are JSON Pointers (RFC 6901). */
import { z } from 'zod';
import { pointerOf } from '#core/json-pointer';

export interface WebhookPushConfig {
  readonly records: string;
  readonly anchor: string;
  readonly kind: string;
  readonly whole: boolean;
  readonly gone?: { readonly value: string; readonly is: readonly (string | number | boolean)[] } | undefined;
  readonly order?: string | undefined;
}

const pointer = z
  .string()
  .max(1_000)
  .refine((text) => pointerOf(text) !== null, 'must be a JSON Pointer, such as /employee/id');

export const webhookPushConfig: z.ZodType<WebhookPushConfig> = z.strictObject({
  records: pointer.default('').describe('Where in the body the record stands, or a list of records. Default: the body is it.'),
  anchor: pointer.describe('Where in a record its key stands, which never changes: `/id`.'),
  kind: z
    .string()
    .regex(/^[a-z][a-zA-Z0-9]{0,62}$/, 'must be a kind: a small letter, then letters and digits, such as person')
    .default('person')
    .describe('What the records are.'),
  whole: z
    .boolean()
    .default(true)
    .describe('Whether a record is all there is of the object. Otherwise what it leaves out stays as it was.'),
  gone: z
    .strictObject({
      value: pointer.describe('Where in a record it is said that the object is no more: `/status`.'),
      is: z
        .array(z.union([z.string(), z.number(), z.boolean()]))
        .min(1)
        .max(100)
        .describe('The values that say so.'),
    })
    .optional()
    .describe('Which records say that their object is no more.'),
  order: pointer
    .optional()
    .describe(
      'Where in a record a number or a time (RFC 3339) stands that grows with each change: `/updatedAt`. A record that is older than what is known is not taken.',
    ),
});
