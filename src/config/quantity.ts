/** Durations and sizes as people write them: `30d`, `16MB`. Months and years are left out: they have no fixed length. */
import { z } from 'zod';
import { parseSize } from '#core/size';
import { parseDuration } from '#core/time';

const isDuration = (text: string): boolean => {
  try {
    parseDuration(text);
    return true;
  } catch {
    return false;
  }
};

export const duration: z.ZodType<string> = z
  .string()
  .regex(/^(?:\d{1,9}[wdhms]){1,5}$/, 'must be a duration: a whole number and w, d, h, m or s, such as 30d')
  .refine(isDuration, 'must be a duration of at most a thousand years')
  .meta({ examples: ['30d', '15m'] });

/** How long something is kept. Less than a day is a slip of the pen, and what that removes is gone. */
export const kept: z.ZodType<string> = duration.refine(
  (text) => !isDuration(text) || parseDuration(text) >= 86_400_000,
  'must be a day or more',
);

export const size: z.ZodType<string> = z
  .string()
  .regex(/^[1-9]\d{0,8}(?:B|KB|MB|GB)$/, 'must be a size: a whole number and B, KB, MB or GB, such as 16MB')
  .meta({ examples: ['16MB'] });

/** Bytes. The text has passed `size`. */
export function bytes(text: string): number {
  return parseSize(text)!;
}
