import { HIDDEN } from '#core/generated';

/**
 * What must never be printed. Process-wide on purpose: a secret that reached this process is a secret in every log line,
 * fault and screen of it, whoever prints. Values shorter than four characters are not replaced; they would blank ordinary text.
 *
 * A short one is replaced where it stands by itself, and not inside a longer word: `right` in `Brighton` says nothing of a password, and a
 * word of ours with a hole in it would say which it is. By itself it always goes, though it may be a word of ours there, too.
 */
export const REDACTED: string = HIDDEN;
const SHORTEST = 4;
/** Below this it may well be a part of ordinary words. */
const LONG = 8;
/** A program that reloads its file for years with rotating secrets forgets the oldest. */
const MOST = 10_000;

const known = new Set<string>();
let pattern: RegExp | null = null;

/** Registers a secret in the spellings in which it is likely to turn up: as it is, in JSON, in a URL, in Basic and Bearer headers. */
export function keepSecret(secret: string): void {
  const spellings = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret.toWellFormed()),
    Buffer.from(secret).toString('base64'),
  ];
  for (const line of secret.split(/\r?\n/)) spellings.push(line);
  for (const spelling of spellings) {
    if (spelling.length < SHORTEST || known.has(spelling)) continue;
    known.add(spelling);
    pattern = null;
  }
  for (const oldest of known) {
    if (known.size <= MOST) break;
    known.delete(oldest);
  }
}

/** The text with every known secret replaced; longer secrets first, so that one inside another leaves no rest. */
export function redact(text: string): string {
  if (known.size === 0) return text;
  pattern ??= new RegExp(
    [...known]
      .sort((a, b) => b.length - a.length)
      .map((text) => apart(text, text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')))
      .join('|'),
    'gu',
  );
  return text.replace(pattern, REDACTED);
}

const LETTER = String.raw`[\p{L}\p{N}]`;
/** What ends in a letter or a digit and is none: escapes of JSON and of URLs, colours of a terminal. */
const ESCAPE = String.raw`\\[bfnrt]|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|%[\da-fA-F]{2}|\u001b\[[\d;]*m`;

/** The pattern of a short secret, where no word goes on beyond it; an end that is no letter is no part of a word anyway. */
function apart(secret: string, pattern: string): string {
  if (secret.length >= LONG) return pattern;
  const begins = /^[\p{L}\p{N}]/u.test(secret) ? `(?:(?<!${LETTER})|(?<=${ESCAPE}))` : '';
  const ends = /[\p{L}\p{N}]$/u.test(secret) ? `(?!${LETTER})` : '';
  return `${begins}${pattern}${ends}`;
}
