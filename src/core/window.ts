/**
 * Times at which a system may be changed: `Mon-Fri 20:00-06:00 Europe/Berlin`. A span that ends before it begins goes on over midnight and
 * belongs to the day it began on. Times are those on the clocks of the zone, whatever they are put to; instants are in ms.
 */
import { isZone, offsetAt } from './time.ts';

export interface Span {
  /** 0 = Monday. */
  readonly days: ReadonlySet<number>;
  /** Minutes of the day; `to` is 1440 at most. */
  readonly from: number;
  readonly to: number;
  readonly zone: string;
}

export interface Blackout {
  readonly from: number;
  /** It is over then. */
  readonly to: number;
  readonly reason: string | null;
}

export interface Openings {
  /** None: always, but for the blackouts. */
  readonly spans: readonly Span[];
  readonly blackouts: readonly Blackout[];
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const TEXT = /^(?:([a-z]{3}(?:-[a-z]{3})?(?:,[a-z]{3}(?:-[a-z]{3})?)*)\s+)?(\d{2}):(\d{2})\s*-\s*(\d{2}):(\d{2})(?:\s+(\S+))?$/i;
const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const ALL_DAY = 1_440;

/** @param zone where the text names none. @returns what is wrong with it, as text. */
export function readSpan(text: string, zone: string): Span | string {
  const found = TEXT.exec(text.trim());
  if (found === null) return 'must be days and times, such as Mon-Fri 20:00-06:00';
  const [, dayText, fromHour, fromMinute, toHour, toMinute, zoneText] = found;
  const days = daysOf(dayText?.toLowerCase());
  if (days === null) return `must name days as ${DAYS.join(', ')}`;
  const from = Number(fromHour) * 60 + Number(fromMinute);
  const to = Number(toHour) * 60 + Number(toMinute);
  if (Number(fromMinute) > 59 || Number(toMinute) > 59 || from >= ALL_DAY || to > ALL_DAY)
    return 'has a time that cannot be: 00:00 to 24:00';
  if (zoneText !== undefined && !isZone(zoneText)) return 'names no IANA time zone, such as Europe/Berlin';
  return { days, from, to, zone: zoneText ?? zone };
}

function daysOf(text: string | undefined): ReadonlySet<number> | null {
  if (text === undefined) return new Set(DAYS.keys());
  const days = new Set<number>();
  for (const part of text.split(',')) {
    const [first, last = first] = part.split('-').map((name) => DAYS.indexOf(name)) as [number, number?];
    if (first < 0 || last < 0) return null;
    // Sat-Mon goes on over the end of the week.
    for (let day = first; ; day = (day + 1) % DAYS.length) {
      days.add(day);
      if (day === last) break;
    }
  }
  return days;
}

export function isOpen({ spans, blackouts }: Openings, at: number): boolean {
  if (blackoutAt(blackouts, at) !== undefined) return false;
  return spans.length === 0 || spans.some((span) => covers(span, at));
}

export function blackoutAt(blackouts: readonly Blackout[], at: number): Blackout | undefined {
  return blackouts.find(({ from, to }) => from <= at && at < to);
}

function covers({ days, from, to, zone }: Span, at: number): boolean {
  const local = at + offsetAt(zone, at);
  const day = Math.floor(local / DAY_MS);
  const minute = (local - day * DAY_MS) / MINUTE_MS;
  const isOn = (one: number): boolean => days.has((((one + 3) % 7) + 7) % 7);
  if (from < to) return isOn(day) && from <= minute && minute < to;
  return (isOn(day) && minute >= from) || (isOn(day - 1) && minute < to);
}

/** The first moment after an instant at which it opens, having been closed right before; null where it never does. */
export function nextOpening({ spans, blackouts }: Openings, after: number): number | null {
  const openings = { spans, blackouts };
  const ends = blackouts.map(({ to }) => to).filter((to) => to > after);
  for (const start of [after, ...ends.toSorted((a, b) => a - b)]) {
    const moments = [...ends, ...spans.flatMap((span) => begins(span, start))];
    const found = moments.filter((one) => one > after && isOpen(openings, one) && !isOpen(openings, one - 1));
    if (found.length > 0) return Math.min(...found);
  }
  return null;
}

/** Moments at which the span may begin, from the day before that instant for over a week. */
function begins({ from, zone }: Span, at: number): number[] {
  const today = Math.floor((at + offsetAt(zone, at)) / DAY_MS);
  return Array.from({ length: 10 }, (_, i) => (today - 1 + i) * DAY_MS + from * MINUTE_MS).flatMap((local) => {
    const [before, later] = [local - DAY_MS, local + DAY_MS].map((near) => offsetAt(zone, near)) as [number, number];
    if (before === later) return [local - before];
    // Clocks are changed near it: it may come twice, or right after what is skipped.
    return [local - before, local - later, changeBetween(zone, local - DAY_MS, local + DAY_MS)];
  });
}

function changeBetween(zone: string, low: number, high: number): number {
  const before = offsetAt(zone, low);
  let [still, changed] = [low, high];
  while (changed - still > 1) {
    const middle = Math.floor((still + changed) / 2);
    if (offsetAt(zone, middle) === before) still = middle;
    else changed = middle;
  }
  return changed;
}
