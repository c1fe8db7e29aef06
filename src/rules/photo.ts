/** `{ photo: photo, max: 96x96, maxBytes: 100KB, format: jpeg }`: an attribute written as a target takes photos. */
import { PHOTO_FORMATS, photoOf, type Recipe } from '#core/photo';
import { parseSize } from '#core/size';
import { type AttributeType, isBlob, type Scalar } from '#core/values';
import { type Source, typed } from './flow.ts';
import type { Contribution, Evaluate, ObjectScope } from './model.ts';
import { oneOf, type Raw, type Report } from './raw.ts';

export const PHOTO_KEYS: readonly string[] = ['photo', 'max', 'maxBytes', 'format'];

/** What directories take where they do not say more: Active Directory's thumbnailPhoto. */
const USUAL_BYTES = 102_400;

/** As far as the rule says it: without `maxBytes` the target does. */
export type Said = Omit<Recipe, 'maxBytes'> & { readonly maxBytes: number | null };

/** Null where the flow is no photo, or something was reported. */
export function recipeOf(options: Raw, own: AttributeType | null, at: Report): Said | null {
  const about = PHOTO_KEYS.filter((key) => options.has(key));
  if (about.length === 0) return null;
  if (!options.has('photo')) {
    at([about[0]!], `${about[0]} is about a photo`, 'add photo: ATTRIBUTE, or leave it away');
    return null;
  }
  if (own !== null && (own.type !== 'binary' || own.multi)) {
    at(['photo'], 'this attribute holds no photo', "name one of 'type: binary' that holds one value");
    return null;
  }
  for (const key of ['type', 'matching', 'by', 'values'])
    if (options.has(key)) at([key], `a photo has no ${key}`, 'leave it away');
  const max = options.get('max');
  const maxBytes = options.get('maxBytes');
  return {
    format: oneOf(options, 'format', PHOTO_FORMATS, at) ?? 'jpeg',
    size: max === undefined ? null : sizeOf(max, at),
    maxBytes: maxBytes === undefined ? null : bytesOf(maxBytes, at),
  };
}

function sizeOf(max: unknown, at: Report): Recipe['size'] {
  const [, width, height = width] = /^([1-9]\d{0,4})(?:x([1-9]\d{0,4}))?$/.exec(String(max)) ?? [];
  if (width !== undefined) return { width: Number(width), height: Number(height) };
  at(['max'], 'this is no size of a photo', 'write the most pixels, such as 96x96');
  return null;
}

function bytesOf(maxBytes: unknown, at: Report): number | null {
  const size = parseSize(String(maxBytes));
  if (size === null) at(['maxBytes'], 'this is no size', 'write a whole number and B, KB or MB, such as 100KB');
  return size;
}

/** Of two limits of its weight the lower one counts. */
export function recipeFor(said: Said, { maxLength }: AttributeType): Recipe {
  const most = Math.min(said.maxBytes ?? Number.POSITIVE_INFINITY, maxLength ?? Number.POSITIVE_INFINITY);
  return { ...said, maxBytes: Number.isFinite(most) ? most : USUAL_BYTES };
}

/** The photo by its name: nothing is made here. */
export function ofPhoto(
  source: Source<ObjectScope>,
  { multi }: AttributeType,
  recipe: Recipe,
): Evaluate<ObjectScope, Contribution> {
  const original = typed(source, { type: 'binary', multi, matching: 'exact' });
  const named = (one: Scalar): Scalar => (isBlob(one) ? photoOf(one, recipe) : one);
  return (object, clock) => {
    const value = original(object, clock);
    if (value === undefined || value === null) return value;
    return Array.isArray(value) ? value.map(named) : named(value as Scalar);
  };
}
