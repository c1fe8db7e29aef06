/** Extensions of one's own as they are written in rollcall.yaml: the same of whoever pushes by SCIM and of a server that is reached by it. */
import { z } from 'zod';
import { SHORT_NAME, URN } from '#core/urn';
import type { CustomExtension } from './resource-types.ts';
import type { ScimAttribute } from './schema.ts';

const TYPES = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference'] as const;

export interface WrittenExtension {
  readonly schema: string;
  readonly prefix: string;
  readonly of: 'User' | 'Group';
  readonly attributes: { readonly [name: string]: (typeof TYPES)[number] | WrittenAttribute };
}

interface WrittenAttribute {
  readonly type: (typeof TYPES)[number];
  readonly multi?: boolean | undefined;
  readonly caseExact?: boolean | undefined;
  readonly required?: boolean | undefined;
  readonly description?: string | undefined;
}

const type = z.enum(TYPES);
const name = z.string().regex(...SHORT_NAME);

export const writtenExtensions: z.ZodDefault<z.ZodType<WrittenExtension[]>> = z
  .array(
    z.strictObject({
      schema: z
        .string()
        .regex(...URN)
        .describe('Its URN.'),
      prefix: name.describe('What rules call its attributes by: `acme` makes `acme.badge`.'),
      of: z.enum(['User', 'Group']).default('User').describe('What it extends.'),
      attributes: z
        .record(
          name,
          z.union([
            type,
            z.strictObject({
              type,
              multi: z.boolean().optional().describe('Whether it has several values.'),
              caseExact: z.boolean().optional().describe('Whether upper and lower case differ.'),
              required: z.boolean().optional(),
              description: z.string().max(1_000).optional(),
            }),
          ]),
        )
        .describe('Name → type.'),
    }),
  )
  .max(50)
  .default([]);

export function extensionsOf(written: readonly WrittenExtension[]): readonly CustomExtension[] {
  return written.map(({ schema, prefix, of, attributes }) => ({
    resourceType: of,
    extension: {
      prefix,
      required: false,
      schema: {
        id: schema,
        name: prefix,
        description: `Extension ${prefix}`,
        attributes: Object.entries(attributes).map(attribute),
      },
    },
  }));
}

function attribute([called, written]: [string, (typeof TYPES)[number] | WrittenAttribute]): ScimAttribute {
  const one: WrittenAttribute = typeof written === 'string' ? { type: written } : written;
  return {
    name: called,
    type: one.type,
    multiValued: one.multi ?? false,
    description: one.description ?? called,
    required: one.required ?? false,
    caseExact: one.caseExact ?? false,
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...(one.type === 'reference' ? { referenceTypes: ['external'] } : {}),
  };
}
