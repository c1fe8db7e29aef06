import { expect, test } from 'vitest';
import { nextTimes, scheduleFault } from './cron.ts';

test.each(['* * * * *', '*/15 * * * *', '0 2 * * *', '0,30 8-18 * * mon-fri', '5 4 1 jan,jul *', '0 0 * * 7', '0 22 * * 1-5/2'])(
  '%s is a schedule',
  (text) => {
    expect(scheduleFault(text)).toBe(null);
  },
);

test.each([
  '',
  '* * * *',
  '* * * * * *',
  '60 * * * *',
  '* 24 * * *',
  '* * 0 * *',
  '* * * 13 *',
  '* * * * 8',
  '*/0 * * * *',
  '5-1 * * * *',
  '@daily',
  'a b c d e',
  '* * * mon *',
  '1,,2 * * * *',
  '0 0 31 2 *',
])('%j is none', (text) => {
  expect(scheduleFault(text)).not.toBe(null);
});

const BERLIN = 'Europe/Berlin';
const times = (text: string, after: string, count: number): string[] =>
  nextTimes(text, BERLIN, Date.parse(after), count).map((time) => new Date(time).toISOString().slice(5, 16));

test.each([
  ['30 2 * * *', ['03-29T01:00', '03-30T00:30']],
  ['*/30 2 * * *', ['03-29T01:00', '03-30T00:00']],
  ['0 1-3 * * *', ['03-29T00:00', '03-29T01:00', '03-29T23:00']],
  ['*/30 * * * *', ['03-28T23:00', '03-28T23:30', '03-29T00:00', '03-29T00:30', '03-29T01:00']],
])('%s in the hour that is skipped comes once', (text, expected) => {
  expect(times(text, '2026-03-28T22:45Z', expected.length)).toEqual(expected);
});

test.each([
  ['30 2 * * *', ['10-25T00:30', '10-26T01:30']],
  ['*/30 2 * * *', ['10-25T00:00', '10-25T00:30', '10-26T01:00']],
  ['0 */2 * * *', ['10-24T22:00', '10-25T00:00', '10-25T03:00']],
  ['0 * * * *', ['10-24T22:00', '10-24T23:00', '10-25T00:00', '10-25T01:00', '10-25T02:00']],
])('%s in the hour that comes twice comes once, but by the hour', (text, expected) => {
  expect(times(text, '2026-10-24T21:30Z', expected.length)).toEqual(expected);
});

test('days, months, and either of two days', () => {
  expect(times('0 22 * * 1-5/2', '2026-10-24T21:30Z', 3)).toEqual(['10-26T21:00', '10-28T21:00', '10-30T21:00']);
  expect(times('5 4 1 jan,jul *', '2026-10-24T21:30Z', 2)).toEqual(['01-01T03:05', '07-01T02:05']);
  expect(times('5/20 12 13 * 7', '2026-11-07T21:30Z', 5)).toEqual([
    '11-08T11:05',
    '11-08T11:25',
    '11-08T11:45',
    '11-13T11:05',
    '11-13T11:25',
  ]);
});
