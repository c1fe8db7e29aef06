/** The lines of a plan as they are printed and kept in a file. */
import { z } from 'zod';
import type { PlanLine } from '#runs/model';

const values = z.record(z.string(), z.unknown()).nullable();

const head = z.object({
  what: z.literal('plan'),
  version: z.literal(1),
  now: z.string(),
  basedOn: z.record(z.string(), z.string().nullable()),
  reads: z.object({ how: z.enum(['auto', 'full', 'delta']), connections: z.array(z.string()) }).nullable(),
  hash: z.string(),
});

const object = z.object({
  what: z.literal('object'),
  operation: z.enum(['create', 'update', 'state']),
  object: z.number(),
  kind: z.string(),
  label: z.string(),
  before: values,
  after: values,
});

const exported = z.object({
  what: z.literal('export'),
  connection: z.string(),
  operation: z.enum(['create', 'update', 'delete']),
  effect: z.enum(['disable', 'enable']).nullable(),
  state: z.enum(['observed', 'waiting', 'held']),
  object: z.number().nullable(),
  kind: z.string(),
  anchor: z.string().nullable(),
  name: z.string().nullable(),
  label: z.string(),
  before: values,
  after: values,
  members: z.number().optional(),
});

const parked = z.object({
  what: z.literal('parked'),
  kind: z.string(),
  connection: z.string().nullable(),
  label: z.string(),
  detail: z.unknown(),
});

export const planLine: z.ZodType<PlanLine> = z.union([head, object, exported, parked]);
/** What would be written to a target. */
export const exportLine: z.ZodType<Extract<PlanLine, { what: 'export' }>> = exported;
