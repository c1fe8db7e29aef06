/** What a memory connection may be told: how its system behaves, what it holds at first, and what goes wrong when. */
import { z } from 'zod';
import type { AttributeType } from '#core/values';
import { type FaultRule, faultRule } from '../fault-injection/index.ts';

export interface MemoryConfig {
  readonly system: string;
  readonly path?: string | undefined;
  readonly deltas: boolean;
  readonly snapshots: boolean;
  readonly moving: boolean;
  readonly lookup: boolean;
  readonly clock: boolean;
  readonly atomic: boolean;
  readonly readOnly: boolean;
  readonly anchors: 'caller' | 'system';
  readonly creates: 'callerKey' | 'idempotencyKey' | 'lookup';
  readonly lookupAttribute?: string | undefined;
  readonly visibleWithinSeconds: number;
  readonly answers: 'object' | 'anchor';
  readonly compare: boolean;
  readonly pageSize: number;
  readonly schema?: { readonly [kind: string]: { readonly [attribute: string]: MemoryAttribute } } | undefined;
  readonly objects: readonly SeedObject[];
  readonly faults: readonly FaultRule[];
}

export type MemoryAttribute = Omit<AttributeType, 'maxLength'> & {
  readonly maxLength?: number | undefined;
  readonly readOnly?: boolean | undefined;
};
export type MemoryValue = string | number | boolean | null | readonly (string | number | boolean)[];

export interface SeedObject {
  readonly kind: string;
  readonly anchor: string;
  readonly name?: string | undefined;
  readonly attributes: { readonly [attribute: string]: MemoryValue };
}

const name = z.string().min(1).max(1024);
const count = z.number().int().nonnegative();
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const attribute = z.strictObject({
  type: z.enum(['string', 'integer', 'decimal', 'boolean', 'date', 'instant', 'binary', 'reference']).default('string'),
  multi: z.boolean().default(false),
  matching: z.enum(['exact', 'caseIgnore', 'dn', 'telephone', 'instant', 'boolean', 'integer']).default('exact'),
  maxLength: z.number().int().positive().optional(),
  readOnly: z.boolean().optional(),
});

export const memoryConfig: z.ZodType<MemoryConfig> = z
  .strictObject({
    system: name.describe('Name of the system; connections that name the same one in one process share it'),
    path: z.string().min(1).optional().describe('File in which the system survives the process'),
    deltas: z.boolean().default(true).describe('Whether the system keeps a change feed'),
    snapshots: z.boolean().default(false).describe('Whether an interrupted full read may be resumed'),
    moving: z.boolean().default(false).describe('Whether objects may come and go between the pages of a read'),
    lookup: z.boolean().default(true).describe('Whether single objects may be looked up'),
    clock: z.boolean().default(false).describe('Whether the system says what time it is'),
    atomic: z.boolean().default(false).describe('Whether what is written counts only when it is committed'),
    readOnly: z.boolean().default(false).describe('Whether nothing may be written'),
    anchors: z.enum(['caller', 'system']).default('caller').describe('Who chooses the anchor of a new object'),
    creates: z
      .enum(['callerKey', 'idempotencyKey', 'lookup'])
      .default('callerKey')
      .describe('How a create of unknown outcome is settled'),
    lookupAttribute: name.optional().describe('For creates: lookup, the attribute to look for'),
    visibleWithinSeconds: count.default(5).describe('How long what was created may stay invisible'),
    answers: z
      .enum(['object', 'anchor'])
      .default('object')
      .describe('Whether the answer to a write shows what the system holds now, or only that it was done'),
    compare: z.boolean().default(false).describe('Whether it refuses to overwrite what somebody changed since it was seen'),
    pageSize: z.number().int().positive().max(100_000).default(500).describe('Objects a page'),
    schema: z
      .record(name, z.record(name, attribute))
      .optional()
      .describe('Kinds and attributes; when given, nothing else is taken, and nothing longer than maxLength'),
    objects: z
      .array(
        z.strictObject({
          kind: name.default('person'),
          anchor: name,
          name: name.optional(),
          attributes: z.record(name, z.union([scalar, z.null(), z.array(scalar)])).default({}),
        }),
      )
      .default([])
      .describe('What a new system holds at first'),
    faults: z.array(faultRule).default([]).describe('What goes wrong, and when'),
  })
  .superRefine((config, context) => {
    if (config.creates === 'lookup' && (config.lookupAttribute === undefined || !config.lookup)) {
      context.addIssue({
        code: 'custom',
        path: ['creates'],
        message: 'lookup needs `lookupAttribute`, and `lookup` not switched off',
      });
    }
  });
