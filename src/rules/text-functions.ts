/**
 * What rules may do with text. All functions count in characters (code points), never cut one in half, and take what is
 * there: `first(20)` of a shorter text is the whole text.
 */
import { transliterate as toAscii } from 'transliteration';
import { RollcallError } from '#core/errors';
import { dateIn, formatInstant, parseInstant } from '#core/time';
import { dateOf } from './clock.ts';

const PAIRS = /[\ud800-\udfff]/;

export function part(text: string, from: number, to: number): string {
  // A character is at most two code units: what lies behind need not be looked at.
  const head = text.slice(0, 2 * Math.max(0, to));
  if (!PAIRS.test(head)) return head.slice(Math.max(0, from), Math.max(0, to));
  return [...head].slice(Math.max(0, from), Math.max(0, to)).join('');
}

export function ending(text: string, count: number): string {
  if (count <= 0) return '';
  // One more, so that the cut goes through no character that is asked for.
  const tail = text.slice(-2 * count - 1);
  return PAIRS.test(tail) ? [...tail].slice(-count).join('') : tail.slice(-count);
}

/** Accents taken away, letters kept: `Zoë Çelik` → `Zoe Celik`. */
export function normalise(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').normalize('NFC');
}

/** Any script in ASCII letters, German umlauts as people write them: `Müller Жанна` → `Mueller Zhanna`. */
export function transliterate(text: string): string {
  const german = text
    .normalize('NFC')
    .replace(/[ÄÖÜ](?=\p{Ll})/gu, (c) => ({ Ä: 'Ae', Ö: 'Oe', Ü: 'Ue' })[c]!)
    .replace(/[äöüÄÖÜß]/g, (c) => ({ ä: 'ae', ö: 'oe', ü: 'ue', Ä: 'AE', Ö: 'OE', Ü: 'UE', ß: 'ss' })[c]!);
  return toAscii(german);
}

/** The first letter of each word, upper case. */
export function initials(text: string): string {
  return (text.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => part(word, 0, 1).toUpperCase()).join('');
}

export function digits(text: string): string {
  return text.replace(/[^0-9]/g, '');
}

/** Letters and digits only. */
export function letters(text: string): string {
  return text.replace(/[^\p{L}\p{M}\p{N}]/gu, '');
}

/** Names written in one case: `ANNA-LENA o'brien` → `Anna-Lena O'Brien`. */
export function capitalise(text: string): string {
  return text.toLowerCase().replace(/(?<![\p{L}\p{M}\p{N}])\p{L}/gu, (c) => c.toUpperCase());
}

export function padLeft(text: string, length: number, filler: string): string {
  return filler === '' ? text : text.padStart(Math.max(0, length), filler);
}

/** `yyyy yy MM M dd d HH mm ss` in a text; a date has midnight, an instant is shown in the zone. */
export function formatDate(text: string, pattern: string, zone: string): string {
  const date = dateOf(text);
  const at = date === null ? parseInstant(text) : null;
  if (date === null && at === null) {
    throw new RollcallError('invalidValue', 'a text that should be a date is none', { remedy: 'write it as 2026-03-01' });
  }
  const [day, time] = date !== null ? [date, '00:00:00'] : [dateIn(zone, at!), clockTime(at!, zone)];
  const [yyyy, MM, dd] = day.split('-') as [string, string, string];
  const [HH, mm, ss] = time.split(':') as [string, string, string];
  const values: { readonly [token: string]: string } = {
    yyyy,
    yy: yyyy.slice(2),
    MM,
    M: String(Number(MM)),
    dd,
    d: String(Number(dd)),
    HH,
    mm,
    ss,
  };
  return pattern.replace(/yyyy|yy|MM|M|dd|d|HH|mm|ss/g, (token) => values[token]!);
}

function clockTime(at: number, zone: string): string {
  if (zone === 'UTC') return formatInstant(at).slice(11, 19);
  return new Date(at).toLocaleTimeString('en-GB', { timeZone: zone, hourCycle: 'h23' });
}
