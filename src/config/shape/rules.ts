/**
 * How rules are written. Only what they look like: what expressions mean, and whether attributes fit together, is
 * checked when rules/compile makes functions of them.
 */
import { z } from 'zod';
import { VIEWERS } from '#core/roles';
import { duration, size } from '../quantity.ts';

/** A name that rules, tables and commands can hold without quoting. */
export const NAME: RegExp = /^[a-z][a-zA-Z0-9]*$/;

const expression = z.string().min(1).max(10_000);
const attributeName = z.string().min(1).max(255);
const map = <T extends z.ZodType>(keys: string, value: T): z.ZodRecord<z.ZodString, T> =>
  z.record(z.string().min(1, `must name ${keys}`).max(255, `must name ${keys}; this is too long`), value);

const referenceKeys = {
  connection: z.string().optional().describe('Connection in whose terms the key is; default: this one.'),
  by: z
    .string()
    .optional()
    .describe('What the key is: `anchor` (default), `name` (a DN), an attribute such as `mail`, or the `id` that it has here.'),
  kind: z
    .string()
    .regex(NAME)
    .optional()
    .describe('Kind of the object referred to; default: what the attribute says, else the same kind.'),
};

export const protectedAccounts: z.ZodType = z.union([expression, z.array(attributeName).min(1).max(10_000)]);

const ownFunction = {
  function: z
    .string()
    .optional()
    .describe('Instead of `value`: a function of your own, `./rules.ts#name`. It gets the attributes under `reads` and `now`.'),
  reads: z
    .union([attributeName, z.array(attributeName).min(1).max(100)])
    .optional()
    .describe('With `function`: the attributes it sees.'),
};

const matching = z.enum(['exact', 'caseIgnore', 'dn', 'telephone', 'instant', 'boolean', 'integer']);

const importFlow = z.union([
  expression,
  z.strictObject({
    value: expression.optional().describe('Source attribute, or a `${ … }` expression over `row`.'),
    reference: expression.optional().describe('Source attribute, or a `${ … }` expression, holding the key of another object.'),
    ...ownFunction,
    ...referenceKeys,
    empty: z
      .enum(['clears', 'falls'])
      .optional()
      .describe('What an empty value means: `falls` (default) lets the next connection decide, `clears` empties the attribute.'),
  }),
]);

export const importRule: z.ZodType = z.strictObject({
  from: z.string().optional().describe('Kind of object in the source, where it has several; default: the same name.'),
  filter: expression.optional().describe('Only rows for which this holds are taken, such as `row.status != "contractor"`.'),
  join: z
    .union([attributeName, z.array(attributeName).min(1).max(20)])
    .optional()
    .describe('Attributes that find the object an existing row belongs to, tried in this order.'),
  project: z.boolean().optional().describe('Whether a row that joins nothing makes a new object. Default: false.'),
  many: z.boolean().optional().describe('Whether several rows may belong to one object. Default: false; the second is parked.'),
  primary: z
    .union([expression, z.array(expression).min(1).max(10)])
    .optional()
    .describe('With `many`: what sorts the rows, the primary first: `row.main`, `latest start`; the anchor decides ties.'),
  aggregates: map('an attribute', z.enum(['any', 'all', 'min', 'max', 'union']))
    .optional()
    .describe('With `many`: attributes computed over all rows instead of taken from the primary.'),
  attributes: map('an attribute', importFlow)
    .optional()
    .describe(
      'Attribute ← where its value comes from: a source attribute (`employee_id`), an expression (`${row.first + " " + row.last}`), or a map with the keys below.',
    ),
  protect: protectedAccounts
    .optional()
    .describe('Accounts that are read and never written: an expression over `row`, or a list of anchors and names.'),
});

const delivery = z.union([
  z.literal('none'),
  z.strictObject({
    file: z.string().min(1).optional().describe('A folder: one file per account, which only its owner may read.'),
    command: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('A program and its arguments; the value comes on its standard input, as JSON.'),
    timeoutSeconds: z.int().min(1).optional().describe('How long the program may take. Default: 30.'),
  }),
]);

const exportFlow = z.union([
  expression,
  z.strictObject({
    generate: z
      .strictObject({
        length: z.int().min(1).optional().describe('Characters, 8 to 72. Default: 20.'),
        classes: z
          .array(z.string())
          .min(1)
          .optional()
          .describe('Of each at least one: `lower`, `upper`, `digit`, `symbol`. Default: all.'),
        unambiguous: z
          .boolean()
          .optional()
          .describe('Without characters taken for one another, such as 0 and O. Default: false.'),
      })
      .describe('An initial password: made for a new account when it is sent, and never kept.'),
    deliver: delivery.describe('Who is told it besides the target: a folder, a program, or `none`.'),
  }),
  z.strictObject({
    value: expression.optional().describe('Attribute, or a `${ … }` expression over the object.'),
    ...ownFunction,
    photo: z
      .string()
      .optional()
      .describe('Attribute with a photo, which is written as the target takes it: `max`, `maxBytes`, `format`.'),
    max: z
      .union([
        z.string().regex(/^[1-9]\d{0,4}x[1-9]\d{0,4}$/, 'must be the most pixels, such as 96x96'),
        z.int().min(1).max(99_999),
      ])
      .optional()
      .describe('Photos: the most pixels, such as `96x96`; proportions are kept. Default: as large as it is.'),
    maxBytes: size.optional().describe('Photos: the most bytes. Default: what the target says that it takes, else 100KB.'),
    format: z.enum(['jpeg', 'png']).optional().describe('Photos: what the target takes. Default: jpeg.'),
    strength: z
      .enum(['always', 'ifEmpty', 'onCreate', 'observe'])
      .optional()
      .describe('`always` (default) repairs drift; `ifEmpty` fills only; `onCreate` writes once; `observe` only compares.'),
    values: z
      .enum(['all', 'ours'])
      .optional()
      .describe('Lists: `all` values are decided here, or only `ours`, those Rollcall added.'),
    by: z.string().optional().describe('References: what the target wants: the `anchor` of the account, or its `name` (a DN).'),
    type: z
      .enum(['string', 'integer', 'decimal', 'boolean', 'date', 'instant', 'binary', 'reference'])
      .optional()
      .describe("Type in the target; default: the attribute's own."),
    multi: z.boolean().optional().describe('Whether the target keeps a list.'),
    matching: matching.optional().describe('When two values count as the same in the target; default by type.'),
    maxLength: z.int().min(1).optional().describe('Longest value the target takes, in characters.'),
  }),
]);

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const exportRule: z.ZodType = z.strictObject({
  to: z.string().optional().describe('Kind of object in the target; default: the same name.'),
  when: expression.optional().describe('Who belongs there, such as `person.active`. Default: everybody active.'),
  provision: z.boolean().optional().describe('Whether missing accounts are created. Default: false.'),
  anchor: expression.optional().describe("New account's anchor, where the caller chooses it."),
  name: expression.optional().describe('Name (DN, path) of the account.'),
  dn: expression.optional().describe('The same as `name`, for directories.'),
  move: z.boolean().optional().describe('Whether a changed parent moves the account. Default: false.'),
  enabled: z
    .strictObject({
      attribute: attributeName.describe('Attribute in the target.'),
      on: scalar.describe('Its value while enabled.'),
      off: scalar.describe('Its value while disabled.'),
    })
    .optional()
    .describe('How an account is enabled and disabled there.'),
  attributes: map('an attribute of the target', exportFlow)
    .optional()
    .describe(
      'Attribute of the target ← where its value comes from: an attribute (`mail`), an expression (`${person.mail.lower()}`), or a map with the keys below.',
    ),
});

const unique = z.strictObject({
  candidates: z
    .union([expression, z.array(expression).min(1).max(20)])
    .describe('Expressions tried in order; the last may use `n`, which counts from 2.'),
  maxLength: z.int().min(1).max(10_000).optional().describe('Longest value; the base is cut, never the counter.'),
  uniqueIn: z
    .array(z.string())
    .max(50)
    .optional()
    .describe('Attributes of targets whose values are taken too, such as `ad.sAMAccountName`.'),
  onRename: z.enum(['keep', 'regenerate']).optional().describe('Whether a new name makes a new value. Default: keep.'),
});

const valueType = z.enum(['string', 'integer', 'decimal', 'boolean', 'date', 'instant', 'binary', 'reference']);

const viewers = z.array(z.enum(VIEWERS)).max(VIEWERS.length);

export const attribute: z.ZodType = z.union([
  valueType,
  z.strictObject({
    type: valueType.optional().describe('Default: string, or what the built-in attribute of this name has.'),
    multi: z.boolean().optional().describe('Whether it holds a list. Default: false.'),
    matching: matching
      .optional()
      .describe('When two values count as the same; default by type, for text: case and spaces do not matter.'),
    maxLength: z.int().min(1).optional().describe('Longest value in characters (binary: bytes).'),
    strategy: z
      .enum(['ranked', 'merge', 'latest'])
      .optional()
      .describe(
        '`ranked` (default): the first connection that has a value wins; `merge`: all together; `latest`: the last edit.',
      ),
    once: z.boolean().optional().describe('Taken once, then kept whatever the sources say. Default: false.'),
    unique: unique.optional().describe('Made by Rollcall and unique over all objects of the kind.'),
    label: z.string().max(200).optional().describe('What people read.'),
    indexed: z
      .boolean()
      .optional()
      .describe('Whether objects are found by its words. Default: names, logins, mails and employee numbers are.'),
    pattern: z
      .string()
      .optional()
      .describe('What a text that is written by hand must match: a regular expression, such as `^[0-9]{4}$`.'),
    minLength: z.int().min(1).optional().describe('Shortest text that may be written by hand, in characters.'),
    min: scalar.optional().describe('Least number or earliest date that may be written by hand.'),
    max: scalar.optional().describe('Greatest number or latest date that may be written by hand.'),
    choices: z.array(scalar).min(1).max(1_000).optional().describe('The values that may be written by hand.'),
    see: viewers
      .optional()
      .describe(
        'Who sees it: a list of `administrator`, `operator`, `auditor`, `person` (whoever has an account here) and `self` (whom it is about). Default: all but `person`.',
      ),
    edit: viewers.optional().describe('Who edits it through the connection `people`: a list of the same. Default: nobody.'),
  }),
]);

export const life: z.ZodType = z.strictObject({
  starts: attributeName.optional().describe('Attribute with the first day.'),
  ends: attributeName.optional().describe('Attribute with the last day, inclusive.'),
  active: expression.optional().describe('An expression that says who is active, besides dates and presence.'),
  grace: duration.optional().describe('Time from leaving to gone. Default: 30d.'),
});
