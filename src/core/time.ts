/**
 * Dates, instants, durations and zones. An instant is milliseconds since 1970 UTC while it is computed with, and
 * `2026-03-01T08:00:00.000Z` while it is kept. A date has no time; a zone (IANA name) says when it begins and ends.
 */
import { RollcallError } from './errors.ts';

const DAY = 86_400_000;
const UNITS: { readonly [unit: string]: number } = { w: 7 * DAY, d: DAY, h: 3_600_000, m: 60_000, s: 1000 };

/** `30d`, `12h`, `90m`, `15s`, `2w` and sums of them (`1h30m`) in milliseconds. Throws invalidValue. */
export function parseDuration(text: string): number {
  const parts = /^(?:\d{1,9}[wdhms])+$/.test(text) ? text.match(/\d+[wdhms]/g)! : [];
  const total = parts.reduce((sum, part) => sum + Number(part.slice(0, -1)) * UNITS[part.slice(-1)]!, 0);
  if (parts.length === 0 || parts.length > UNITS_MAX || total > MAX_DURATION) {
    throw new RollcallError('invalidValue', 'this is no duration', {
      remedy: 'write a number and w, d, h, m or s, such as 30d or 12h',
    });
  }
  return total;
}
const UNITS_MAX = 5;
/** A thousand years: beyond that sums leave what an instant can be. */
const MAX_DURATION = 366_000 * DAY;

/**
 * `2026-03-01` from `2026-03-01`, `2026/3/1`, `20260301`, `1.3.2026` or the date part, as written, of a date with a time.
 * Null for anything else: `03/01/2026` is read differently on both sides of the Atlantic.
 */
export function parseDate(text: string): string | null {
  const t = text.trim();
  let m = /^(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:?\d{2}[\d:.,]*\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/i.exec(t);
  m ??= /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/.exec(t);
  m ??= /^(\d{4})(\d{2})(\d{2})(?:\d{2,6}(?:[.,]\d+)?(?:Z|[+-]\d{2,4}))?$/i.exec(t);
  if (m !== null) return dateText(Number(m[1]), Number(m[2]), Number(m[3]));
  m = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(t);
  return m === null ? null : dateText(Number(m[3]), Number(m[2]), Number(m[1]));
}

function dateText(year: number, month: number, day: number): string | null {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;
/** RFC 4517 3.3.13; minutes and seconds may be missing. */
const GENERALIZED = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})?(\d{2})?(?:[.,](\d{1,9}))?(Z|[+-]\d{2}(?:\d{2})?)$/i;

/**
 * Milliseconds since 1970 of ISO 8601 text (no zone = UTC, no time = midnight), of a generalizedTime, and of seconds (10
 * digits) or milliseconds (13 digits) since 1970. Null for anything else.
 */
export function parseInstant(text: string): number | null {
  const t = text.trim();
  if (/^\d{10}$/.test(t)) return Number(t) * 1000;
  if (/^\d{13}$/.test(t)) return Number(t);
  const m = ISO.exec(t) ?? GENERALIZED.exec(t);
  if (m === null) return null;
  const [year, month, day, hour, minute] = [m[1], m[2], m[3], m[4] ?? 0, m[5] ?? 0].map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  // A leap second counts as the second before it, as POSIX has it.
  const second = Math.min(Number(m[6] ?? 0), 60) === 60 ? 59 : Number(m[6] ?? 0);
  if (dateText(year, month, day) === null || hour > 24 || minute > 59 || second > 59) return null;
  if (hour === 24 && (minute > 0 || second > 0)) return null;
  const offset = zoneOffset(m[8]);
  if (offset === null) return null;
  // A fraction belongs to the smallest unit given.
  const unit = m[6] !== undefined ? 1000 : m[5] !== undefined ? 60_000 : 3_600_000;
  const fraction = m[7] === undefined ? 0 : Math.floor(Number(`0.${m[7]}`) * unit + 1e-6);
  const ms = utc(year, month, day) + ((hour * 60 + minute) * 60 + second) * 1000 + fraction - offset;
  return ms < MIN_INSTANT || ms > MAX_INSTANT ? null : ms;
}

function zoneOffset(text: string | undefined): number | null {
  if (text === undefined || text === 'Z' || text === 'z') return 0;
  const hours = Number(text.slice(1, 3));
  const minutes = Number(text.slice(3).replace(':', '') || 0);
  if (hours > 23 || minutes > 59) return null;
  return (text[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** Midnight UTC; unlike Date.UTC it takes the years 1 to 99 as they are. */
function utc(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}
const MIN_INSTANT = utc(1, 1, 1);
const MAX_INSTANT = utc(10_000, 1, 1) - 1;

/** `2026-03-01T08:00:00.000Z`. Throws invalidValue outside the years 1 to 9999. */
export function formatInstant(ms: number): string {
  if (!(ms >= MIN_INSTANT && ms <= MAX_INSTANT))
    throw new RollcallError('invalidValue', 'the instant lies outside the years 1 to 9999');
  return new Date(ms).toISOString();
}

/** Bounded: there are some 30,000 dates that people have to do with. */
const CACHE = 60_000;
const formatters = new Map<string, Intl.DateTimeFormat>();
const starts = new Map<string, Map<number, number>>();
let lastDate: { zone: string; ms: number; date: string } | null = null;

export function isZone(zone: string): boolean {
  try {
    return formatter(zone) !== null;
  } catch {
    return false;
  }
}

function formatter(zone: string): Intl.DateTimeFormat {
  let found = formatters.get(zone);
  if (found === undefined) {
    const number = 'numeric';
    const fields = { year: number, month: number, day: number, hour: number, minute: number, second: number } as const;
    try {
      found = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', calendar: 'gregory', ...fields });
    } catch {
      throw new RollcallError('invalidValue', `there is no time zone '${zone}'`, {
        remedy: 'use an IANA name such as Europe/Berlin',
      });
    }
    formatters.set(zone, found);
  }
  return found;
}

/** Before this, zones were local mean times of no interest, and eras get in the way. */
const EARLIEST_OFFSET = utc(1700, 1, 1);

/** How far the clocks of a zone are ahead of UTC at an instant, in ms. */
export function offsetAt(zone: string, at: number): number {
  const ms = Math.floor(Math.max(at, EARLIEST_OFFSET) / 1000) * 1000;
  const field: { [type: string]: number } = {};
  for (const part of formatter(zone).formatToParts(ms)) field[part.type] = Number(part.value);
  const seconds = (field.hour! * 60 + field.minute!) * 60 + field.second!;
  return utc(field.year!, field.month!, field.day!) + seconds * 1000 - ms;
}

function localDay(zone: string, ms: number): number {
  return Math.floor((ms + offsetAt(zone, ms)) / DAY);
}

/** The date it is in a zone at an instant. */
export function dateIn(zone: string, ms: number): string {
  if (lastDate !== null && lastDate.ms === ms && lastDate.zone === zone) return lastDate.date;
  const day = new Date(localDay(zone, ms) * DAY);
  const date = dateText(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate())!;
  lastDate = { zone, ms, date };
  return date;
}

/** The time of day it is in a zone at an instant: `08:05:00`. */
export function timeOfDayIn(zone: string, ms: number): string {
  const seconds = Math.floor((ms + offsetAt(zone, ms)) / 1000);
  const parts = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map((part) => String(part).padStart(2, '0')).join(':');
}

/** How far a zone is from UTC at an instant, as it is written behind a time: `+02:00`, or `Z` (RFC 3339, 5.6). */
export function offsetIn(zone: string, ms: number): string {
  const minutes = Math.trunc(offsetAt(zone, ms) / 60_000);
  if (minutes === 0) return 'Z';
  const two = (n: number): string => String(n).padStart(2, '0');
  const ahead = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
}

/** The first instant of a date in a zone, in milliseconds; where a clock change skips midnight, the first that exists. */
export function startOfDate(date: string, zone: string): number {
  return startOfDay(Math.round(dayOf(date) / DAY), zone);
}

/** The first instant after a date in a zone: a date is inclusive, so what ends on it lasts until just before this. */
export function endOfDate(date: string, zone: string): number {
  return startOfDay(Math.round(dayOf(date) / DAY) + 1, zone);
}

function dayOf(date: string): number {
  const m = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  const ok = m !== null && dateText(Number(m[1]), Number(m[2]), Number(m[3])) === date;
  if (!ok) throw new RollcallError('invalidValue', 'this is no date', { remedy: 'write it as 2026-03-01' });
  return utc(Number(m[1]), Number(m[2]), Number(m[3]));
}

function startOfDay(day: number, zone: string): number {
  let known = starts.get(zone);
  if (known === undefined) {
    known = new Map();
    starts.set(zone, known);
  }
  const cached = known.get(day);
  if (cached !== undefined) return cached;
  const midnight = day * DAY;
  const before = offsetAt(zone, midnight - DAY);
  const start = before === offsetAt(zone, midnight + DAY) ? midnight - before : firstOfDay(day, zone);
  if (known.size >= CACHE) known.clear();
  known.set(day, start);
  return start;
}

/** Near a clock change: the first second of the day, by halving. */
function firstOfDay(day: number, zone: string): number {
  let low = day * 86_400 - 86_400;
  let high = day * 86_400 + 86_400;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (localDay(zone, middle * 1000) >= day) high = middle;
    else low = middle;
  }
  return high * 1000;
}
