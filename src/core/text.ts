/** What a text may hold, and what somebody probably meant by a misspelt name. */
import { RollcallError } from './errors.ts';

/** The same text; throws invalidValue for U+0000 and for half a surrogate pair, which no store and no system keeps. */
export function checkText(text: string): string {
  if (text.includes('\0'))
    throw new RollcallError('invalidValue', 'the text holds the character U+0000', { remedy: 'remove it in the source' });
  if (!text.isWellFormed()) {
    throw new RollcallError('invalidValue', 'the text holds half a surrogate pair', {
      remedy: 'mend its encoding in the source',
    });
  }
  return text;
}

/** The text with U+FFFD in the place of what `checkText` refuses: for messages about it. */
export function keepable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

const grouping = new Intl.NumberFormat('en-US');

/** As people read it in every message: 1234567 → 1,234,567. */
export function grouped(n: number): string {
  return grouping.format(n);
}

/** Names longer than this are not compared: the work grows with the square. */
const MAX_NAME = 64;

/**
 * The known name nearest to this one, for "did you mean". Case alone never counts as a difference; at most a third of the
 * letters may differ. Where nothing is near, the first that has it as one of its words: `full-import` for `import`. Else null.
 */
export function nearest(name: string, known: Iterable<string>): string | null {
  const wanted = name.toLowerCase().slice(0, MAX_NAME);
  let best: string | null = null;
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1;
  let word: string | null = null;
  for (const candidate of known) {
    if (wanted !== '' && candidate.length <= MAX_NAME && candidate.toLowerCase().split('-').includes(wanted)) word ??= candidate;
    if (Math.abs(candidate.length - wanted.length) >= least || candidate.length > MAX_NAME) continue;
    const distance = editDistance(wanted, candidate.toLowerCase(), least);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best ?? word;
}

/** Insertions, deletions, substitutions and swaps of neighbours; gives up with `limit` once it must be that much. */
function editDistance(a: string, b: string, limit: number): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1);
      row.push(cost);
    }
    if (Math.min(...row) >= limit) return limit;
    before = last;
    last = row;
  }
  return last[b.length]!;
}
