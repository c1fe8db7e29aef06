/** Fixes one value of one person or group, whatever rules and sources say. */
import { z } from 'zod';
import { fix as fixNow } from '#decisions/fix';
import { deciding } from './deciding.ts';
import { type Operation, versioned } from './operation.ts';
import { type Asker, named, whoShape } from './who.ts';

export interface FixInput {
  readonly person: string;
  readonly attribute: string;
  /** None = it has no value. */
  readonly values: readonly string[];
  readonly by: string;
  readonly reason: string;
  readonly who: Asker;
}
export interface FixOutput {
  readonly person: number;
  readonly attribute: string;
  readonly value: unknown;
  readonly decision: number;
}

export const fix: Operation<FixInput, FixOutput> = {
  name: 'fix',
  permission: 'decisions.make',
  input: z.object({
    person: z.string().min(1),
    attribute: z.string().min(1),
    values: z.array(z.string()).max(1_000),
    by: z.string(),
    reason: z.string(),
    who: whoShape.default(null),
  }),
  output: versioned<FixOutput>('fix', {
    person: z.number(),
    attribute: z.string(),
    value: z.unknown(),
    decision: z.number(),
  }),
  async run({ person, attribute, values, by, reason, who }, session) {
    const services = await deciding(session, who);
    const object = await named(person, who, services);
    const done = await fixNow({ object, attribute, values }, { by, reason, at: services.wall() }, services);
    return { person: object.id, attribute, value: done.value, decision: done.decision };
  },
};
