/** One line of JSON as an object. Every function throws RollcallError `invalidValue` that names file and line. */
import type { ReadObject } from '#connectors/contract';
import { RollcallError, toFault } from '#core/errors';
import type { Kind } from '#core/values';
import type { Row } from '../files/row.ts';
import type { JsonlConfig } from './config.ts';
import { flatten, type Json, parseExact } from './values.ts';

export type JsonObject = { [name: string]: Json };

/** `suspect`: look for bytes that are no text. */
export function parseLine(text: string, line: number, suspect: boolean, file: string): JsonObject {
  if (suspect && !text.isWellFormed()) {
    throw lineFault('the line holds bytes that are no UTF-8', line, file, 'JSON Lines is UTF-8: have the file written so');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, which may hold what nobody may see.
    throw lineFault('the line is no JSON', line, file, 'write one complete JSON object on each line');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw lineFault('the line is JSON but no object', line, file, 'write one JSON object on each line');
}

/** A line of a file of objects. */
export function objectOf(text: string, line: number, suspect: boolean, file: string, config: JsonlConfig): ReadObject {
  const attributes = attributesOf(parseLine(text, line, suspect, file), line, file, () => parseExact(text));
  const { kind, anchor } = keyOf(attributes, line, file, config);
  // The kind is said beside the attributes already.
  if (config.kindField !== undefined) delete attributes[config.kindField];
  return { kind, anchor, attributes, line };
}

/** `exact` gives the object again with all its digits, where a number lost some. */
export function attributesOf(object: JsonObject, line: number, file: string, exact: () => unknown): Row {
  try {
    return flatten(object, exact);
  } catch (error) {
    const { kind, message, remedy } = toFault(error);
    if (kind !== 'invalidValue') throw error;
    throw lineFault(message, line, file, remedy ?? 'change the object in the source');
  }
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
