/** Who asks, for operations that show or change what not everybody may: filled in by whoever lets them in, never by themselves. */
import { z } from 'zod';
import { RollcallError } from '#core/errors';
import type { Asker } from '#edits/rights';
import { findOne } from '#people/find';
import type { Services } from '#runs/model';

export type { Asker } from '#edits/rights';

/** Null: whoever can write the store anyway. */
export const whoShape: z.ZodType<Asker> = z.object({ roles: z.array(z.string()), person: z.number().nullable() }).nullable();

type ObjectRow = Awaited<ReturnType<typeof findOne>>;

/**
 * Whom somebody means. `me` is whoever asks. Who has no other role than `person` names people by id alone: a search would tell of others.
 * Errors: notFound, conflict as of `findOne`.
 */
export async function named(text: string, who: Asker, services: Services): Promise<ObjectRow> {
  if (who === null || who.roles.some((role) => role !== 'person'))
    return await findOne(text === 'me' && who?.person != null ? `#${who.person}` : text, services);
  const id = text === 'me' ? who.person : /^#?(\d{1,15})$/.exec(text)?.[1];
  const [row] = id == null ? [] : await services.store.sync.objects([Number(id)]);
  if (row !== undefined) return row;
  throw new RollcallError('notFound', `nobody is '${text}'`, { remedy: "name a person by their number here, or as 'me'" });
}
