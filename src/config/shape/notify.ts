/** Who is told when something is amiss, as it is written under `notify`. References are resolved later, and what they hold is checked there. */
import { z } from 'zod';
import { duration } from '../quantity.ts';

/** What somebody may be told of; docs/guide/notifications.md says what each is. */
export const TROUBLES = ['run-failed', 'gate-stopped', 'queue-old', 'connection-paused', 'schedule-missed'] as const;

const text = z.string().min(1).max(2_000);

const common = {
  events: z.array(z.enum(TROUBLES)).min(1).max(TROUBLES.length).optional().describe('What it is told of. Default: all of them.'),
  connections: z
    .array(z.string().min(1).max(63))
    .min(1)
    .max(1_000)
    .optional()
    .describe('Of which connections; what concerns all of them is told either way. Default: of all.'),
  queueAge: duration.optional().describe('A queue is old once something has waited there for so long. Default: 4h.'),
  again: duration.optional().describe('What lasts is told again after so long. Default: 24h.'),
};

const webhook = z.strictObject({
  url: text.describe('Address that receives each message as a POST with JSON. Redirects are not followed.'),
  secret: text
    .optional()
    .meta({ secret: true })
    .describe(
      'Signs each message as Standard Webhooks has it (`webhook-id`, `webhook-timestamp`, `webhook-signature`: HMAC-SHA256). After `whsec_` it is base64; otherwise the text itself. Without one nothing is signed.',
    ),
});

const mail = z.strictObject({
  server: text.describe('`smtps://mail.example.org` (TLS, port 465) or `smtp://mail.example.org` (STARTTLS, port 587).'),
  user: text.optional().describe('Whom to sign in as. Default: nobody.'),
  password: text.optional().meta({ secret: true }).describe('The password of `user`.'),
  from: text.describe('Address of the sender.'),
  to: z.union([text, z.array(text).min(1).max(50)]).describe('Address of who receives it, or a list of them.'),
  ca: text
    .optional()
    .describe('Certificates (PEM) of the authorities to trust: `${file:ca.pem}`. Default: those that Node.js knows.'),
  allowPlain: z.boolean().optional().describe('Takes a server without TLS, such as a relay on this machine. Default: false.'),
});

export const notify: z.ZodType = z.record(
  z.string().regex(/^[a-z][a-zA-Z0-9_-]{0,62}$/, 'must be the name of a receiver: a small letter, then letters, digits, - or _'),
  z.union([
    z.strictObject({ ...common, webhook: webhook.describe('Is told by HTTP.') }),
    z.strictObject({ ...common, mail: mail.describe('Is told by mail.') }),
  ]),
);
