/** Whom a group has, page by page. */
import { z } from 'zod';
import { RollcallError } from '#core/errors';
import { sees } from '#edits/rights';
import { membersPage } from '#people/referring';
import { type Operation, versioned } from './operation.ts';
import { sightOf } from './shown.ts';
import { type Asker, named, whoShape } from './who.ts';

export interface MembersInput {
  readonly group: string;
  /** From the `next` of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly who: Asker;
}
export interface MembersOutput {
  readonly of: number;
  readonly members: readonly {
    readonly connection: string;
    /** As the connection names it. */
    readonly key: string;
    /** Null: nobody known is meant. */
    readonly id: number | null;
    readonly label: string | null;
  }[];
  readonly next: string | null;
}

const ATTRIBUTE = 'member';

export const members: Operation<MembersInput, MembersOutput> = {
  name: 'members',
  permission: 'people.read',
  input: z.object({
    group: z.string().min(1),
    after: z.string().max(4_000).optional(),
    limit: z.int().min(1).max(1_000).default(50),
    who: whoShape.default(null),
  }),
  output: versioned<MembersOutput>('members', {
    of: z.number(),
    members: z.array(
      z.object({ connection: z.string(), key: z.string(), id: z.number().nullable(), label: z.string().nullable() }),
    ),
    next: z.string().nullable(),
  }),
  async run({ group, after, limit, who }, session) {
    const services = await session.services('read');
    const row = await named(group, who, services);
    const type = services.config.kinds.get(row.kind)?.attributes.get(ATTRIBUTE);
    if (type === undefined) throw new RollcallError('invalidValue', `a ${row.kind} has no members`, { remedy: 'name a group' });
    if (!sees(type.field, who, row.id))
      throw new RollcallError('permission', 'members may not be seen', { remedy: 'ask an administrator for a role' });
    const page = await membersPage(row, { attribute: ATTRIBUTE, after: after ?? null, limit }, services);
    const labels = await sightOf(who, services).labels(page.members.flatMap(({ object }) => object ?? []));
    return {
      of: row.id,
      members: page.members.map(({ connection, key, object }) => ({
        connection,
        key,
        id: object,
        label: object === null ? null : (labels.get(object) ?? null),
      })),
      next: page.next,
    };
  },
};
