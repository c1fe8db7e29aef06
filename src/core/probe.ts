/**
 * What a store asks of agreed attributes, as they are kept, before anybody folds them: it leaves out what cannot be meant, and decides
 * nothing else. A store turns a probe into SQL (store/tables/probe-sql), this file into a predicate; both say the same.
 */
import { type Attributes, scalars } from './values.ts';

export type Probe =
  | { readonly and: readonly Probe[] }
  | { readonly or: readonly Probe[] }
  /** Any value there. */
  | { readonly has: string }
  /** Any value is this one. */
  | { readonly attribute: string; readonly is: string | number | boolean }
  /** Any number is so; text may be a number that JSON has none for. */
  | { readonly attribute: string; readonly order: 'gt' | 'ge' | 'lt' | 'le'; readonly number: number }
  /** Any text, in lower case, is, contains, begins or ends with this; what is not plain may be folded into anything. */
  | { readonly attribute: string; readonly at: 'eq' | 'co' | 'sw' | 'ew'; readonly text: string };

/** Letters, digits and signs of ASCII with single spaces between them: folded, it is itself in lower case. */
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;

export function mayHold(probe: Probe, attributes: Attributes): boolean {
  if ('and' in probe) return probe.and.every((one) => mayHold(one, attributes));
  if ('or' in probe) return probe.or.some((one) => mayHold(one, attributes));
  if ('has' in probe) return scalars(attributes[probe.has]).length > 0;
  const values = scalars(attributes[probe.attribute]);
  if ('is' in probe) return values.some((value) => value === probe.is);
  if ('order' in probe) {
    const { order, number } = probe;
    return values.some((value) => typeof value === 'string' || (typeof value === 'number' && ordered(order, value - number)));
  }
  return values.some((value) => typeof value === 'string' && (!PLAIN.test(value) || stands(value.toLowerCase(), probe)));
}

function ordered(order: 'gt' | 'ge' | 'lt' | 'le', difference: number): boolean {
  if (order === 'gt') return difference > 0;
  if (order === 'ge') return difference >= 0;
  return order === 'lt' ? difference < 0 : difference <= 0;
}

function stands(value: string, { at, text }: Extract<Probe, { readonly at: unknown }>): boolean {
  if (at === 'co') return value.includes(text);
  if (at === 'sw') return value.startsWith(text);
  return at === 'ew' ? value.endsWith(text) : value === text;
}
