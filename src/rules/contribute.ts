/**
 * Precedence (SEMANTICS 3): what several systems say about one attribute, and which of it holds. Pure; the engine decides
 * with it and explain repeats it.
 */
import { canonicalSet } from '#core/canonical';
import { booleanOf } from '#core/convert';
import { type AttributeType, isBlob, type Scalar, scalars, type Value } from '#core/values';
import type { Contribution, MetaAttribute } from './model.ts';

/** What one staged object offers for one attribute. */
export interface Offer {
  readonly connection: string;
  /** The staged object; decides last. */
  readonly key: string;
  readonly value: Contribution;
  /** When the value came to be (ms); null where nobody knows. Only `latest` looks at it. */
  readonly at: number | null;
  /** Whether empty wins and clears, or says nothing. */
  readonly empty: 'clears' | 'falls';
  /** Position among the offers of its connection, 0 first. */
  readonly order: number;
}

export interface Decision {
  /** Undefined: nobody says anything. */
  readonly value: Value | undefined;
  /** Index of the deciding offer; for `merge` the first of those that contribute. */
  readonly winner: number | null;
  /** Indexes of offers with a value that does not hold, in order of precedence. */
  readonly losers: readonly number[];
}

const NOTHING: Decision = { value: undefined, winner: null, losers: [] };

export function decide(attribute: MetaAttribute, offers: readonly Offer[]): Decision {
  if (offers.length === 1 && attribute.strategy !== 'merge')
    return stands(offers[0]!, attribute.strategy) ? { value: offers[0]!.value, winner: 0, losers: NOTHING.losers } : NOTHING;
  const standing: number[] = [];
  for (let i = 0; i < offers.length; i++) if (stands(offers[i]!, attribute.strategy)) standing.push(i);
  if (standing.length === 0) return NOTHING;
  if (standing.length > 1) standing.sort((a, b) => precedence(attribute, offers[a]!, offers[b]!));
  if (attribute.strategy === 'merge') return merged(offers, standing);
  const winner = standing[0]!;
  return { value: offers[winner]!.value, winner, losers: standing.length === 1 ? NOTHING.losers : standing.slice(1) };
}

function stands(offer: Offer, strategy: MetaAttribute['strategy']): boolean {
  if (offer.value === undefined) return false;
  if (scalars(offer.value).length > 0) return true;
  // An emptied value whose time is known is an edit like any other.
  return strategy !== 'merge' && (offer.empty === 'clears' || (strategy === 'latest' && offer.at !== null));
}

function precedence(attribute: MetaAttribute, a: Offer, b: Offer): number {
  if (attribute.strategy === 'latest' && a.at !== b.at)
    return (b.at ?? Number.NEGATIVE_INFINITY) - (a.at ?? Number.NEGATIVE_INFINITY);
  if (a.connection !== b.connection) {
    const difference = rankOf(attribute, a.connection) - rankOf(attribute, b.connection);
    return difference !== 0 ? difference : a.connection < b.connection ? -1 : 1;
  }
  if (a.order !== b.order) return a.order - b.order;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

/** A connection that is not ranked comes after all that are. */
function rankOf(attribute: MetaAttribute, connection: string): number {
  const rank = attribute.rank.indexOf(connection);
  return rank < 0 ? attribute.rank.length : rank;
}

function merged(offers: readonly Offer[], standing: readonly number[]): Decision {
  const all = standing.flatMap((i) => scalars(offers[i]!.value));
  return { value: canonicalSet(all), winner: standing[0]!, losers: [] };
}

export type Aggregate = 'any' | 'all' | 'min' | 'max' | 'union';

/**
 * One value out of those of several staged objects of one connection. Objects that have none do not count, so `max(ends)`
 * takes the latest end there is; where an open end should win, the flow gives it a date.
 */
export function aggregate(how: Aggregate, values: readonly Contribution[], type: AttributeType): Contribution {
  const all = values.flatMap((value) => scalars(value));
  if (all.length === 0) return values.includes(null) ? null : undefined;
  switch (how) {
    case 'any':
      return all.some(isTrue);
    case 'all':
      return all.every(isTrue);
    case 'union':
      return canonicalSet(all);
    default: {
      const sign = how === 'min' ? 1 : -1;
      const best = all.reduce((a, b) => (sign * compareScalars(a, b, type) <= 0 ? a : b));
      return type.multi ? [best] : best;
    }
  }
}

function isTrue(value: Scalar): boolean {
  return value === true || (typeof value === 'string' && booleanOf(value.trim().toLowerCase()) === true);
}

/** Order of two values: numbers by size, everything else by its text. */
export function compareScalars(a: Scalar, b: Scalar, type: Pick<AttributeType, 'type'>): number {
  if (type.type === 'decimal' || type.type === 'integer') {
    const difference = Number(a) - Number(b);
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  const left = isBlob(a) ? a.blob : String(a);
  const right = isBlob(b) ? b.blob : String(b);
  return left < right ? -1 : left > right ? 1 : 0;
}
