import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dateIn,
  endOfDate,
  formatInstant,
  isZone,
  parseDate,
  parseDuration,
  parseInstant,
  startOfDate,
  timeOfDayIn,
} from './time.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Asia/Kolkata',
  'Pacific/Apia',
  'Africa/Cairo',
  'Asia/Beirut',
  'Australia/Lord_Howe',
  'Pacific/Kiritimati',
];
const zone = fc.constantFrom(...ZONES);
const day = fc.integer({ min: 0, max: 30_000 }).map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10));

describe('dates in zones', () => {
  it('begin at the first instant that has the date and end where the next begins', () => {
    fc.assert(
      fc.property(day, zone, (date, z) => {
        const start = startOfDate(date, z);
        const end = endOfDate(date, z);
        // Samoa and the Line Islands left out a day when they crossed the date line: it has no instant.
        if (start === end) {
          expect(['2011-12-30', '1994-12-31', '1995-01-01']).toContain(date);
          return;
        }
        expect(dateIn(z, start)).toBe(date);
        expect(dateIn(z, start - 1) < date).toBe(true);
        expect(dateIn(z, end - 1)).toBe(date);
        expect(dateIn(z, end) > date).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('hold over clock changes', () => {
    expect(endOfDate('2026-03-29', 'Europe/Berlin') - startOfDate('2026-03-29', 'Europe/Berlin')).toBe(23 * 3_600_000);
    expect(endOfDate('2026-10-25', 'Europe/Berlin') - startOfDate('2026-10-25', 'Europe/Berlin')).toBe(25 * 3_600_000);
    // Clocks went from 00:00 to 01:00 there: the day began at one.
    expect(new Date(startOfDate('2018-11-04', 'America/Sao_Paulo')).toISOString()).toBe('2018-11-04T03:00:00.000Z');
    expect(startOfDate('2011-12-31', 'Pacific/Apia')).toBe(endOfDate('2011-12-29', 'Pacific/Apia'));
    expect(Number.isFinite(endOfDate('9999-12-31', 'Europe/Berlin'))).toBe(true);
    expect(startOfDate('0001-01-01', 'UTC')).toBe(Date.parse('0001-01-01T00:00:00Z'));
  });

  it('refuse what is no date and no zone', () => {
    expect(() => startOfDate('2026-02-30', 'UTC')).toThrow(/no date/);
    expect(() => startOfDate('2026-02-03', 'Mars/Base')).toThrow(/no time zone/);
    expect([isZone('Europe/Berlin'), isZone('nowhere')]).toEqual([true, false]);
  });
});

describe('spellings', () => {
  it.each([
    ['2026-03-01', '2026-03-01'],
    ['2026/3/1', '2026-03-01'],
    ['1.3.2026', '2026-03-01'],
    ['20260301', '2026-03-01'],
    [' 2026-03-01 ', '2026-03-01'],
    ['2026-03-01T23:59:59+09:00', '2026-03-01'],
    ['20260301000000Z', '2026-03-01'],
    ['2024-02-29', '2024-02-29'],
    ['2026-02-29', null],
    ['03/01/2026', null],
    ['2026-13-01', null],
    ['2026', null],
    ['', null],
    ['0000-01-01', null],
    ['32.1.2026', null],
  ])('date %j is %j', (text, date) => expect(parseDate(text)).toBe(date));

  it.each([
    ['2026-03-01T08:00:00Z', '2026-03-01T08:00:00.000Z'],
    ['2026-03-01 09:00+0100', '2026-03-01T08:00:00.000Z'],
    ['20260301080000Z', '2026-03-01T08:00:00.000Z'],
    ['2026030108Z', '2026-03-01T08:00:00.000Z'],
    ['202603010830.5-0130', '2026-03-01T10:00:30.000Z'],
    ['2026-03-01T08:00:00.123456Z', '2026-03-01T08:00:00.123Z'],
    ['2026-03-01', '2026-03-01T00:00:00.000Z'],
    ['1772352000', '2026-03-01T08:00:00.000Z'],
    ['1772352000000', '2026-03-01T08:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.000Z'],
    ['2026-03-01T24:00:00Z', '2026-03-02T00:00:00.000Z'],
    ['2026-03-01T25:00Z', null],
    ['2026-02-30T00:00Z', null],
    ['yesterday', null],
    ['2026-03-01T08:00:00+25:00', null],
    ['0001-01-01T00:00:00+23:00', null],
  ])('instant %j is %j', (text, instant) => {
    const ms = parseInstant(text);
    expect(ms === null ? null : formatInstant(ms)).toBe(instant);
  });

  it('instants come back as they were', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.parse('0001-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59Z') }), (ms) => {
        expect(parseInstant(formatInstant(ms))).toBe(ms);
      }),
    );
    expect(() => formatInstant(Number.POSITIVE_INFINITY)).toThrow();
  });

  it('the time of day is that of the zone, on the day of a clock change as well', () => {
    const at = Date.UTC(2026, 2, 29, 0, 59, 59);
    expect([at, at + 1000].map((ms) => timeOfDayIn('Europe/Berlin', ms))).toEqual(['01:59:59', '03:00:00']);
    expect(timeOfDayIn('America/New_York', at)).toBe('20:59:59');
  });

  it('durations', () => {
    expect([
      parseDuration('30d'),
      parseDuration('12h'),
      parseDuration('90m'),
      parseDuration('15s'),
      parseDuration('2w'),
      parseDuration('1h30m'),
      parseDuration('0d'),
    ]).toEqual([2_592_000_000, 43_200_000, 5_400_000, 15_000, 1_209_600_000, 5_400_000, 0]);
    for (const bad of ['', '30', 'd', '-1d', '1y', '1.5h', ' 1d', '999999999w', '1d '.repeat(9)])
      expect(() => parseDuration(bad)).toThrow(/no duration/);
  });
});
