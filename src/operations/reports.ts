/** Who refers to somebody: the people whose manager they are, and the groups they are in. */
import { z } from 'zod';
import { RollcallError } from '#core/errors';
import { sees } from '#edits/rights';
import { describe } from '#people/find';
import { referring } from '#people/referring';
import { type Operation, versioned } from './operation.ts';
import { sightOf } from './shown.ts';
import { type Asker, isStranger, named, whoShape } from './who.ts';

export interface ReferringInput {
  readonly person: string;
  /** From the `next` of the page before. */
  readonly after: number;
  readonly limit: number;
  readonly who: Asker;
}
export interface ReferringOutput {
  readonly of: number;
  readonly objects: readonly { readonly id: number; readonly kind: string; readonly label: string; readonly state: string }[];
  readonly next: number | null;
}

function operation(name: string, kind: string, attribute: string): Operation<ReferringInput, ReferringOutput> {
  return {
    name,
    permission: 'profile.read',
    input: z.object({
      person: z.string().min(1),
      after: z.int().min(0).default(0),
      limit: z.int().min(1).max(1_000).default(50),
      who: whoShape.default(null),
    }),
    output: versioned<ReferringOutput>(name, {
      of: z.number(),
      objects: z.array(z.object({ id: z.number(), kind: z.string(), label: z.string(), state: z.string() })),
      next: z.number().nullable(),
    }),
    async run({ person, after, limit, who }, session) {
      const services = await session.services('read');
      const row = await named(person, who, services);
      const type = services.config.kinds.get(kind)?.attributes.get(attribute);
      // A manager is what is said of each of the others; a group somebody is in is said of them.
      const of = kind === row.kind ? null : row.id;
      if (type !== undefined && !sees(type.field, who, of))
        throw new RollcallError('permission', `${attribute} may not be seen`, { remedy: 'ask an administrator for a role' });
      // One more than fits says whether there are more.
      const found = await referring(row, { kind, attribute, after, limit: limit + 1 }, services);
      const sight = sightOf(who, services);
      const page = found.slice(0, limit).map(describe);
      return {
        of: row.id,
        objects: page.map(({ attributes, ...one }) => ({
          ...one,
          label: sight.label(one, attributes),
          state: isStranger(who, one.id) ? 'unknown' : one.state,
        })),
        next: found.length > limit ? page.at(-1)!.id : null,
      };
    },
  };
}

export const reports: Operation<ReferringInput, ReferringOutput> = operation('reports', 'person', 'manager');
export const groups: Operation<ReferringInput, ReferringOutput> = operation('groups', 'group', 'member');
