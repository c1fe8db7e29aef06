/**
 * A photo as a target wants it: made of another one by a recipe. Until it is made it is called by both, so that it can be wanted,
 * compared and decided about without being made (docs/decisions/0016).
 */
import { type Blob, isBlob, type Scalar, type Value } from './values.ts';

export const PHOTO_FORMATS = ['jpeg', 'png'] as const;

export interface Recipe {
  readonly format: (typeof PHOTO_FORMATS)[number];
  /** The most it may be, in pixels, its proportions kept; null = as large as it is. */
  readonly size: { readonly width: number; readonly height: number } | null;
  readonly maxBytes: number;
}

/** `size` is that of the original. */
export interface UnmadePhoto extends Blob {
  readonly blob: `photo ${string}`;
}

const NAME = /^photo (jpeg|png) (?:(\d+)x(\d+)|whole) (\d+) of ([0-9a-f]{64})$/;

export function photoOf({ blob, size }: Blob, { format, size: most, maxBytes }: Recipe): UnmadePhoto {
  return { blob: `photo ${format} ${most === null ? 'whole' : `${most.width}x${most.height}`} ${maxBytes} of ${blob}`, size };
}

export function isUnmade(value: unknown): value is UnmadePhoto {
  return isBlob(value) && value.blob.startsWith('photo ');
}

/** What it is to be made of, and how. */
export function madeOf({ blob, size }: UnmadePhoto): { readonly original: Blob; readonly recipe: Recipe } {
  const [, format, width, height, maxBytes, original] = NAME.exec(blob)!;
  const most = width === undefined ? null : { width: Number(width), height: Number(height) };
  return {
    original: { blob: original!, size },
    recipe: { format: format as Recipe['format'], size: most, maxBytes: Number(maxBytes) },
  };
}

/** What was made, by the entry that is kept under the name of a photo. */
export function madeBlob(entry: Uint8Array): Blob {
  return JSON.parse(Buffer.from(entry).toString()) as Blob;
}

/** The value with something else in the place of each photo that is not made. */
export function withPhotos(value: Value, photo: (unmade: UnmadePhoto) => Scalar): Value {
  if (!Array.isArray(value)) return isUnmade(value) ? photo(value) : value;
  return value.some(isUnmade) ? value.map((one) => (isUnmade(one) ? photo(one) : one)) : value;
}
