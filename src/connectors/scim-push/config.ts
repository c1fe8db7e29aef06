/** What a connection that an identity provider pushes into may be told. */
import { z } from 'zod';
import { SHORT_NAME, URN } from '#core/urn';
import type { CustomExtension } from '#protocols/scim/resource-types';
import type { ScimAttribute } from '#protocols/scim/schema';

const TYPES = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference'] as const;

export interface ScimPushConfig {
  readonly strict: boolean;
  readonly extensions: readonly WrittenExtension[];
}

interface WrittenExtension {
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

export const scimPushConfig: z.ZodType<ScimPushConfig> = z.strictObject({
  strict: z
    .boolean()
    .default(false)
    .describe(
      'Whether requests that are not as the RFC wants them are refused. Otherwise what identity providers send is understood.',
    ),
  extensions: z
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
    .default([])
    .describe('Schemas beside those of the RFC.'),
});

export function extensionsOf({ extensions }: ScimPushConfig): readonly CustomExtension[] {
  return extensions.map(({ schema, prefix, of, attributes }) => ({
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
