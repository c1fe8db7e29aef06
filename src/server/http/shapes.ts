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

/** JSON Schema 2020-12, as OpenAPI 3.1 has it. */
export function jsonSchema(shape: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, { io, unrepresentable: 'any' });
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
      wanted?.type === 'array'
        ? [text].flat().map((one) => fromText(one, wanted.items))
        : fromText(Array.isArray(text) ? text.at(-1)! : (text as string), wanted);
  }
  return out;
}

/** No store keeps such a text. @throws invalidValue */
export function refuseUnkeepable(value: unknown): void {
  if (typeof value === 'object' && value !== null) for (const one of Object.entries(value).flat()) refuseUnkeepable(one);
  else if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed()))
    throw new RollcallError('invalidValue', 'a text holds U+0000 or half a surrogate pair; nothing was done');
}

function fromText(text: string, wanted: JsonSchema | undefined): unknown {
  if (text.includes('\0')) throw new RollcallError('invalidValue', 'an address with U+0000 in it names nothing');
  if ((wanted?.type === 'integer' || wanted?.type === 'number') && /^-?\d{1,15}(?:\.\d{1,10})?$/.test(text)) return Number(text);
  if (wanted?.type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** A name that is misspelt would ask for something else than was meant, or for more. @throws invalidValue */
export function refuseUnknown(given: object, { properties, additionalProperties = false }: JsonSchema): void {
  if (properties === undefined || additionalProperties !== false) return;
  // Who asks is known by other means.
  const known = Object.keys(properties).filter((name) => name !== 'by' && name !== 'who');
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(properties, name)) continue;
    const near = nearest(name, known);
    const there = known.length === 0 ? 'It takes nothing.' : `There are ${known.join(', ')}.`;
    throw new RollcallError('invalidValue', `there is no '${name.slice(0, 100)}' here; nothing was done`, {
      remedy: near === null ? there : `Did you mean '${near}'?`,
    });
  }
}
