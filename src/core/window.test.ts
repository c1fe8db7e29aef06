import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blackoutAt, isOpen, nextOpening, type Openings, readSpan, type Span } from './window.ts';

const BERLIN = 'Europe/Berlin';
const spans = (...texts: readonly string[]): Openings => ({
  spans: texts.map((text) => readSpan(text, BERLIN) as Span),
  blackouts: [],
});
const at = (text: string): number => Date.parse(text);
const next = (openings: Openings, after: string): string | null => {
  const found = nextOpening(openings, at(after));
  return found === null ? null : new Date(found).toISOString().slice(0, 16);
};

test.each([
  'Mon-Fri 20:00',
  'Mo 20:00-21:00',
  'Mon 25:00-26:00',
  'Mon 24:00-02:00',
  'Mon 10:60-11:00',
  'Mon 10:00-11:00 Nowhere/Zone',
  'weekdays 10:00-11:00',
  '',
])('%j is none', (text) => expect(readSpan(text, BERLIN)).toBeTypeOf('string'));

test('over midnight it belongs to the day it began on', () => {
  const nights = spans('Mon-Fri 20:00-06:00');
  // 2026-11-23 is a Monday; Berlin is an hour ahead.
  expect(isOpen(nights, at('2026-11-23T04:00Z'))).toBe(false);
  expect(isOpen(nights, at('2026-11-23T19:00Z'))).toBe(true);
  expect(isOpen(nights, at('2026-11-28T04:59Z'))).toBe(true);
  expect(isOpen(nights, at('2026-11-28T05:00Z'))).toBe(false);
  expect(next(nights, '2026-11-28T05:00Z')).toBe('2026-11-30T19:00');
  expect(next(nights, '2026-11-23T19:00Z')).toBe('2026-11-24T19:00');
});

test('several, days over the end of the week, another zone, all day', () => {
  const several = spans('Sat-Mon 00:00-24:00', 'Wed 12:00-13:00 UTC');
  expect(['22', '23', '24'].map((day) => isOpen(several, at(`2026-11-${day}T12:00Z`)))).toEqual([true, true, false]);
  expect(next(several, '2026-11-24T12:00Z')).toBe('2026-11-25T12:00');
  expect(next(several, '2026-11-25T12:00Z')).toBe('2026-11-27T23:00');
  expect(next(spans('00:00-24:00'), '2026-11-25T12:00Z')).toBe(null);
  expect(next({ spans: [], blackouts: [] }, '2026-11-25T12:00Z')).toBe(null);
});

test('a blackout closes it, and it opens after that when it would', () => {
  const blackouts = [{ from: at('2026-12-19T23:00Z'), to: at('2027-01-06T23:00Z'), reason: 'year end' }];
  const nights = { ...spans('20:00-06:00'), blackouts };
  expect(isOpen(nights, at('2026-12-20T22:00Z'))).toBe(false);
  expect(blackoutAt(blackouts, at('2026-12-20T22:00Z'))?.reason).toBe('year end');
  expect(next(nights, '2026-12-20T22:00Z')).toBe('2027-01-06T23:00');
  expect(next({ ...spans('08:00-09:00'), blackouts }, '2026-12-20T22:00Z')).toBe('2027-01-07T07:00');
  expect(next({ spans: [], blackouts }, '2026-12-20T22:00Z')).toBe('2027-01-06T23:00');
});

test('where clocks are changed: what is skipped opens right after it', () => {
  expect(next(spans('02:30-05:00'), '2026-03-29T00:00Z')).toBe('2026-03-29T01:00');
  expect(next(spans('02:30-05:00'), '2026-10-24T22:00Z')).toBe('2026-10-25T00:30');
});

const time = fc.integer({ min: 0, max: 1_439 });
const clock = (minute: number): string => [Math.floor(minute / 60), minute % 60].map((n) => String(n).padStart(2, '0')).join(':');
const span = fc
  .record({
    days: fc.constantFrom('', 'Mon-Fri ', 'Sat,Sun ', 'Fri-Mon ', 'Wed '),
    from: time,
    to: time,
    zone: fc.constantFrom(BERLIN, 'UTC', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe'),
  })
  .map(({ days, from, to, zone }) => `${days}${clock(from)}-${clock(to)} ${zone}`);

test('the next opening is one, and until then nothing opens', () => {
  const instants = fc.integer({ min: at('2025-01-01T00:00Z'), max: at('2028-01-01T00:00Z') });
  const length = fc.integer({ min: 1, max: 20 * 86_400_000 });
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 3 }), instants, fc.option(length), (texts, after, dark) => {
      const blackouts = dark === null ? [] : [{ from: after - 1_000, to: after + dark, reason: null }];
      const openings = { ...spans(...texts), blackouts };
      const found = nextOpening(openings, after);
      const until = found ?? after + 30 * 86_400_000;
      if (found !== null)
        expect([found > after, isOpen(openings, found), isOpen(openings, found - 1)]).toEqual([true, true, false]);
      // By steps that no span is shorter than by much.
      let was = isOpen(openings, after);
      for (let one = after; one < until; one += Math.max(MINUTE, Math.floor((until - after) / 500))) {
        const now = isOpen(openings, one);
        expect(!was && now).toBe(false);
        was = now;
      }
    }),
    { numRuns: 60 },
  );
});
const MINUTE = 60_000;
