/** One line of JSON as an object. Every function throws RollcallError `invalidValue` that names file and line. */
import type { ReadObject } from '#connectors/contract';
import { RollcallError } from '#core/errors';
import { parseJson } from '#core/json';
import type { Kind } from '#core/values';
import type { Row } from '../files/row.ts';
import type { JsonlConfig } from './config.ts';
import { type Flat, flatten, type Json, parseExact } from './values.ts';

export type JsonObject = { [name: string]: Json };

/** A line as JSON. `suspect`: it may hold bytes that are no text, which are refused where they stand. */
export function parseLine(text: string, line: number, suspect: boolean, file: string): JsonObject {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    if (suspect && !text.isWellFormed())
      throw lineFault('the line is no JSON, and holds bytes that are no UTF-8', line, file, UTF8_REMEDY);
    // The parser's own message quotes the text, which may hold what nobody may see.
    throw lineFault('the line is no JSON', line, file, 'write one complete JSON object on each line');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw lineFault('the line is JSON but no object', line, file, 'write one JSON object on each line');
}

/** A line of a file of objects. */
export function objectOf(text: string, line: number, suspect: boolean, file: string, config: JsonlConfig): ReadObject {
  const broken = suspect && !text.isWellFormed();
  const { row: attributes, refused } = attributesOf(parseLine(text, line, suspect, file), broken, () =>
    exactly(text, line, file),
  );
  const bad = refused.find(({ where }) => where.attribute === config.anchor || where.attribute === config.kindField);
  if (bad !== undefined) {
    const { message, remedy } = bad;
    throw lineFault(`"${bad.where.attribute}": ${message}`, line, file, remedy ?? 'change the object in the source');
  }
  const { kind, anchor } = keyOf(attributes, line, file, config);
  // The kind is said beside the attributes already.
  if (config.kindField !== undefined) delete attributes[config.kindField];
  return { kind, anchor, attributes, line, ...(refused.length === 0 ? {} : { refused }) };
}

/** The line again with all digits of its numbers. */
export function exactly(text: string, line: number, file: string): unknown {
  try {
    return parseExact(text);
  } catch (error) {
    // Reading digits, unlike reading JSON, goes as deep on the stack as the line is nested.
    if (!(error instanceof RangeError)) throw error;
    throw lineFault('the line is nested too deep for the digits of its numbers', line, file, 'export fewer levels');
  }
}

/** `broken`: it holds bytes that are no text. `exact` gives the object again with all its digits, where a number lost some. */
export function attributesOf(object: JsonObject, broken: boolean, exact: () => unknown): Flat {
  const flat = flatten(object, exact);
  return broken ? withoutBroken(flat) : flat;
}

const UTF8_REMEDY = 'JSON Lines is UTF-8: have the file written so';

function withoutBroken({ row, refused }: Flat): Flat {
  const all = [...refused];
  for (const name of Object.keys(row)) {
    const value = row[name]!;
    const texts = [name, ...(Array.isArray(value) ? value : [value])];
    if (texts.every((text) => typeof text !== 'string' || text.isWellFormed())) continue;
    delete row[name];
    const where = { attribute: name.toWellFormed() };
    all.push({ kind: 'invalidValue', message: 'it holds bytes that are no UTF-8', where, remedy: UTF8_REMEDY });
  }
  return { row, refused: all };
}

function keyOf(
  attributes: Row,
  line: number,
  file: string,
  config: JsonlConfig,
): { readonly kind: Kind; readonly anchor: string } {
  const fault = (message: string): RollcallError =>
    lineFault(message, line, file, 'give every object its anchor and kind in the source');
  const anchor = attributes[config.anchor];
  if (anchor === '') throw fault(`the anchor "${config.anchor}" is empty`);
  if (typeof anchor !== 'string' && typeof anchor !== 'number')
    throw fault(`the anchor "${config.anchor}" is missing or no text`);
  const kind = config.kindField === undefined ? config.kind : (attributes[config.kindField] ?? config.kind);
  if (typeof kind !== 'string' || kind === '') throw fault(`the kind "${config.kindField}" is no text`);
  return { kind, anchor: String(anchor) };
}

export function lineFault(message: string, line: number, file: string, remedy: string, object?: string): RollcallError {
  const where = { file, line, ...(object === undefined ? {} : { object }) };
  return new RollcallError('invalidValue', `line ${line}: ${message}`, { where, remedy });
}
