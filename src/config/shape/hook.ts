/** How others tell of changes by HTTP, as it is written under a connection. References are resolved later. */
import { z } from 'zod';
import { pointerOf } from '#core/json-pointer';
import { NAME } from './rules.ts';

export const hook: z.ZodType = z.strictObject({
  secret: z
    .string()
    .regex(/^\$\{(?:env|file):[^}]+\}$/, 'is secret: write ${env:NAME} or ${file:path}')
    .optional()
    .meta({ secret: true })
    .describe(
      'Takes requests that are signed with it, as Standard Webhooks or GitHub sign (`webhook-signature`, `x-hub-signature-256`). Tokens for the connection are taken either way.',
    ),
  object: z
    .strictObject({
      value: z
        .string()
        .max(1_000)
        .refine((text) => pointerOf(text) !== null, 'must be a JSON Pointer, such as /employee/id')
        .describe('Where in the body the value stands by which the object is looked up: `/employee/id`; several in a list.'),
      by: z.string().min(1).max(255).optional().describe('Attribute of the system that has this value. Default: the anchor.'),
      kind: z.string().regex(NAME, 'must be a kind, such as person').optional().describe('Kind of object. Default: person.'),
    })
    .optional()
    .describe(
      'Which object a request is about. Default: what `kind` and `anchor` of the body say; without them what changed is read.',
    ),
});
