/** What the service writes about what it does, as it is written under `log`. */
import { z } from 'zod';
import { LEVELS, LOG_FORMATS } from '#core/levels';

export const log: z.ZodType = z.strictObject({
  level: z.enum(LEVELS).optional().describe('The least that is written. Default: info.'),
  format: z
    .enum(LOG_FORMATS)
    .optional()
    .describe('A JSON object each line, or text for people. Default: text on a terminal, json elsewhere.'),
  file: z
    .string()
    .regex(/^(?!.*\$\{)[^\r\n]{1,2000}$/, 'must be the path of a file, written out')
    .optional()
    .describe('File to which lines are added; SIGHUP makes it begin a new one of that name. Default: stderr.'),
});
