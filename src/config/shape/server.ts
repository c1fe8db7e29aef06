/** The port of the service, as it is written under `server`. */
import { z } from 'zod';
import { duration } from '../quantity.ts';

/** A key that stands here itself, or a reference that holds one, would be told as the path that cannot be read. */
const file = z.string().regex(/^(?!.*\$\{)[^\r\n]{1,2000}$/, 'must be the path of a file, written out');

export const server: z.ZodType = z.strictObject({
  connections: z
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe('How many may be open at once; one more is answered by 503. Default: 2000.'),
  headers: duration.optional().describe('How long the head of a request may take. Default: 10s.'),
  request: duration.optional().describe('How long a request may take to come in. Default: 30s.'),
  tls: z
    .strictObject({
      certificate: file.describe(
        'File (PEM) with the certificate of the service, and after it those of the authorities between it and the one that browsers trust.',
      ),
      key: file.describe('File (PEM) with its key, without a passphrase.'),
    })
    .optional()
    .describe(
      'Speaks TLS itself, 1.2 or newer. Both files are read again when they change. Default: plain HTTP, for a proxy before it.',
    ),
});
