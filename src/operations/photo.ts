/** The photo of one person: had in a size that a page shows, put there by an edit, taken away by one. */
import { z } from 'zod';
import { parseImage } from '#core/canonical';
import { RollcallError } from '#core/errors';
import { isBlob } from '#core/values';
import { edit } from '#edits/edit';
import { keepPhoto, MOST_PHOTO_BYTES, PHOTO_SIDES, photoAt } from '#edits/photo';
import { edits, sees } from '#edits/rights';
import { editedEvent } from './edit-noted.ts';
import { type Operation, versioned } from './operation.ts';
import { type Asker, named, whoShape } from './who.ts';

const ATTRIBUTE = 'photo';

export interface PhotoInput {
  readonly person: string;
  /** The longer side in pixels, at most. */
  readonly size: (typeof PHOTO_SIDES)[number];
  readonly who: Asker;
}
export interface PhotoOutput {
  readonly person: number;
  /** Of the original: another photo has another one. */
  readonly hash: string;
  readonly type: 'image/jpeg';
  readonly base64: string;
}

export const photo: Operation<PhotoInput, PhotoOutput> = {
  name: 'photo',
  permission: 'profile.read',
  input: z.object({
    person: z.string().min(1),
    size: z.literal(PHOTO_SIDES).default(PHOTO_SIDES[2]),
    who: whoShape.default(null),
  }),
  output: versioned<PhotoOutput>('photo', {
    person: z.number(),
    hash: z.string(),
    type: z.literal('image/jpeg'),
    base64: z.string(),
  }),
  async run({ person, size, who }, session) {
    const services = await session.services('read');
    const row = await named(person, who, services);
    const type = services.config.kinds.get(row.kind)?.attributes.get(ATTRIBUTE);
    const original = parseImage(row.attributes)[ATTRIBUTE];
    if (type === undefined || !sees(type.field, who, row.id) || !isBlob(original))
      throw new RollcallError('notFound', 'there is no photo to be seen');
    const bytes = await photoAt(original, size, services);
    return { person: row.id, hash: original.blob, type: 'image/jpeg', base64: Buffer.from(bytes).toString('base64') };
  },
};

export interface PhotoSetInput {
  readonly person: string;
  /** JPEG, PNG, WebP or GIF, in base64; null takes it away. */
  readonly base64: string | null;
  readonly editVersion?: string | undefined;
  readonly by: string;
  readonly who: Asker;
}
export interface PhotoSetOutput {
  readonly person: number;
  readonly editVersion: string;
  readonly hash: string | null;
  readonly run: number | null;
}

export const photoSet: Operation<PhotoSetInput, PhotoSetOutput> = {
  name: 'photo set',
  permission: 'profile.write',
  input: z.object({
    person: z.string().min(1),
    base64: z
      .base64()
      .max(Math.ceil(MOST_PHOTO_BYTES / 3) * 4)
      .nullable(),
    editVersion: z.string().optional(),
    by: z.string().min(1),
    who: whoShape.default(null),
  }),
  output: versioned<PhotoSetOutput>('photo set', {
    person: z.number(),
    editVersion: z.string(),
    hash: z.string().nullable(),
    run: z.number().nullable(),
  }),
  async run({ person, base64, editVersion: version = null, by, who }, session) {
    const services = await session.services('write');
    const row = await named(person, who, services);
    // Asked before anything is decoded for somebody who may not.
    const type = services.config.kinds.get(row.kind)?.attributes.get(ATTRIBUTE);
    if (type === undefined || !edits(type.field, who, row.id))
      throw new RollcallError('permission', 'the photo may not be edited', { remedy: 'ask whoever keeps rollcall.yaml' });
    const blob = base64 === null ? null : await keepPhoto(Buffer.from(base64, 'base64'), services);
    const set = { [ATTRIBUTE]: blob };
    const noted = editedEvent(row, { set }, session.caller, services);
    const done = await edit(row, { set, takeBack: [], version, by, noted }, who, services);
    await done.pushed?.settled;
    return { person: row.id, editVersion: done.version, hash: blob?.blob ?? null, run: done.pushed?.run ?? null };
  },
};
