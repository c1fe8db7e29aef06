/** Base URLs at which applications read what is agreed, as they are written under `scim`. */
import { z } from 'zod';
import { ROLES } from '#core/roles';
import { SHORT_NAME, URN } from '#core/urn';
import { NAME } from './rules.ts';

const type = (kind: string, usual: string) =>
  z.union([
    z.literal(false),
    z.strictObject({
      kind: z.string().regex(NAME).optional().describe(`Kind that is served. Default: ${kind}.`),
      attributes: z
        .record(z.string().min(1).max(255), z.union([z.string().min(1).max(255), z.literal(false)]))
        .optional()
        .describe(
          `Attribute of SCIM, such as ${usual} → attribute here; \`false\` takes a usual one away. What is named here is shown, whoever sees it otherwise.`,
        ),
      usual: z
        .boolean()
        .optional()
        .describe(
          'Whether attributes that have a usual place in SCIM are shown, where nothing narrows who sees them. Default: true.',
        ),
      filter: z
        .string()
        .min(1)
        .max(10_000)
        .optional()
        .describe(
          'Filter of SCIM that those have to pass who are served at all: `active eq true`. Default: everybody who is not gone.',
        ),
    }),
  ]);

const served = z.strictObject({
  users: type('person', '`emails.work` or `staff.room`').optional().describe('People; `false` serves none.'),
  groups: type('group', '`displayName` or `members`').optional().describe('Groups; `false` serves none.'),
  extensions: z
    .array(
      z.strictObject({
        schema: z
          .string()
          .regex(...URN)
          .describe('Its URN.'),
        prefix: z
          .string()
          .regex(...SHORT_NAME)
          .describe('What its attributes begin with above: `staff` in `staff.room`.'),
        of: z.enum(['User', 'Group']).optional().describe('What it extends. Default: User.'),
      }),
    )
    .max(50)
    .optional()
    .describe('Schemas for attributes that those of the RFC have no place for.'),
  write: z
    .union([z.boolean(), z.enum(ROLES)])
    .optional()
    .describe(
      'Whether applications may change what can be edited here: with the rights of an administrator (`true`), or of the role that is named. Default: false.',
    ),
});

export const scim: z.ZodType = z.record(
  z.string().regex(/^[a-z][a-zA-Z0-9_-]{0,62}$/, 'must be a name: a small letter, then letters, digits, - or _'),
  z.union([served, z.null()]),
);
