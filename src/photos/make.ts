/** One photo by a recipe: upright, in sRGB, without what else the file tells (place, camera, comments), no larger and no heavier than asked. */
import type { Sharp } from 'sharp';
import type { Recipe } from '#core/photo';
import { grouped } from '#core/text';
import { library } from './library.ts';
import { checkPixels, MOST_PIXELS, originalOf, unusable } from './read.ts';

const READING = { limitInputPixels: MOST_PIXELS, failOn: 'truncated', pages: 1, sequentialRead: true } as const;
const MOST_SECONDS = 20;
/** Tried in this order while it is too heavy; then it is made smaller. */
const QUALITIES = [85, 70, 55, 40] as const;
const SMALLER = 0.75;
/** A face is nothing any more on fewer pixels. */
const SMALLEST = 16;
/** Up to here an original that is as it should be is decoded to see that, and taken as it is. */
const SMALL_PIXELS = 4_000_000;

/**
 * The bytes to send; those of the original where it is as the recipe wants it. Errors: invalidValue with what to do about the original;
 * configuration without the library.
 */
export async function makePhoto(original: Uint8Array, recipe: Recipe): Promise<Uint8Array> {
  const kind = originalOf(original);
  const sharp = await library();
  try {
    const read = (): Sharp => sharp(original, READING).timeout({ seconds: MOST_SECONDS });
    // Of the header alone.
    const told = await sharp(original, { ...READING, limitInputPixels: false }).metadata();
    checkPixels(told.width, told.height);
    const tells = told.exif ?? told.xmp ?? told.iptc ?? told.comments;
    if (kind === recipe.format && tells === undefined && (told.pages ?? 1) === 1 && fits(told, original.length, recipe)) {
      await read().raw().toBuffer();
      return original;
    }
    return await smaller(read, boxOf(recipe, told), recipe);
  } catch (error) {
    if (error instanceof Error && error.name === 'RollcallError') throw error;
    throw unusable('cannot be decoded', error);
  }
}

interface Box {
  readonly width: number;
  readonly height: number;
}

function fits({ width, height }: Box, weight: number, { size, maxBytes }: Recipe): boolean {
  if (weight > maxBytes || width * height > SMALL_PIXELS) return false;
  return size === null || (width <= size.width && height <= size.height);
}

/** The camera may have been held either way. */
function boxOf({ size }: Recipe, { width, height }: Box): Box {
  return size ?? { width: Math.max(width, height), height: Math.max(width, height) };
}

async function smaller(read: () => Sharp, whole: Box, { format, maxBytes }: Recipe): Promise<Uint8Array> {
  for (let scale = 1; ; scale *= SMALLER) {
    const box = { width: Math.round(whole.width * scale), height: Math.round(whole.height * scale) };
    if (Math.min(box.width, box.height) < SMALLEST && scale < 1) break;
    const upright = read()
      .rotate()
      .resize({ ...box, fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb');
    // Decoded once, written as often as it takes.
    const { data, info } = await upright.raw().toBuffer({ resolveWithObject: true });
    const sharp = await library();
    const { width, height, channels } = info;
    const pixels = (): Sharp => sharp(data, { raw: { width, height, channels } });
    const tries =
      format === 'png'
        ? [() => pixels().png({ compressionLevel: 9 })]
        : QUALITIES.map((quality) => () => pixels().flatten({ background: '#ffffff' }).jpeg({ quality }));
    for (const one of tries) {
      const bytes = await one().toBuffer();
      if (bytes.length <= maxBytes) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
  }
  throw unusable(`cannot be made as light as ${grouped(maxBytes)} bytes`);
}
