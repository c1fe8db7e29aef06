/** Photos of people as pages show them: made once for each size, by the recipes of decision 16. */
import { sha256Hex } from '#core/digest';
import { RollcallError } from '#core/errors';
import { photoOf, type Recipe } from '#core/photo';
import type { Blob } from '#core/values';
import { makePhoto } from '#photos/index';
import type { Services } from '#runs/model';
import { madePhoto } from '#runs/reasons';

/** Sides in pixels, the longer one at most; so few that nobody fills the store with sizes. */
export const PHOTO_SIDES = [48, 96, 192, 384] as const;
export type PhotoSide = (typeof PHOTO_SIDES)[number];

/** Of an original that somebody sends. */
export const MOST_PHOTO_BYTES = 10_000_000;

const MADE_BYTES = 200_000;

function recipe(side: PhotoSide): Recipe {
  return { format: 'jpeg', size: { width: side, height: side }, maxBytes: MADE_BYTES };
}

/** JPEG. Errors: invalidValue for what is no photo; notFound where its bytes are not in the store. */
export async function photoAt(original: Blob, side: PhotoSide, { store }: Pick<Services, 'store'>): Promise<Uint8Array> {
  const unmade = photoOf(original, recipe(side));
  const known = await madePhoto(store, unmade);
  const kept = known === null ? null : await store.blobs.get(known.blob);
  if (kept !== null) return kept;
  const bytes = await store.blobs.get(original.blob);
  if (bytes === null) throw new RollcallError('notFound', 'the bytes of the photo are not in the store');
  const made = await makePhoto(bytes, recipe(side));
  const blob: Blob = { blob: sha256Hex(made), size: made.length };
  const entries = [
    { hash: blob.blob, bytes: made },
    { hash: unmade.blob, bytes: Buffer.from(JSON.stringify(blob)) },
  ];
  await store.blobs.put(entries).catch((error: unknown) => {
    // Whoever only reads the store makes it anew each time.
    if (!(error instanceof RollcallError) || error.kind !== 'permission') throw error;
  });
  return made;
}

/** Kept by its content once it was shown to be a photo. Errors: invalidValue with what to do. */
export async function keepPhoto(bytes: Uint8Array, { store }: Pick<Services, 'store'>): Promise<Blob> {
  if (bytes.length > MOST_PHOTO_BYTES)
    throw new RollcallError('invalidValue', 'the photo is larger than 10 MB', { remedy: 'send a smaller one' });
  await makePhoto(bytes, recipe(PHOTO_SIDES[0]));
  const blob: Blob = { blob: sha256Hex(bytes), size: bytes.length };
  await store.blobs.put([{ hash: blob.blob, bytes }]);
  return blob;
}
