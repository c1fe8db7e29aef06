/**
 * Canonical text. Two values are exactly equal when their canonical texts are; an image is the canonical text of an
 * object's attributes: JSON without spaces, keys in UTF-16 code unit order, sets in canonical order.
 *
 * Measured on twelve attributes (350 characters): 0.5 to 1.0 µs to write, 0.8 µs to read.
 */
import { RollcallError } from './errors.ts';
import { parseJson } from './json.ts';
import { type Attributes, bare, isBlob, type Scalar, type Value } from './values.ts';

/** Deeper data than this is refused: nothing we keep is nested by more than a few levels. */
const MAX_DEPTH = 64;
/** So many are sorted by insertion faster than by whatever is made for many. */
const FEW_NAMES = 24;

/** Canonical text of attributes whose sets are already canonical. Absent (undefined) attributes are left out. */
export function imageText(attributes: Attributes): string {
  const names = Object.keys(attributes);
  for (let i = 1; i < names.length; i++) if (names[i - 1]! > names[i]!) return sortedText(attributes, names);
  // Keys are in order already: one native call. A blob is always written `{blob,size}`, which is its canonical order.
  return JSON.stringify(attributes);
}

// Objects of one kind come with the same names in the same order again and again: these are sorted once.
let lastNames: readonly string[] = [];
let lastSorted: readonly string[] = [];
/** An object's own order puts names like "7" first and by size, which is not code unit order. */
let lastNumbered = false;

function sortedText(attributes: Attributes, names: readonly string[]): string {
  let same = names.length === lastNames.length;
  for (let i = 0; same && i < names.length; i++) same = names[i] === lastNames[i];
  if (!same) {
    lastNames = names;
    lastSorted = [...names].sort();
    lastNumbered = names.some((name) => /^\d+$/.test(name));
  }
  if (!lastNumbered) {
    const sorted: Attributes = bare();
    for (const name of lastSorted) sorted[name] = attributes[name]!;
    return JSON.stringify(sorted);
  }
  let text = '';
  for (const name of lastSorted) {
    const value = attributes[name];
    if (value !== undefined) text += `${text === '' ? '{' : ','}${JSON.stringify(name)}:${JSON.stringify(value)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** The attributes of an image made by `imageText`, without a prototype. */
export function parseImage(text: string): Attributes {
  // JSON.parse defines own properties, `__proto__` included, and never calls a setter.
  return Object.setPrototypeOf(parseJson(text), null) as Attributes;
}

/** Sorted (booleans, numbers, strings by code unit, blobs by hash) and without doubles. */
export function canonicalSet(values: readonly Scalar[]): readonly Scalar[] {
  if (values.length < 2) return values;
  let ordered = true;
  for (let i = 1; ordered && i < values.length; i++) ordered = order(values[i - 1]!, values[i]!) < 0;
  if (ordered) return values;
  const sorted = [...values].sort(order);
  return sorted.filter((value, i) => i === 0 || order(sorted[i - 1]!, value) !== 0);
}

const RANK: { readonly [type: string]: number } = { boolean: 0, number: 1, string: 2, object: 3 };

function order(a: Scalar, b: Scalar): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a !== typeof b) return RANK[typeof a]! - RANK[typeof b]!;
  const left = isBlob(a) ? a.blob : a;
  const right = isBlob(b) ? b.blob : b;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Exact equality. Absent (undefined) and empty (null) differ; sets are compared as they stand, in canonical order. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!sameValue(a[i], b[i])) return false;
    return true;
  }
  return isBlob(a) && isBlob(b) && a.blob === b.blob && a.size === b.size;
}

/**
 * Canonical JSON of any plain data: strings, finite numbers, booleans, null, arrays, Maps with text keys and objects.
 * Undefined properties are left out. Throws invalidValue for anything else and for data nested deeper than 64.
 */
export function canonicalJson(value: unknown, depth = 0): string {
  if (depth > MAX_DEPTH) throw new RollcallError('invalidValue', `data is nested deeper than ${MAX_DEPTH} levels`);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return JSON.stringify(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw new RollcallError('invalidValue', `a ${typeof value} has no JSON form`);
  if (value instanceof Map) return canonicalJson(Object.fromEntries(value), depth);
  const record = value as { readonly [name: string]: unknown };
  let text = '';
  for (const name of sortedNames(record)) {
    const item = record[name];
    if (item !== undefined) text += `${text === '' ? '{' : ','}${JSON.stringify(name)}:${canonicalJson(item, depth + 1)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** By code unit. Most objects have few names, and many have them in order. */
function sortedNames(record: object): readonly string[] {
  const names = Object.keys(record);
  if (names.length > FEW_NAMES) return names.sort();
  for (let i = 1; i < names.length; i++) {
    const name = names[i]!;
    let at = i;
    for (; at > 0 && names[at - 1]! > name; at--) names[at] = names[at - 1]!;
    names[at] = name;
  }
  return names;
}
