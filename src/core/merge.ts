/** Two changes of one canonical object that did not know of each other. */
import { canonicalJson } from './canonical.ts';

type Json = { readonly [name: string]: unknown };

/**
 * `now` with what changed from `before` to `after`: canonical objects as text, null = an empty one. Names that did not change
 * stay as they are now; objects in them are merged likewise, everything else is replaced whole.
 */
export function mergeChanges(before: string | null, after: string | null, now: string | null): string | null {
  if (now === before || now === after) return after;
  const merged = merge(parse(before), parse(after), parse(now));
  return Object.keys(merged).length === 0 ? null : canonicalJson(merged);
}

function parse(text: string | null): Json {
  return text === null ? {} : (JSON.parse(text) as Json);
}

function merge(before: Json, after: Json, now: Json): Json {
  const out: { [name: string]: unknown } = Object.assign(Object.create(null), now);
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (same(before[name], after[name])) continue;
    const value = after[name];
    if (value === undefined) delete out[name];
    else out[name] = isObject(value) && isObject(now[name]) ? merge(objectOf(before[name]), value, now[name]) : value;
  }
  return out;
}

function objectOf(value: unknown): Json {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(a: unknown, b: unknown): boolean {
  return a === b || (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b));
}
