import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aggregate, decide, type Offer } from './contribute.ts';
import { PLAIN_FIELD } from './field.ts';
import type { MetaAttribute } from './model.ts';

const attribute = (more: Partial<MetaAttribute> = {}): MetaAttribute => ({
  name: 'mail',
  type: 'string',
  multi: false,
  matching: 'caseIgnore',
  strategy: 'ranked',
  rank: ['hr', 'ad', 'crm'],
  once: false,
  unique: null,
  label: null,
  indexed: false,
  field: PLAIN_FIELD,
  ...more,
});
const offer = (connection: string, value: Offer['value'], more: Partial<Offer> = {}): Offer => ({
  connection,
  key: '1',
  value,
  at: null,
  empty: 'falls',
  order: 0,
  ...more,
});

describe('ranked', () => {
  it('the first that says something wins; empty falls through unless it clears', () => {
    expect(decide(attribute(), [offer('ad', 'a'), offer('hr', 'h')])).toEqual({ value: 'h', winner: 1, losers: [0] });
    expect(decide(attribute(), [offer('hr', undefined), offer('ad', 'a')])).toEqual({ value: 'a', winner: 1, losers: [] });
    expect(decide(attribute(), [offer('hr', null), offer('ad', 'a')])).toEqual({ value: 'a', winner: 1, losers: [] });
    expect(decide(attribute(), [offer('hr', null, { empty: 'clears' }), offer('ad', 'a')])).toEqual({
      value: null,
      winner: 0,
      losers: [1],
    });
    expect(decide(attribute(), [offer('hr', null)])).toEqual({ value: undefined, winner: null, losers: [] });
    expect(decide(attribute(), [offer('other', 'o'), offer('crm', 'c')]).value).toBe('c');
  });

  it('within a connection the order decides, then the key', () => {
    expect(decide(attribute(), [offer('hr', 'b', { order: 1 }), offer('hr', 'a', { order: 0, key: '9' })]).value).toBe('a');
    expect(decide(attribute(), [offer('hr', 'b', { key: '2' }), offer('hr', 'a', { key: '1' })]).value).toBe('a');
  });
});

describe('latest', () => {
  const latest = attribute({ strategy: 'latest' });
  it('the newest wins, a clearing whose time is known too, rank decides between equals', () => {
    expect(decide(latest, [offer('hr', 'old', { at: 1 }), offer('ad', 'new', { at: 2 })]).value).toBe('new');
    expect(decide(latest, [offer('hr', 'old', { at: 1 }), offer('ad', null, { at: 2 })])).toEqual({
      value: null,
      winner: 1,
      losers: [0],
    });
    expect(decide(latest, [offer('ad', null), offer('hr', 'old')]).value).toBe('old');
    expect(decide(latest, [offer('ad', 'a', { at: 1 }), offer('hr', 'h', { at: 1 })]).value).toBe('h');
  });
});

describe('any strategy', () => {
  const offers = fc.uniqueArray(
    fc.record({
      connection: fc.constantFrom('hr', 'ad', 'crm', 'x', 'y'),
      key: fc.nat(9).map(String),
      value: fc.constantFrom(undefined, null, 'a', 'b', ['a', 'c'], []),
      at: fc.constantFrom(null, 1, 2, 3),
      empty: fc.constantFrom('clears' as const, 'falls' as const),
      order: fc.nat(3),
    }),
    { selector: (o) => `${o.connection} ${o.key}`, maxLength: 7 },
  );

  it('does not depend on the order in which offers come', () => {
    fc.assert(
      fc.property(offers, fc.constantFrom('ranked', 'merge', 'latest'), fc.nat(), (list, strategy, turn) => {
        const type = attribute({ strategy, multi: true });
        const shuffled = [...list.slice(turn % (list.length + 1)), ...list.slice(0, turn % (list.length + 1))].reverse();
        const a = decide(type, list);
        const b = decide(type, shuffled);
        expect(b.value).toEqual(a.value);
        expect(b.winner === null ? null : shuffled[b.winner]).toEqual(a.winner === null ? null : list[a.winner]);
        expect(b.losers.map((i) => shuffled[i])).toEqual(a.losers.map((i) => list[i]));
      }),
    );
  });

  it('merge is the union of all sets', () => {
    const merge = attribute({ strategy: 'merge', multi: true });
    expect(decide(merge, [offer('ad', ['b', 'a']), offer('hr', ['c', 'a']), offer('crm', null, { empty: 'clears' })])).toEqual({
      value: ['a', 'b', 'c'],
      winner: 1,
      losers: [],
    });
    expect(decide(merge, [offer('ad', [])]).value).toBe(undefined);
  });
});

describe('aggregates', () => {
  const type = (of: MetaAttribute['type'], multi = false): MetaAttribute => attribute({ type: of, multi });
  it('count what is there', () => {
    expect(aggregate('any', [false, undefined, true], type('boolean'))).toBe(true);
    expect(aggregate('all', [false, null, true], type('boolean'))).toBe(false);
    expect(aggregate('all', [true, null], type('boolean'))).toBe(true);
    expect(aggregate('max', ['2026-01-01', null, '2027-01-01'], type('date'))).toBe('2027-01-01');
    expect(aggregate('min', ['10', '9', '9.5'], type('decimal'))).toBe('9');
    expect(aggregate('max', [9, 10], type('integer'))).toBe(10);
    expect(aggregate('union', [['b'], 'a', ['a']], type('string', true))).toEqual(['a', 'b']);
    expect(aggregate('max', [null, undefined], type('date'))).toBe(null);
    expect(aggregate('max', [undefined], type('date'))).toBe(undefined);
  });
});
