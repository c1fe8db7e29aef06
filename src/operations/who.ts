/** Who asks, for operations that show or change what not everybody may: filled in by whoever lets them in, never by themselves. */
import { z } from 'zod';
import { RollcallError } from '#core/errors';
import { type Asker, sees } from '#edits/rights';
import { findOne } from '#people/find';
import type { Services } from '#runs/model';
import { sightOf } from './shown.ts';

export type { Asker } from '#edits/rights';

/** Null: whoever can write the store anyway. */
export const whoShape: z.ZodType<Asker> = z.object({ roles: z.array(z.string()), person: z.number().nullable() }).nullable();

/** Whether somebody has no role but the one of everybody here. */
export function isPersonOnly(who: Asker): boolean {
  return who?.roles.every((role) => role === 'person') ?? false;
}

/** Whether somebody has no other role, and is not whom it is about. */
export function isStranger(who: Asker, of: number): boolean {
  return isPersonOnly(who) && who?.person !== of;
}

function isSeen({ id, kind }: ObjectRow, who: Asker, { config }: Services): boolean {
  return [...(config.kinds.get(kind)?.attributes.values() ?? [])].some(({ field }) => sees(field, who, id));
}

type ObjectRow = Awaited<ReturnType<typeof findOne>>;

/**
 * Whom somebody means. `me` is whoever asks. Who has no other role than `person` names people by id alone: a search would tell of others.
 * Errors: notFound, conflict as of `findOne`.
 */
export async function named(text: string, who: Asker, services: Services): Promise<ObjectRow> {
  if (text === 'me' && who !== null && who.person === null && !isPersonOnly(who)) throw noPerson();
  if (who === null || !isPersonOnly(who))
    return await found(text === 'me' && who?.person != null ? `#${who.person}` : text, who, services);
  const id = text === 'me' ? who.person : /^#?(\d{1,15})$/.exec(text)?.[1];
  const [row] = id == null ? [] : await services.store.sync.objects([Number(id)]);
  // Of whom nothing may be seen, not even that they are there.
  if (row !== undefined && row.aliasOf === null && isSeen(row, who, services)) return row;
  throw nobody(text);
}

function noPerson(): RollcallError {
  return new RollcallError(
    'notFound',
    "'me' is nobody: whoever asks comes with a token, or with an account that is of no person",
    {
      remedy: 'name a person by their number here, or sign in with an account that is of one',
    },
  );
}

/** As well of somebody who is not to be known of. */
export function nobody(text: string): RollcallError {
  return new RollcallError('notFound', `nobody is '${text}'`, { remedy: "name a person by their number here, or as 'me'" });
}

/** Nobody is found by what whoever asks may not see, and nobody is told of who else is called so. */
async function found(text: string, who: Asker, services: Services): Promise<ObjectRow> {
  const sight = sightOf(who, services);
  if (sight.whole) return await findOne(text, services);
  return await findOne(text, services, (one) => sight.finds(text, one)).catch((error: unknown) => {
    if (!(error instanceof RollcallError)) throw error;
    if (error.kind === 'conflict')
      throw new RollcallError('conflict', 'several people are called so', { remedy: 'name one by their number here' });
    throw error.kind === 'notFound' && error.where.connection === undefined ? nobody(text) : error;
  });
}
