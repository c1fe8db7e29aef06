import { expect, test } from 'vitest';
import { finishOf, type Pace, type Sent } from './pace.ts';
import { type Openings, readSpan, type Span } from './window.ts';

const none: Pace = { perSecond: null, perHour: null, perDay: null, atOnce: null };
const NOW = '2026-11-23T10:30:00Z';
const openings: Openings = { spans: [readSpan('20:00-06:00', 'UTC') as Span], blackouts: [] };

const finish = (
  waiting: number,
  pace: Partial<Pace>,
  sent: readonly Sent[] = [],
  within: Openings | null = null,
): string | null => {
  const found = finishOf(waiting, { pace: { ...none, ...pace }, openings: within, zone: 'UTC' }, Date.parse(NOW), sent);
  return found === null ? null : new Date(found).toISOString().slice(5, 19);
};
const hourOf = (text: string): number => Math.floor(Date.parse(text) / 3_600_000);

test('by what goes in an hour, in a day, in a second, and when it may be written to', () => {
  expect(finish(1_200, {})).toBe('11-23T10:30:00');
  expect(finish(1_200, { perHour: 300 })).toBe('11-23T13:00:00');
  expect(finish(1_200, { perHour: 300 }, [{ hour: hourOf(NOW), items: 200 }])).toBe('11-23T14:00:00');
  expect(finish(1_200, { perHour: 300, perDay: 500 })).toBe('11-25T00:00:00');
  expect(finish(100, { perDay: 500 }, [{ hour: hourOf('2026-11-23T01:00Z'), items: 500 }])).toBe('11-24T00:00:00');
  expect(finish(1_200, { perSecond: 2 })).toBe('11-23T10:40:00');
  expect(finish(1_200, { perSecond: 2, perHour: 600 })).toBe('11-23T11:05:00');
  expect(finish(1_200, { perHour: 300 }, [], openings)).toBe('11-23T23:00:00');
  expect(finish(4_000, { perHour: 300 }, [], openings)).toBe('11-24T23:00:00');
  expect(finish(1, { perDay: 0 })).toBe(null);
  expect(finish(10_000_000, { perHour: 1 })).toBe(null);
});
