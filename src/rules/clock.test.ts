import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as days from './clock.ts';
import { createClock } from './clock.ts';
import { compileExpression } from './expression.ts';
import { formatDate } from './text-functions.ts';

const ZONES = ['UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Pacific/Apia', 'Asia/Kolkata'];
const SOURCES = [
  'before(row.at)',
  'after(row.at)',
  '!before(row.at) && !after(row.end)',
  'today()',
  'today("Asia/Tokyo")',
  'daysUntil(row.at) <= 3',
  'after(addDays(row.at, -14))',
  'before(row.at, "America/New_York") ? "early" : (after(row.end) ? "late" : "now")',
  'row.at <= today() && today() <= row.end',
  'before(row.moment)',
  'after(row.moment) || before(row.at)',
];

describe('due instants', () => {
  it('stepping from due to due misses no change of the answer', () => {
    const start = Date.UTC(2026, 2, 25);
    const offset = fc.integer({ min: -6 * 24, max: 8 * 24 });
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.constantFrom(...SOURCES), offset, offset, offset, (zone, source, a, b, c) => {
        const date = (hours: number): string => new Date(start + hours * 3_600_000).toISOString().slice(0, 10);
        const row: { [name: string]: string } = {
          at: date(a),
          end: date(a + Math.abs(b)),
          moment: new Date(start + c * 3_600_000 + 1234).toISOString(),
        };
        const context = {
          variable: 'row',
          attributes: null,
          references: new Map(),
          zone,
          counter: false,
          get: (from: typeof row, name: string) => from[name],
        };
        const expression = compileExpression(source, 'value', context, (_, message) => expect.unreachable(message))!;
        const at = (now: number): { answer: unknown; due: number } => {
          const clock = createClock(now);
          return { answer: expression.run(row, clock), due: clock.due };
        };
        let here = at(start);
        for (let now = start; now < start + 9 * 86_400_000; now += 1_800_000) {
          if (now >= here.due) {
            // Just before it was due nothing had changed yet.
            expect(at(here.due - 1).answer).toEqual(here.answer);
            here = at(here.due);
            expect(here.due).toBeGreaterThan(now - 1_800_000);
            now -= 1_800_000;
            continue;
          }
          expect(at(now).answer).toEqual(here.answer);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each(['2026-03-01', ' 2026-03-01 ', '1.3.2026 ', '2026/3/1\t'])('%j is the whole day in the zone, spaces or not', (text) => {
    const moment = (at: string) => createClock(Date.parse(at));
    expect(days.before(moment('2026-02-28T22:59:59Z'), text, 'Europe/Berlin')).toBe(true);
    expect(days.before(moment('2026-02-28T23:00:00Z'), text, 'Europe/Berlin')).toBe(false);
    expect(days.after(moment('2026-03-01T22:59:59Z'), text, 'Europe/Berlin')).toBe(false);
    expect(days.after(moment('2026-03-01T23:00:00Z'), text, 'Europe/Berlin')).toBe(true);
    expect(formatDate(text, 'dd.MM.yyyy HH:mm', 'America/New_York')).toBe('01.03.2026 00:00');
  });

  it('is the very instant at which one comparison changes', () => {
    const clock = createClock(Date.UTC(2026, 2, 28, 12));
    const context = {
      variable: 'row',
      attributes: null,
      references: new Map(),
      zone: 'Europe/Berlin',
      counter: false,
      get: (row: { [name: string]: string }, name: string) => row[name],
    };
    const after = compileExpression('after(row.end)', 'bool', context, () => expect.unreachable())!;
    expect(after.run({ end: '29.3.2026' }, clock)).toBe(false);
    // The day is 23 hours long there.
    expect(new Date(clock.due).toISOString()).toBe('2026-03-29T22:00:00.000Z');
    const past = createClock(clock.due);
    expect(after.run({ end: '2026-03-29' }, past)).toBe(true);
    expect(past.due).toBe(Number.POSITIVE_INFINITY);
    expect(() => after.run({ end: 'soon' }, past)).toThrow(/neither/);
    expect(after.run({}, past)).toBe(undefined);
  });
});
