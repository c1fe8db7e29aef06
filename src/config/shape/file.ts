/**
 * Everything that rollcall.yaml may hold, declared once: the checks, the JSON Schema for editors and the reference page in
 * docs/guide/configuration.md all come from here. A connector's own keys come from its definition.
 */
import { z } from 'zod';
import { scheduleFault } from '#core/cron';
import { isZone, parseDate } from '#core/time';
import { readSpan } from '#core/window';
import { isProfile, PROFILES } from '../profiles.ts';
import { duration, kept, size } from '../quantity.ts';
import { holdsReference } from '../secrets/references.ts';
import { access } from './access.ts';
import { hook as hookOfConnection } from './hook.ts';
import { log } from './log.ts';
import { notify } from './notify.ts';
import { attribute, exportRule, importRule, life, NAME, protectedAccounts } from './rules.ts';
import { scim } from './scim.ts';
import { server } from './server.ts';
import { telemetry } from './telemetry.ts';

const kindName = z.string().regex(NAME, 'must be a kind: a small letter, then letters and digits, such as person');
const connectionName = z
  .string()
  .regex(/^[a-z][a-zA-Z0-9_-]{0,62}$/, 'must be a connection name: a small letter, then letters, digits, - or _');
const attributeName = z.string().min(1).max(255);

/** Kinds of change that gates count one by one; the rest of the keys name an attribute. */
export const CHANGE_KINDS = ['create', 'update', 'disable', 'delete', 'unlink', 'member', 'attribute', 'empty'] as const;
const GATE_KEY = /^(?:create|update|disable|delete|unlink|member|attribute|empty|(?:attribute|empty):.{1,255})$/;

const gates = z.record(
  z.string().regex(GATE_KEY, `must be one of ${CHANGE_KINDS.join(', ')}, or name an attribute: attribute:mail, empty:mail`),
  z.strictObject({
    percent: z.number().min(0).max(100).optional().describe('Share of the accounts in the target.'),
    count: z.int().min(0).optional().describe('Number of accounts.'),
  }),
);

const deprovision = z.strictObject({
  action: z.enum(['none', 'disable', 'delete']).describe('What happens to an account whose owner no longer belongs there.'),
  then: z.enum(['none', 'delete']).optional().describe('What follows a disable. Default: none.'),
  after: duration.optional().describe('Time between the confirmed disable and `then`. Default: 30d.'),
});

const command = {
  after: z.enum(['import', 'sync', 'export', 'cycle']).describe('The phase it follows; `cycle` is the whole.'),
  timeout: duration.optional().describe('It is stopped after this long. Default: 30s.'),
  required: z.boolean().optional().describe('Whether a failure ends the cycle before the next phase. Default: false.'),
};
const hook = z.union([
  z.strictObject({
    ...command,
    command: z
      .array(z.string())
      .min(1)
      .max(100)
      .describe('Program and arguments; run without a shell in the folder of this file.'),
  }),
  z.strictObject({
    ...command,
    webhook: z
      .string()
      .regex(/^https?:\/\/\S+$|^\$\{(?:env|file):[^}]+\}$/, 'must be an http or https address')
      .refine((text) => holdsReference(text) || URL.canParse(text), 'must be an http or https address')
      .describe('Address that receives a POST with the run as JSON.'),
  }),
]);

const profileName = z
  .string()
  .regex(/^[a-z][a-zA-Z0-9_-]{0,62}$/, 'must be a profile name: a small letter, then letters, digits, - or _')
  .refine((name) => !isProfile(name), 'is the name of a profile that is always there');

const cron = z.string().superRefine((text, context) => {
  const fault = scheduleFault(text);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});
const zone = z.string().refine(isZone, 'must be an IANA time zone, such as Europe/Berlin');
const schedule = z.strictObject({
  cron: cron.describe('Minute, hour, day of month, month, day of week: `0 2 * * mon-fri`.'),
  zone: zone.optional().describe('Time zone of these times. Default: that of the file.'),
  missed: z
    .enum(['once', 'skip'])
    .optional()
    .describe(
      'What becomes of times that passed while nothing ran, or while the last run still worked: `once` makes one run of them as soon as there may be one, `skip` waits for the next time. Default: once.',
    ),
  profile: z.string().min(1).optional().describe('What is run: a profile, or a sequence from `profiles`. Default: cycle.'),
});

const span = z.string().superRefine((text, context) => {
  const read = readSpan(text, 'UTC');
  if (typeof read === 'string') context.addIssue({ code: 'custom', message: read });
});
const date = z.string().refine((text) => parseDate(text) === text, 'must be a date, such as 2026-12-20');
const blackout = z
  .strictObject({
    from: date.describe('The first day, in the zone of the file.'),
    to: date.describe('The last day.'),
    reason: z.string().min(1).max(200).optional().describe('Why; notices say it.'),
  })
  .refine(({ from, to }) => from <= to, 'ends before it begins');

/** Keys that every connection may have, whatever its type. */
export const connectionKeys: Readonly<Record<string, z.ZodType>> = {
  type: z
    .string()
    .describe(
      'Which connector reaches the system: one of those below, or a file with one of your own, such as `./connectors/user-master.ts`.',
    ),
  mode: z
    .enum(['observe', 'hold', 'on'])
    .optional()
    .describe(
      '`observe` shows what would be written, `hold` keeps it, `on` sends it. A new target is only watched until its first plan is approved, whatever stands here; then the default is on.',
    ),
  owner: z
    .boolean()
    .optional()
    .describe(
      'Whether its presence keeps a person; when the last owner lets go, the person leaves. Others neither keep nor end one; whom none but they have begins as leaving. Default: false.',
    ),
  import: z.record(kindName, importRule).optional().describe('Kind → rule: what is taken from this system.'),
  export: z.record(kindName, exportRule).optional().describe('Kind → rule: what is written to this system.'),
  deprovision: deprovision.optional().describe('What happens to accounts that should no longer be there. Default: nothing.'),
  protect: protectedAccounts
    .optional()
    .describe('Accounts that are read and never written by any path: an expression over `row`, or a list of anchors and names.'),
  gates: gates.optional().describe('Limits for this connection; what is not named comes from the top-level `gates`.'),
  live: z
    .boolean()
    .optional()
    .describe(
      'Whether `rollcall live` and `rollcall serve` listen to it (a directory with a feed of changes, a file) and pass on every change at once. Default: false.',
    ),
  hook: hookOfConnection.optional().describe('How others tell `rollcall serve` of changes there, by a POST to `/hooks/NAME`.'),
  window: z
    .union([span, z.array(span).min(1).max(20)])
    .optional()
    .describe(
      'When it may be written to, one or several: `Mon-Fri 20:00-06:00 Europe/Berlin`; without days every day, without a zone in that of the file. Changes wait until then. Default: always.',
    ),
  blackout: z.array(blackout).max(100).optional().describe('Days on which it is not written to, whatever `window` says.'),
  pace: z
    .strictObject({
      perSecond: z.number().min(0.1).max(100_000).optional().describe('Changes sent in a second, on average.'),
      perHour: z.int().min(1).optional().describe('Changes sent in an hour of the clock, counted over restarts.'),
      perDay: z.int().min(1).optional().describe('Changes sent in a day, in the zone of the file.'),
      atOnce: z
        .int()
        .min(1)
        .optional()
        .describe('Changes that it has to work on at a time. Default: as many as its connector sends.'),
    })
    .optional()
    .describe(
      'How much it takes in a time. Where a quota has no room for all that waits, accounts are disabled and deleted before anything else. Default: no limit.',
    ),
  leavers: z
    .enum(['now', 'wait'])
    .optional()
    .describe('Whether accounts are disabled at once outside of `window` and in a `blackout`, or wait as well. Default: now.'),
  fullReadEvery: duration
    .optional()
    .describe(
      'When the last full read is older, a cycle reads everything again by itself, and until then no delete counts on it. Default: 7d.',
    ),
};

export const connection: z.ZodType = z.looseObject(connectionKeys);

/** Top-level keys. */
export const fileKeys: Readonly<Record<string, z.ZodType>> = {
  version: z.literal(1).optional().describe('Version of this format.'),
  store: z
    .string()
    .regex(/^(?:sqlite:.+|postgres(?:ql)?:\/\/.+|\$\{(?:env|file):[^}]+\})$/, 'must be sqlite:FILE or postgres://…')
    .optional()
    .describe(
      'Where Rollcall keeps what it knows: `sqlite:FILE` or `postgres://…`. Default: sqlite:rollcall.db beside this file.',
    ),
  zone: zone.optional().describe('Time zone of dates without a time. Default: UTC.'),
  attributes: z
    .record(
      kindName,
      z.record(
        z.string().regex(NAME, 'must be an attribute name: a small letter, then letters and digits, such as hireDate'),
        attribute,
      ),
    )
    .optional()
    .describe('Kind → attribute → type: additions to the built-in attributes, and changes of them.'),
  precedence: z
    .record(kindName, z.record(attributeName, z.array(z.string()).min(1).max(1_000)))
    .optional()
    .describe('Kind → attribute → connections, the first wins. Default: the order of connections in this file.'),
  life: z.record(kindName, life).optional().describe('Kind → when somebody starts, leaves and is gone.'),
  connections: z
    .record(connectionName, connection)
    .describe('Name → connected system. Their order decides which wins, unless `precedence` says otherwise.'),
  gates: gates
    .optional()
    .describe(
      'How much may change at once, per connection: `{percent, count}`, whichever is smaller, never under 5 objects. More than that is held for approval. Default: 5 % or 500 for disable, delete and unlink, else 20 % or 5000.',
    ),
  hooks: z.array(hook).max(100).optional().describe('Commands and webhooks between the phases of a cycle.'),
  profiles: z
    .record(profileName, z.array(z.enum(PROFILES)).min(1).max(20))
    .optional()
    .describe(`Name → profiles that \`rollcall run --profile NAME\` does one after the other: ${PROFILES.join(', ')}.`),
  schedule: z
    .record(z.string(), z.union([cron, schedule]))
    .optional()
    .describe(
      'Connection name, or `*` for all → when a cycle is to start: minute, hour, day of month, month, day of week; or a map with these keys. `rollcall serve` keeps it.',
    ),
  retention: kept
    .optional()
    .describe('How long runs, changes and history are kept; `rollcall serve` removes what is older every night. Default: 400d.'),
  audit: z
    .strictObject({
      retention: kept
        .optional()
        .describe('How long events are kept; `rollcall serve` removes what is older every night. Default: for good.'),
    })
    .optional()
    .describe('The log of who did what.'),
  limits: z
    .strictObject({ maxObjectSize: size.optional().describe('Larger objects are skipped and reported. Default: 16MB.') })
    .optional()
    .describe('Guards against hostile or broken input.'),
  log: log.optional().describe('What `rollcall serve` writes about what it does.'),
  server: server.optional().describe('The port of `rollcall serve`: how much it takes, and whether it speaks TLS.'),
  telemetry: telemetry.optional().describe('What `rollcall serve` shows to those who watch elsewhere.'),
  notify: notify
    .optional()
    .describe('Name → receiver: whom `rollcall serve` tells when a run fails, a gate stops or a queue grows old.'),
  scim: scim
    .optional()
    .describe(
      'Name → what applications read at the base URL `/scim/v2/NAME` of `rollcall serve`: people and groups as they are agreed.',
    ),
  access: access.optional().describe('Who may come in to `rollcall serve`: sign-in, sessions, who sees which attribute.'),
};

export const file: z.ZodType = z.strictObject(fileKeys);
