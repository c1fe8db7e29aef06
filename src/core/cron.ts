/**
 * Five-field schedule texts: minute, hour, day of month, month, day of week; the last two as in cron, where either may fit. Where clocks are
 * put forward, what was to come in the hour that is skipped comes once, right after it; where they are put back, once in the hour that comes
 * twice. What comes every hour (`*`) goes by the time that passes.
 */
import { Cron } from 'croner';

const FIELDS = [
  { name: 'minute', from: 0, to: 59, words: [] },
  { name: 'hour', from: 0, to: 23, words: [] },
  { name: 'day of the month', from: 1, to: 31, words: [] },
  { name: 'month', from: 1, to: 12, words: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { name: 'day of the week', from: 0, to: 7, words: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
] as const;

/** What is wrong with the text, or null. */
export function scheduleFault(text: string): string | null {
  const fields = text.trim().split(/\s+/);
  if (text.length > 200 || fields.length !== FIELDS.length)
    return 'must have five fields: minute, hour, day of month, month, day of week';
  for (const [index, field] of FIELDS.entries()) {
    for (const part of fields[index]!.toLowerCase().split(',')) {
      if (!isPart(part, field)) return `has a ${field.name} that cannot be: "${fields[index]}" (${field.from} to ${field.to})`;
    }
  }
  return cron(text, 'UTC').nextRun(new Date(0)) === null ? 'never comes: there is no such day' : null;
}

/** The first time after an instant, both in ms; null for a text that `scheduleFault` refuses. */
export function nextTime(text: string, zone: string, after: number): number | null {
  return cron(text, zone).nextRun(new Date(after))?.getTime() ?? null;
}

/** The next times after an instant, in ms. */
export function nextTimes(text: string, zone: string, after: number, count: number): readonly number[] {
  return cron(text, zone)
    .nextRuns(count, new Date(after))
    .map((time) => time.getTime());
}

const known = new Map<string, Cron>();
const MOST_KNOWN = 1_000;

function cron(text: string, zone: string): Cron {
  const key = `${zone} ${text}`;
  let found = known.get(key);
  if (found === undefined) {
    if (known.size >= MOST_KNOWN) known.clear();
    const [minute, hour, ...days] = text.trim().toLowerCase().split(/\s+/) as [string, string, ...string[]];
    // Steps are written out: croner takes what has some for something that comes by the time that passes.
    const isHourly = hour === '*';
    const fields = isHourly ? [minute, hour] : [listed(minute, 59), listed(hour, 23)];
    const options = { timezone: zone, mode: '5-part', paused: true, sloppyRanges: true, fixedTimeRule: 'no-wildcard' } as const;
    found = new Cron([...fields, ...days].join(' '), options);
    known.set(key, found);
  }
  return found;
}

/** `*\/20` as `0,20,40`. */
function listed(field: string, last: number): string {
  const values = field.split(',').flatMap((part) => {
    const [range, step] = part.split('/') as [string, string?];
    const [from, to] = range === '*' ? [0, last] : range.split('-').map(Number);
    const until = to ?? (step === undefined ? from! : last);
    return Array.from({ length: Math.floor((until - from!) / Number(step ?? 1)) + 1 }, (_, i) => from! + i * Number(step ?? 1));
  });
  return [...new Set(values)].sort((a, b) => a - b).join(',');
}

function isPart(part: string, field: (typeof FIELDS)[number]): boolean {
  const found = /^(?:\*|([0-9]{1,2}|[a-z]{3})(?:-([0-9]{1,2}|[a-z]{3}))?)(?:\/([0-9]{1,2}))?$/.exec(part);
  if (found === null) return false;
  const words: readonly string[] = field.words;
  const number = (text: string): number =>
    /^\d/.test(text) ? Number(text) : words.includes(text) ? words.indexOf(text) + field.from : -1;
  const inRange = (value: number): boolean => value >= field.from && value <= field.to;
  const [, first, last, step] = found;
  if (first !== undefined && !inRange(number(first))) return false;
  if (last !== undefined && (!inRange(number(last)) || number(last) < number(first!))) return false;
  return step === undefined || Number(step) >= 1;
}
