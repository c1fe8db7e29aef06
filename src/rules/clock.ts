/**
 * Time in rules. A rule knows no other clock than the run's `now`; each function here records the next instant at which
 * its answer changes, so that a delta sync looks again exactly then (SEMANTICS 5).
 */
import { RollcallError } from '#core/errors';
import { dateIn, endOfDate, parseDate, parseInstant, startOfDate } from '#core/time';
import type { Clock } from './model.ts';

export function createClock(now: number): Clock {
  return { now, due: Number.POSITIVE_INFINITY };
}

function changesAt(clock: Clock, at: number): void {
  if (at > clock.now && at < clock.due) clock.due = at;
}

/** The date it is now; changes at midnight there. */
export function today(clock: Clock, zone: string): string {
  const date = dateIn(zone, clock.now);
  changesAt(clock, endOfDate(date, zone));
  return date;
}

/** Whether now lies before a date's first or an instant's own moment. */
export function before(clock: Clock, text: string, zone: string): boolean {
  const date = dateOf(text);
  const at = date === null ? instantOf(text) : startOfDate(date, zone);
  changesAt(clock, at);
  return clock.now < at;
}

/** Whether a date is over (it is inclusive), or an instant has come. */
export function after(clock: Clock, text: string, zone: string): boolean {
  const date = dateOf(text);
  const at = date === null ? instantOf(text) : endOfDate(date, zone);
  changesAt(clock, at);
  return clock.now >= at;
}

const DAY = 86_400_000;

/** Days from today to a date; negative when it is past. Changes at midnight. */
export function daysUntil(clock: Clock, text: string, zone: string): number {
  return Math.round((days(dayOf(text)) - days(today(clock, zone))) / DAY);
}

/** A date some days later. */
export function addDays(text: string, count: number): string {
  const at = days(dayOf(text)) + count * DAY;
  const date = Number.isSafeInteger(at) && Math.abs(at) < 8e15 ? parseDate(new Date(at).toISOString().slice(0, 10)) : null;
  if (date === null) throw new RollcallError('invalidValue', 'the date lies outside the years 1 to 9999');
  return date;
}

function days(date: string): number {
  return new Date(`${date}T00:00:00Z`).getTime();
}

export function dayOf(text: string): string {
  const date = parseDate(text);
  if (date === null)
    throw new RollcallError('invalidValue', 'a text that should be a date is none', { remedy: 'write it as 2026-03-01' });
  return date;
}

/** A date alone; null for what has a time or is an instant. */
export function dateOf(text: string): string | null {
  return text.trim().length <= 10 ? parseDate(text) : null;
}

function instantOf(text: string): number {
  const at = parseInstant(text);
  if (at !== null) return at;
  throw new RollcallError('invalidValue', 'a text that should be a date or a point in time is neither', {
    remedy: 'write it as 2026-03-01 or 2026-03-01T08:00:00Z',
  });
}
