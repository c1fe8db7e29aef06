/** What an original is, from its first bytes: whatever it claims is checked before any of it is decoded. */
import { RollcallError } from '#core/errors';
import { grouped } from '#core/text';

export type Original = 'jpeg' | 'png' | 'gif' | 'webp';

/** More is no photo of a person, whatever its few bytes say: a camera has 48 million. */
export const MOST_PIXELS = 50_000_000;

const REMEDY = 'give another one, there where it comes from: a JPEG, PNG, WebP or GIF';

/** Formats that can hold scripts, references or other files (SVG, PDF, TIFF …) are none. Errors: invalidValue. */
export function originalOf(bytes: Uint8Array): Original {
  const begins = (...start: readonly number[]): boolean => start.every((byte, i) => bytes[i] === byte);
  const text = (from: number, to: number): string => Buffer.from(bytes.subarray(from, to)).toString('latin1');
  if (begins(0xff, 0xd8, 0xff)) return 'jpeg';
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'png';
  if (text(0, 4) === 'GIF8') return 'gif';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'webp';
  throw unusable('is no image of a kind that is taken');
}

/** Errors: invalidValue when so many would have to be decoded. */
export function checkPixels(width: number, height: number): void {
  if (width * height <= MOST_PIXELS) return;
  throw unusable(`says that it has ${grouped(width)} × ${grouped(height)} pixels, which are not decoded`);
}

export function unusable(what: string, cause?: unknown): RollcallError {
  return new RollcallError('invalidValue', `the photo ${what}`, { remedy: REMEDY, cause });
}
