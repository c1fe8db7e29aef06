/** An operation's zod shapes as JSON Schema, and texts of an address as the values that its input has. */
import { z } from 'zod';
import { RollcallError } from '#core/errors';
import { nearest } from '#core/text';

export interface JsonSchema {
  readonly type?: string;
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly description?: string;
  readonly [other: string]: unknown;
}

/** JSON Schema 2020-12, as OpenAPI 3.1 has it. What is taken in has no names but those that it says. */
export function jsonSchema(shape: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, {
    io,
    unrepresentable: 'any',
    override({ jsonSchema: one }) {
      if (io === 'input' && one.properties !== undefined) one.additionalProperties ??= false;
    },
  });
  return schema as JsonSchema;
}

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is no number where one is wanted stays a text: the operation's own check says what is wrong with it. */
export function fromTexts(texts: Query, schema: JsonSchema): { [name: string]: unknown } {
  const out: { [name: string]: unknown } = Object.create(null);
  for (const [name, text] of Object.entries(texts)) {
    if (text === undefined) continue;
    const wanted = schema.properties?.[name];
    out[name] =
      wanted?.type === 'array' ? [text].flat().map((one) => fromText(one, wanted.items)) : fromText(once(name, text), wanted);
  }
  return out;
}

function once(name: string, text: string | readonly string[]): string {
  const [only, ...more] = [text].flat();
  if (only !== undefined && more.length === 0) return only;
  throw new RollcallError('invalidValue', `'${name.slice(0, 100)}' is said ${text.length} times; nothing was done`, {
    remedy: 'say it once',
  });
}

/** No store keeps such a text. @throws invalidValue */
export function refuseUnkeepable(value: unknown): void {
  if (typeof value === 'object' && value !== null) for (const one of Object.entries(value).flat()) refuseUnkeepable(one);
  else if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed()))
    throw new RollcallError('invalidValue', 'a text holds U+0000 or half a surrogate pair; nothing was done');
}

function fromText(text: string, wanted: JsonSchema | undefined): unknown {
  if (text.includes('\0')) throw new RollcallError('invalidValue', 'an address with U+0000 in it names nothing');
  if ((wanted?.type === 'integer' || wanted?.type === 'number') && /^-?\d{1,300}(?:\.\d{1,10})?$/.test(text)) return Number(text);
  if (wanted?.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** Of a request whose address has none, or where all is said in the body. */
export const NO_QUERY: JsonSchema = { properties: {}, additionalProperties: false };

/** By whoever lets them in: who asks is known by the token. */
const FILLED_IN: ReadonlySet<string> = new Set(['by', 'who']);

/** What a request says besides its path, in its body or its query. */
export function saidBeside(named: readonly string[], { properties = {}, required = [] }: JsonSchema): JsonSchema {
  const isSaid = (name: string): boolean => !FILLED_IN.has(name) && !named.includes(name);
  return {
    type: 'object',
    properties: Object.fromEntries(Object.entries(properties).filter(([name]) => isSaid(name))),
    required: required.filter(isSaid),
    additionalProperties: false,
  };
}

/** A name that is misspelt would ask for something else than was meant, or for more, however deep it stands. @throws invalidValue */
export function refuseUnknown(given: unknown, schema: JsonSchema | undefined): void {
  if (schema === undefined || typeof given !== 'object' || given === null) return;
  const choices = ((schema['anyOf'] ?? []) as readonly JsonSchema[]).filter(({ type }) => type !== 'null');
  if (choices.length === 1) refuseUnknown(given, choices[0]);
  if (Array.isArray(given)) {
    for (const one of given) refuseUnknown(one, schema.items);
    return;
  }
  const { properties, additionalProperties } = schema;
  if (properties === undefined || additionalProperties !== false) return;
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(properties, name)) throw unknownName(name, Object.keys(properties));
    refuseUnknown(value, properties[name]);
  }
}

function unknownName(name: string, known: readonly string[]): RollcallError {
  const near = nearest(name, known);
  const there = known.length === 0 ? 'It takes nothing.' : `There are ${known.join(', ')}.`;
  return new RollcallError('invalidValue', `there is no '${name.slice(0, 100)}' here; nothing was done`, {
    remedy: near === null ? there : `Did you mean '${near}'?`,
  });
}
