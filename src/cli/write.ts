/** Numbers, times, values and sentences as people read them. */
import { grouped as number } from '#core/text';
import { dateIn, isZone, offsetIn, timeOfDayIn } from '#core/time';
import { printable } from './terminal.ts';

export { number };

/** `1 person`, `2 people`, `1,200 people`. */
export function count(n: number, one: string, many: string = `${one}s`): string {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/** The zone that times are in: that of rollcall.yaml once it is read, the machine's before. */
let shown = zoneOfMachine();

function zoneOfMachine(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  // A machine may be set to one that nobody knows.
  return isZone(timeZone) ? timeZone : 'UTC';
}

/** Times are in this zone from now on; null: in that of the machine. */
export function showTimesIn(zone: string | null): void {
  shown = zone ?? zoneOfMachine();
}

/** `2026-03-31 08:00:00+02:00`: to the second, in the zone of rollcall.yaml; exact instants are in --json. */
export function time(instant: string | number | null): string {
  if (instant === null) return 'never';
  const ms = new Date(instant).getTime();
  if (Number.isNaN(ms)) return printable(String(instant));
  return `${dateIn(shown, ms)} ${timeOfDayIn(shown, ms)}${offsetIn(shown, ms)}`;
}

/** 850 → 0.9 s, 65,000 → 1 min 05 s, 7,260,000 → 2 h 01 min. */
export function duration(ms: number): string {
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
  return count(Math.floor(minutes / 1440), 'day');
}

/** Of a list so many values are shown where others are beside it. */
const FEW = 8;

/** A value as a person reads it: text bare, lists with commas up to `most` values, bytes by size, nothing as `(empty)`. */
export function value(of: unknown, most: number = FEW): string {
  if (of === null || of === undefined) return '(empty)';
  if (typeof of === 'string') return of === '' ? '(empty text)' : printable(of);
  if (typeof of === 'number' || typeof of === 'boolean') return String(of);
  if (Array.isArray(of)) {
    if (of.length === 0) return '(empty)';
    const shown = of
      .slice(0, most)
      .map((one) => value(one, most))
      .join(', ');
    return of.length > most ? `${shown} and ${number(of.length - most)} more` : shown;
  }
  const object = of as {
    blob?: unknown;
    size?: unknown;
    object?: unknown;
    label?: unknown;
    unresolved?: unknown;
    candidates?: unknown;
  };
  if (typeof object.unresolved === 'string')
    return Array.isArray(object.candidates)
      ? `${printable(object.unresolved)} (names several: ${value(object.candidates)})`
      : `${printable(object.unresolved)} (nobody known by that yet)`;
  if (typeof object.blob === 'string' && typeof object.size === 'number')
    return `${object.blob.startsWith('photo ') ? 'a photo made of ' : ''}${number(object.size)} bytes`;
  if (typeof object.object === 'number') {
    const id = `#${object.object}`;
    return typeof object.label !== 'string' || object.label === id ? id : `${printable(object.label)} (${id})`;
  }
  return printable(JSON.stringify(of));
}

/** `'a', 'b' and 'c'`. */
export function listing(words: readonly string[], last: string = 'and'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/** Text in lines of at most `width` columns, each but the first indented. */
export function wrap(text: string, width: number, indent: string = ''): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  lines.push(line);
  return lines.join(`\n${indent}`);
}
