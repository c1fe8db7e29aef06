/** What a CSV connection may be told. */
import { z } from 'zod';
import type { Kind, ValueType } from '#core/values';
import { isEncoding } from '../files/decode.ts';

export interface CsvConfig {
  readonly path: string;
  readonly anchor: string | readonly string[];
  readonly delimiter?: string | undefined;
  readonly quote: string;
  readonly header: boolean;
  readonly columns: { readonly [header: string]: string | null } | readonly string[];
  readonly encoding?: string | undefined;
  readonly kind: Kind;
  readonly kindColumn?: string | undefined;
  readonly multi: { readonly [attribute: string]: string };
  readonly types: { readonly [attribute: string]: Exclude<ValueType, 'binary'> };
  readonly empty?: 'absent' | 'empty' | undefined;
  /** Of `empty` when it is not given: attributes whose empty field says that there is no value. */
  readonly clears?: readonly string[];
  readonly escapeFormulas: boolean;
}

const name = z.string().min(1).max(256);
/** One code unit, so that the parser compares one number a character. */
const character = z.string().regex(/^[^\r\n\ud800-\udfff]$/u, 'must be one character');
const TYPES = ['string', 'integer', 'decimal', 'boolean', 'date', 'instant', 'reference'] as const;

export const csvConfig: z.ZodType<CsvConfig> = z
  .strictObject({
    path: z.string().min(1).describe('The file; a relative path starts from the folder of rollcall.yaml'),
    anchor: z
      .union([name, z.array(name).min(1).max(8)])
      .describe('The attribute that identifies a row and never changes, or several that do so together'),
    delimiter: character.optional().describe('Character between fields; found out from the first line when not given'),
    quote: z
      .union([character, z.literal('none')])
      .default('"')
      .describe('Character around fields that hold delimiters or newlines; "none" where the file has no such thing'),
    header: z.boolean().default(true).describe('Whether the first line names the columns'),
    columns: z
      .union([z.record(z.string(), name.nullable()), z.array(name).min(1)])
      .default({})
      .describe('Header of a column: its attribute, or null to leave it out; without a header line, the attributes in order'),
    encoding: z
      .string()
      .refine(isEncoding, 'is no known text encoding, such as utf-8, utf-16le or windows-1252')
      .optional()
      .describe('How the file is written; utf-8 when not given and no byte order mark says otherwise'),
    kind: name.default('person').describe('What the rows are'),
    kindColumn: name.optional().describe('Attribute that says of each row what it is, instead of `kind`'),
    multi: z
      .record(name, z.string().min(1).max(8))
      .default({})
      .describe('Attributes with several values in one field: the text between two values'),
    types: z.record(name, z.enum(TYPES)).default({}).describe('Attributes that are not plain text'),
    empty: z
      .enum(['absent', 'empty'])
      .optional()
      .describe(
        'What an empty field says: nothing at all, or that there is no value; when not given, only what a rule with `empty: clears` reads says that there is none',
      ),
    escapeFormulas: z
      .boolean()
      .default(false)
      .describe('Writes values that a spreadsheet would run as a formula with an apostrophe before them'),
  })
  .superRefine((config, context) => {
    const fault = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (config.delimiter !== undefined && config.delimiter === config.quote) fault('quote', 'must differ from the delimiter');
    const list = Array.isArray(config.columns);
    if (config.header && list) fault('columns', 'must map header to attribute; a list is for files with `header: false`');
    if (!config.header && !list) fault('columns', 'must list the attributes in order, since `header` is false');
    const attributes = Object.values(config.columns).filter((attribute) => attribute !== null);
    const twice = attributes.find((attribute, i) => attributes.indexOf(attribute) !== i);
    if (twice !== undefined) fault('columns', `names the attribute "${twice}" twice`);
    const anchors = anchorsOf(config);
    for (const anchor of anchors) {
      if (list && !attributes.includes(anchor)) fault('anchor', `"${anchor}" is not among the columns`);
      if (config.multi[anchor] !== undefined) fault('multi', `"${anchor}" is the anchor and has one value`);
      const mapped = !list && (config.columns as { [header: string]: string | null })[anchor];
      if (mapped && mapped !== anchor && !attributes.includes(anchor)) {
        fault('anchor', `must be the attribute "${mapped}", since that is what the column "${anchor}" is mapped to`);
      }
    }
    if (new Set(anchors).size < anchors.length) fault('anchor', 'names an attribute twice');
    if (config.kindColumn !== undefined && anchors.includes(config.kindColumn)) fault('kindColumn', 'cannot be the anchor too');
  });

export function anchorsOf(config: { readonly anchor: string | readonly string[] }): readonly string[] {
  return typeof config.anchor === 'string' ? [config.anchor] : config.anchor;
}
