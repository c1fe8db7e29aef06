/**
 * Photos as a target takes them: made when they are first sent, kept by what they were made of and how, and never made again
 * (docs/decisions/0016). What was made of which photo is remembered with the account that it was sent to.
 */

import { sha256Hex } from '#core/digest';
import { type Fault, RollcallError, toFault } from '#core/errors';
import { parseJson } from '#core/json';
import { isUnmade, madeOf, type UnmadePhoto, withPhotos } from '#core/photo';
import { type Attributes, type Blob, scalars, type Value } from '#core/values';
import { makePhoto } from '#photos/index';
import type { ExportAnswer, StagedRow, Store } from '#store/contract';
import type { EngineContext } from '../context.ts';
import { parseSteps, type Steps, stepsText } from '../lifecycle/steps.ts';

/** At a time: each has a processor to itself. */
const AT_ONCE = 4;

/** By name; a photo that cannot be made has the reason. */
export type Photos = ReadonlyMap<string, Blob | Fault>;

/** All that these images want. */
export async function photosIn({ store }: Pick<EngineContext, 'store'>, images: Iterable<Attributes | null>): Promise<Photos> {
  const wanted = new Map<string, UnmadePhoto>();
  for (const image of images)
    for (const name in image) for (const one of scalars(image[name]!)) if (isUnmade(one)) wanted.set(one.blob, one);
  const photos = new Map<string, Blob | Fault>();
  const waiting = [...wanted.values()];
  const work = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) photos.set(one.blob, await photo(store, one));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return photos;
}

export function isMade(photo: Blob | Fault | undefined): photo is Blob {
  return photo !== undefined && 'blob' in photo;
}

/** What was made of it before; null where nothing was. */
export async function madePhoto({ blobs }: Pick<Store, 'blobs'>, { blob: name }: UnmadePhoto): Promise<Blob | null> {
  const known = await blobs.get(name);
  return known === null ? null : (parseJson(Buffer.from(known).toString()) as Blob);
}

async function photo(store: Store, unmade: UnmadePhoto): Promise<Blob | Fault> {
  const { blobs } = store;
  const { blob: name } = unmade;
  const known = await madePhoto(store, unmade);
  if (known !== null) return known;
  const { original, recipe } = madeOf(unmade);
  const bytes = await blobs.get(original.blob);
  try {
    if (bytes === null)
      throw new RollcallError('internal', 'the bytes of the photo are not in the store', {
        remedy: 'restore the store from a backup, or change the photo where it comes from',
      });
    const made = await makePhoto(bytes, recipe);
    const blob: Blob = { blob: sha256Hex(made), size: made.length };
    await blobs.put([
      { hash: blob.blob, bytes: made },
      { hash: name, bytes: Buffer.from(JSON.stringify(blob)) },
    ]);
    return blob;
  } catch (error) {
    if (error instanceof RollcallError && error.kind === 'unavailable') throw error;
    return toFault(error);
  }
}

export function hasPhotos(value: Value | undefined): value is Value {
  return typeof value === 'object' && value !== null && scalars(value).some(isUnmade);
}

/** Where something was made of it and sent, that one is to be there, whatever would be made of it today. */
export function asSent(value: Value, attribute: string, { made }: Steps): Value {
  const before = made?.[attribute];
  return withPhotos(value, (one) => (before?.of === one.blob ? before.as : one));
}

/** The originals: what somebody put there is as they want it. */
export function originals(value: Value): Value {
  return withPhotos(value, (one) => madeOf(one).original);
}

/** With what was made for it remembered, where it was sent, or may have been. */
export function remembered(answer: ExportAnswer, row: StagedRow, made: Steps['made']): ExportAnswer {
  if (made === undefined || (answer.outcome !== 'proven' && answer.outcome !== 'sent' && answer.outcome !== 'unknown'))
    return answer;
  const steps = parseSteps(answer.steps === undefined ? row.steps : answer.steps.after);
  return { ...answer, steps: { before: row.steps, after: stepsText({ ...steps, made: { ...steps.made, ...made } }) } };
}
