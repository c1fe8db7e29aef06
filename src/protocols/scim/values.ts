/**
 * Values as clients write them, made into what their attribute's type says. `null`, an empty list and, where the tolerant reading is
 * asked for, the empty text are "unassigned" (RFC 7643 2.5), which here is undefined.
 *
 * The tolerant reading takes what identity providers send: booleans and numbers as text, one value for a list and a list of one for a
 * value, `{"value": …}` for a value and a value for `{"value": …}`. The strict one refuses all that.
 */
import { canonicalSet } from '#core/canonical';
import { parseInstant } from '#core/time';
import { bare } from '#core/values';
import { refusal, ScimError } from './errors.ts';
import { type Field, subOf } from './fields.ts';
import type { Complex, Plain } from './resource.ts';
import type { ScimAttribute } from './schema.ts';

export interface Limits {
  /** Values of one attribute. */
  readonly values: number;
  /** Members named in one request. */
  readonly members: number;
  /** UTF-16 units of one text. */
  readonly text: number;
  /** UTF-16 units of all texts of a resource, or of all operations of a PATCH. */
  readonly total: number;
  /** Operations of a PATCH. */
  readonly operations: number;
  /** Values that a PATCH looks at, each as often as it does, and for each comparison of a filter. */
  readonly looks: number;
}

const LIMITS: Limits = {
  values: 1_000,
  members: 200_000,
  text: 65_536,
  total: 1_048_576,
  operations: 10_000,
  looks: 50_000,
};

export interface ReadOptions {
  readonly tolerant: boolean;
  readonly limits?: Partial<Limits>;
}

/** One request being read. */
export class Reading {
  readonly tolerant: boolean;
  readonly limits: Limits;
  #left: number;
  #looks: number;

  constructor({ tolerant, limits }: ReadOptions) {
    this.tolerant = tolerant;
    this.limits = { ...LIMITS, ...limits };
    this.#left = this.limits.total;
    this.#looks = this.limits.looks;
  }

  /** @throws ScimError where the text is too long, or one that no system keeps */
  text(where: string, text: string): string {
    this.#left -= text.length;
    if (this.#left < 0) throw invalid(where, `all texts together are longer than the ${this.limits.total} characters allowed`);
    return this.id(where, text);
  }

  /** @throws ScimError 413: many operations on many values */
  look(values: number): void {
    this.#looks -= values;
    if (this.#looks < 0) throw new ScimError(413, undefined, 'this is more than one request may ask for: send it in parts');
  }

  /** A text that does not count towards the total: members do by their number. */
  id(where: string, text: string): string {
    if (text.length > this.limits.text) throw invalid(where, `it is longer than the ${this.limits.text} characters allowed`);
    if (text.includes('\0') || !text.isWellFormed()) throw invalid(where, 'it holds U+0000 or half a surrogate pair');
    return text;
  }
}

export function invalid(where: string, why: string): ScimError {
  return refusal('invalidValue', `${where}: ${why}`);
}

/** As it stands in messages: names come from outside. */
export function shown(name: string): string {
  return JSON.stringify(name.slice(0, 80)).slice(1, -1);
}

export type JsonObject = { readonly [name: string]: unknown };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The whole value of an attribute. @throws ScimError `invalidValue` */
export function readValue(field: Field, raw: unknown, reading: Reading): Plain | undefined {
  const { attribute } = field;
  if (!attribute.multiValued) return readOne(field, raw, reading);
  const list = readList(field, raw, reading);
  return attribute.type === 'complex' ? settled(field, list as readonly Complex[], reading) : set(list);
}

/** Values to be added to others, or to be looked for: each read, nothing else done. */
export function readList(field: Field, raw: unknown, reading: Reading): readonly Plain[] {
  const list = listed(field.attribute, raw, reading);
  if (list.length > reading.limits.values)
    throw invalid(field.image, `there are more than the ${reading.limits.values} values allowed`);
  const out: Plain[] = [];
  for (const one of list) {
    const value =
      field.subs.length > 0 ? readComplex(field, one, reading) : readSimple(field.attribute, field.image, one, reading);
    if (value !== undefined) out.push(value);
  }
  return out;
}

export function set(values: readonly Plain[]): Plain | undefined {
  return values.length === 0 ? undefined : (canonicalSet(values as readonly (string | number | boolean)[]) as Plain);
}

function listed(attribute: ScimAttribute, raw: unknown, { tolerant }: Reading): readonly unknown[] {
  if (raw === null || raw === undefined) return [];
  if (Array.isArray(raw)) return raw;
  if (tolerant) return [raw];
  throw invalid(attribute.name, 'it has several values: write a list');
}

function readOne(field: Field, raw: unknown, reading: Reading): Plain | undefined {
  const one = alone(field.image, raw, reading);
  return field.subs.length > 0 ? readComplex(field, one, reading) : readSimple(field.attribute, field.image, one, reading);
}

function alone(where: string, raw: unknown, { tolerant }: Reading): unknown {
  if (!Array.isArray(raw)) return raw;
  if (raw.length === 0) return undefined;
  if (raw.length > 1 || !tolerant) throw invalid(where, 'it has a single value: write no list');
  return raw[0];
}

/** A complex value, or one of several. @throws ScimError `invalidValue`, `invalidSyntax` */
export function readComplex(field: Field, raw: unknown, reading: Reading): Complex | undefined {
  if (raw === null || raw === undefined) return undefined;
  const out = bare<Plain>();
  let any = false;
  if (!isObject(raw)) {
    const sub = field.subsByName.get('value');
    if (sub === undefined || !reading.tolerant) throw invalid(field.image, 'it has sub-attributes: write an object');
    const value = readSub(field, sub, raw, reading);
    if (value === undefined) return undefined;
    out['value'] = value;
    return out;
  }
  let known = 0;
  for (const sub of field.subs) {
    if (!Object.hasOwn(raw, sub.name)) continue;
    known++;
    if (sub.mutability === 'readOnly') continue;
    const value = readSub(field, sub, raw[sub.name], reading);
    if (value === undefined) continue;
    out[sub.name] = value;
    any = true;
  }
  if (known < Object.keys(raw).length) {
    const given = exact(field, raw, reading);
    if (given !== null) return readComplex(field, given, reading);
  }
  return any ? out : undefined;
}

/** With its names as the schema writes them; null where none of them only differs in case. */
function exact(field: Field, raw: JsonObject, { tolerant }: Reading): JsonObject | null {
  const out = bare<unknown>();
  let other = false;
  for (const name of Object.keys(raw)) {
    const sub = subOf(field, name);
    if (sub === undefined) {
      if (!tolerant) throw refusal('invalidSyntax', `${field.image}: there is no sub-attribute ${shown(name)}`);
    } else if (sub.name === name || !Object.hasOwn(raw, sub.name)) {
      out[sub.name] = raw[name];
      other ||= sub.name !== name;
    }
  }
  return other ? out : null;
}

/** @throws ScimError `invalidValue` */
export function readSub(field: Field, sub: ScimAttribute, raw: unknown, reading: Reading): Plain | undefined {
  const where = `${field.image}.${sub.name}`;
  if (!sub.multiValued) return readSimple(sub, where, raw, reading);
  const list = listed(sub, raw, reading).map((one) => readSimple(sub, where, one, reading));
  if (list.length > reading.limits.values)
    throw invalid(where, `there are more than the ${reading.limits.values} values allowed`);
  return set(list.filter((one) => one !== undefined));
}

function readSimple(attribute: ScimAttribute, where: string, raw: unknown, reading: Reading): Plain | undefined {
  let one = raw;
  if (typeof one === 'object') {
    one = alone(where, one, reading);
    if (reading.tolerant && isObject(one) && Object.hasOwn(one, 'value')) one = one['value'];
    if (typeof one === 'object' && one !== null) throw invalid(where, 'it is a simple value: write no object and no list');
  }
  if (one === null || one === undefined || (one === '' && reading.tolerant)) return undefined;
  const value = READERS[attribute.type](one as string | number | boolean, reading.tolerant);
  if (value === null) throw invalid(where, EXPECTED[attribute.type]);
  return typeof value === 'string' ? reading.text(where, value) : value;
}

type Scalar = string | number | boolean;

const text = (raw: Scalar, tolerant: boolean): string | null => (typeof raw === 'string' ? raw : tolerant ? String(raw) : null);

function number(raw: Scalar, tolerant: boolean): number | null {
  if (typeof raw === 'number') return Number.isFinite(raw) ? raw : null;
  return tolerant && typeof raw === 'string' && /^[+-]?\d{1,40}(?:\.\d{1,40})?$/.test(raw) ? Number(raw) : null;
}

const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

const READERS: { readonly [type in ScimAttribute['type']]: (raw: Scalar, tolerant: boolean) => Scalar | null } = {
  string: text,
  reference: text,
  binary: (raw, tolerant) => (typeof raw === 'string' && (tolerant || BASE64.test(raw)) ? raw : null),
  boolean: (raw, tolerant) => {
    if (typeof raw === 'boolean') return raw;
    const word = tolerant && typeof raw === 'string' && raw.length < 6 ? raw.toLowerCase() : '';
    return word === 'true' ? true : word === 'false' ? false : null;
  },
  integer: (raw, tolerant) => {
    const value = number(raw, tolerant);
    return Number.isSafeInteger(value) ? value! + 0 : null;
  },
  decimal: number,
  // As it was written: an instant has more than one spelling, and clients compare.
  dateTime: (raw, tolerant) =>
    typeof raw === 'string' && (tolerant || DATE_TIME.test(raw)) && parseInstant(raw) !== null ? raw : null,
  complex: () => null,
};

const EXPECTED: { readonly [type in ScimAttribute['type']]: string } = {
  string: 'write text',
  reference: 'write text',
  binary: 'write base64',
  boolean: 'write true or false',
  integer: 'write a whole number',
  decimal: 'write a number',
  dateTime: 'write an instant such as 2026-03-01T08:00:00Z',
  complex: 'write an object',
};

/**
 * Complex values as an attribute holds them: each once, at most one primary, in canonical order. One that could have a `value` and has
 * none says nothing. @throws ScimError `invalidValue`
 */
export function settled(field: Field, elements: readonly Complex[], reading: Reading): Plain | undefined {
  const kept =
    reading.tolerant && field.subsByName.has('value') ? elements.filter((one) => one['value'] !== undefined) : elements;
  if (kept.length < 2) return kept.length === 0 ? undefined : kept;
  if (kept.length > reading.limits.values)
    throw invalid(field.image, `there are more than the ${reading.limits.values} values allowed`);
  const byText = new Map(onePrimary(field, kept, reading.tolerant).map((one) => [JSON.stringify(one), one]));
  return [...byText.keys()].sort().map((text) => byText.get(text)!);
}

function onePrimary(field: Field, elements: readonly Complex[], tolerant: boolean): readonly Complex[] {
  const primary = elements.filter(isPrimary);
  if (primary.length < 2) return elements;
  if (!tolerant) throw invalid(field.image, 'only one value may be the primary one');
  return elements.map((one) => (one === primary[0] ? one : notPrimary(field, one)));
}

export function isPrimary(element: Complex): boolean {
  return element['primary'] === true;
}

export function notPrimary(field: Field, element: Complex): Complex {
  return isPrimary(element) ? ordered(field, { ...element, primary: false }) : element;
}

/** Sub-attributes in their order. */
export function ordered(field: Field, values: Complex): Complex {
  const out = bare<Plain>();
  for (const { name } of field.subs) if (Object.hasOwn(values, name)) out[name] = values[name]!;
  return out;
}
