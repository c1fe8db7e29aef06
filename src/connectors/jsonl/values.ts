/**
 * JSON values as attributes and back. An object in an object becomes dotted names (`name.given`), a dot or a backslash in a
 * name is escaped by a backslash, a list of plain values is a set, and anything deeper in a list is canonical JSON text.
 * Whole numbers beyond 2^53 travel as their digits; `__proto__` and `constructor` are names like any other.
 */
import type { RawValue } from '#connectors/contract';
import { canonicalJson } from '#core/canonical';
import { type Fault, RollcallError } from '#core/errors';
import { parseJson } from '#core/json';
import type { Scalar } from '#core/values';
import { newRow, type Row } from '../files/row.ts';

const MAX_DEPTH = 64;
/** Characters of a name with those of the objects around it: a long one would be repeated in each name below it. */
const LONGEST_NAME = 1024;

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** A number as it was written, which JSON.stringify writes so again. */
interface RawNumber {
  readonly rawJSON: string;
}
declare const JSON_WITH_SOURCE: {
  parse(text: string, reviver: (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): RawNumber;
};
// In Node since 21, in TypeScript's library not yet.
const exactJson = JSON as unknown as typeof JSON_WITH_SOURCE;

/** Attributes of an object, and why others are not among them: `where.attribute` names each. */
export interface Flat {
  readonly row: Row;
  readonly refused: readonly Fault[];
}

const NO_FAULTS: readonly Fault[] = [];

/** A parsed object; `exact` makes it again where a number lost digits. What is nested too deep is refused. */
export function flatten(object: { [name: string]: Json }, exact: () => unknown): Flat {
  const row = newRow();
  const refused: Fault[] = [];
  if (flattenInto(row, refused, '', object, 0)) return { row, refused: refused.length === 0 ? NO_FAULTS : refused };
  const again: { row: Row; refused: Fault[] } = { row: newRow(), refused: [] };
  flattenInto(again.row, again.refused, '', exact() as { [name: string]: Json }, 0);
  return again;
}

/** Answers false at the first number that lost digits. */
function flattenInto(row: Row, refused: Fault[], prefix: string, object: { [name: string]: Json }, depth: number): boolean {
  if (depth > MAX_DEPTH) {
    refused.push(tooDeep(prefix.slice(0, -1)));
    return true;
  }
  for (const key of Object.keys(object)) {
    const value = object[key]!;
    if (prefix.length + key.length > LONGEST_NAME) {
      // One tells of all: there may be as many as fit into a line.
      if (refused.at(-1)?.message !== NAME_TOO_LONG) refused.push(nameTooLong(prefix + key));
      continue;
    }
    const name = prefix + (key.includes('.') || key.includes('\\') ? key.replace(/[.\\]/g, '\\$&') : key);
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) row[name] = value;
    else if (typeof value === 'number') {
      if (!isExact(value)) return false;
      row[name] = value;
    } else if (Array.isArray(value)) {
      let list: Scalar[] | undefined;
      try {
        list = listOf(value);
      } catch (error) {
        if (!(error instanceof RollcallError)) throw error;
        refused.push(tooDeep(name));
        continue;
      }
      if (list === undefined) return false;
      row[name] = list.length === 0 ? null : list;
    } else if (isRaw(value)) row[name] = value.rawJSON;
    else if (!flattenInto(row, refused, `${name}.`, value, depth + 1)) return false;
  }
  return true;
}

function listOf(values: readonly Json[]): Scalar[] | undefined {
  const list: Scalar[] = [];
  for (const value of values) {
    if (value === null) continue;
    if (typeof value === 'number' && !isExact(value)) return undefined;
    if (typeof value !== 'object') list.push(value);
    else if (isRaw(value)) list.push(value.rawJSON);
    else list.push(canonicalJson(value));
  }
  return list;
}

function isExact(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

function isRaw(value: object): value is RawNumber {
  // rawJSON objects are frozen and have no prototype; nothing that JSON.parse makes of text is frozen.
  return Object.isFrozen(value) && Object.getPrototypeOf(value) === null;
}

function tooDeep(attribute: string): Fault {
  const message = `it is nested deeper than ${MAX_DEPTH} levels`;
  return { kind: 'invalidValue', message, where: { attribute }, remedy: 'export fewer levels' };
}

const NAME_TOO_LONG = `its name is longer than ${LONGEST_NAME} characters`;

function nameTooLong(name: string): Fault {
  const where = { attribute: name.slice(0, LONGEST_NAME).toWellFormed() };
  return { kind: 'invalidValue', message: NAME_TOO_LONG, where, remedy: 'export shorter names, or fewer levels' };
}

/** The parsed text with numbers that JavaScript cannot hold kept as they are written. */
export function parseExact(text: string): unknown {
  return parseJson(text, (plain) =>
    exactJson.parse(plain, (_key, value, { source }) =>
      typeof value === 'number' && !isExact(value) && source !== undefined ? exactJson.rawJSON(source) : value,
    ),
  );
}

/** `a.b\.c` → `a`, `b.c`. */
function pathOf(attribute: string): string[] {
  return (attribute.match(/(?:[^.\\]|\\[\s\S])+/g) ?? [attribute]).map((part) => part.replace(/\\([\s\S])/g, '$1'));
}

/** Puts an attribute into an object, objects on the way made as needed; empty values take it out, unless they are to be `kept`. */
export function setPath(object: object, attribute: string, value: RawValue | undefined, kept = false): void {
  const isEmpty = !kept && (value === null || value === undefined || (Array.isArray(value) && value.length === 0));
  const path = pathOf(attribute);
  const last = path.pop()!;
  let at = object as { [name: string]: unknown };
  for (const part of path) {
    let next = Object.hasOwn(at, part) ? at[part] : undefined;
    if (typeof next !== 'object' || next === null || Array.isArray(next)) {
      if (isEmpty) return;
      next = {};
      define(at, part, next);
    }
    at = next as { [name: string]: unknown };
  }
  if (isEmpty) delete at[last];
  else define(at, last, value);
}

/** Plain assignment would call the setter behind `__proto__`. */
function define(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
