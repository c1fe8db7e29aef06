/**
 * What a server says its entries may hold (RFC 4512 4.1, 4.2): the subschema's descriptions, taken apart, and as attribute types of ours.
 * Active Directory's aggregate schema is the same, with lengths in a list of its own (MS-ADTS 3.1.1.3.1.1.1).
 */
import type { AttributeType, Matching, ValueType } from '#core/values';
import { attributeHint, usualSpelling } from './schema.ts';

export interface AttributeDescription {
  readonly names: readonly string[];
  readonly syntax: string;
  /** Characters, or bytes, as the server suggests it: at least so many are taken (RFC 4512 4.1.2). 0: none is named. */
  readonly length: number;
  readonly single: boolean;
  readonly readOnly: boolean;
  readonly equality: string;
}

export type DirectorySchema = { readonly [attribute: string]: AttributeType & { readonly readOnly?: boolean } };

export interface SubschemaTexts {
  readonly attributeTypes: readonly string[];
  /** Of Active Directory: where the lengths are. */
  readonly extendedAttributeInfo?: readonly string[];
}

/** What stands behind a keyword: one word, one text, or a list in parentheses. */
type Fields = ReadonlyMap<string, readonly string[]>;

const TOKEN = /\(|\)|'((?:[^'\\]|\\.)*)'|[^\s()']+/g;
const FLAGS = new Set(['OBSOLETE', 'SINGLE-VALUE', 'COLLECTIVE', 'NO-USER-MODIFICATION', 'ABSTRACT', 'STRUCTURAL', 'AUXILIARY']);

/** `( 2.5.4.3 NAME ( 'cn' 'commonName' ) SUP name )` → keyword → words. The number stands under `OID`. */
export function readDescription(text: string): Fields {
  const fields = new Map<string, string[]>();
  let keyword = 'OID';
  let depth = 0;
  for (const [token, quoted] of text.matchAll(TOKEN)) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (
      quoted === undefined &&
      depth === 1 &&
      /^[A-Z][A-Z-]+[A-Z0-9-]*$/.test(token) &&
      !fields.get(keyword)?.includes(token)
    ) {
      keyword = token;
      fields.set(token, fields.get(token) ?? []);
      if (FLAGS.has(token)) keyword = '';
    } else if (token !== '$') fields.set(keyword, [...(fields.get(keyword) ?? []), quoted ?? token]);
  }
  return fields;
}

/** Attribute types by each of their names, lower case, with what they take over from the one above (SUP). */
export function readAttributeTypes(texts: readonly string[]): ReadonlyMap<string, AttributeDescription> {
  const raw = new Map<string, Fields>();
  for (const text of texts) {
    const fields = readDescription(text);
    for (const name of [...(fields.get('NAME') ?? []), ...(fields.get('OID') ?? [])]) raw.set(name.toLowerCase(), fields);
  }
  const out = new Map<string, AttributeDescription>();
  for (const fields of new Set(raw.values())) {
    const description = described(fields, raw);
    for (const name of description.names) out.set(name.toLowerCase(), description);
  }
  return out;
}

/** Longer chains are no server's, and a circle has no end. */
const LONGEST_CHAIN = 20;

function described(fields: Fields, all: ReadonlyMap<string, Fields>): AttributeDescription {
  const inherited = (keyword: string): string => {
    let each: Fields | undefined = fields;
    for (let step = 0; each !== undefined && step < LONGEST_CHAIN; step++) {
      const [value] = each.get(keyword) ?? [];
      if (value !== undefined) return value;
      each = all.get((each.get('SUP')?.[0] ?? '').toLowerCase());
    }
    return '';
  };
  const [, syntax = '', length = '0'] = /^([\d.]+)(?:\{(\d+)\})?$/.exec(inherited('SYNTAX')) ?? [];
  const usage = fields.get('USAGE')?.[0] ?? 'userApplications';
  return {
    names: fields.get('NAME') ?? fields.get('OID') ?? [],
    syntax,
    length: Number(length),
    single: fields.has('SINGLE-VALUE'),
    readOnly: fields.has('NO-USER-MODIFICATION') || usage === 'dSAOperation' || usage === 'distributedOperation',
    equality: inherited('EQUALITY'),
  };
}

const SYNTAX = '1.3.6.1.4.1.1466.115.121.1.';
/** RFC 4517 3.3 and the syntaxes of Active Directory (1.2.840.113556.1.4.…) that are other than text. */
const TYPES: ReadonlyMap<string, ValueType> = new Map([
  ...[4, 5, 8, 9, 10, 23, 28, 40].map((number): [string, ValueType] => [`${SYNTAX}${number}`, 'binary']),
  [`${SYNTAX}7`, 'boolean'],
  [`${SYNTAX}12`, 'reference'],
  [`${SYNTAX}24`, 'instant'],
  [`${SYNTAX}53`, 'instant'],
  [`${SYNTAX}27`, 'integer'],
  ['1.2.840.113556.1.4.907', 'binary'],
]);

/** Bytes that are shown as the text people know them by (entry.ts). */
const isId = (name: string): boolean => name === 'objectGUID' || name === 'objectSid';

const EXACT = /^(?:caseExact|octetString|bitString|uuid)/i;

function typeOf({ syntax, single, equality, length, readOnly }: AttributeDescription, name: string): DirectorySchema[string] {
  const hint = attributeHint(name);
  const known = usualSpelling(name) !== undefined;
  const type = isId(name) ? 'string' : known ? hint.type : (TYPES.get(syntax) ?? 'string');
  return {
    type,
    multi: !single,
    matching: known ? hint.matching : matchingOf(type, equality),
    ...(length > 0 ? { maxLength: length } : {}),
    ...(readOnly || hint.readOnly === true ? { readOnly: true } : {}),
  };
}

function matchingOf(type: ValueType, equality: string): Matching {
  if (type === 'reference') return 'dn';
  if (type === 'instant' || type === 'boolean' || type === 'integer') return type;
  if (type === 'binary' || EXACT.test(equality)) return 'exact';
  return equality === 'telephoneNumberMatch' ? 'telephone' : 'caseIgnore';
}

/** Every attribute the server knows, in its usual spelling. */
export function schemaFrom({ attributeTypes, extendedAttributeInfo }: SubschemaTexts): DirectorySchema {
  const lengths = new Map(
    (extendedAttributeInfo ?? [])
      .map(readDescription)
      .map((fields) => [fields.get('NAME')?.[0] ?? '', fields.get('RANGE-UPPER')?.[0]]),
  );
  const out: { [attribute: string]: DirectorySchema[string] } = Object.create(null);
  for (const description of new Set(readAttributeTypes(attributeTypes).values())) {
    for (const spelled of description.names) {
      const name = usualSpelling(spelled) ?? spelled;
      const upper = Number(lengths.get(spelled) ?? 0);
      // What RFC 4512 lets a server suggest is a lower bound, no limit: only Active Directory's are.
      out[name] = typeOf({ ...description, length: Number.isSafeInteger(upper) ? upper : 0 }, name);
    }
  }
  return out;
}
