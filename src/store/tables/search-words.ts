/** How both stores look for words: what the index is asked, and what is held against an object's own text. */
import { isWholeWord } from '#core/searched';

// Of Unicode's private use, as the marks of core/searched.
const KIND = '\ue002';

/** Objects of a kind have it as a word, so that few of one kind are found among many of another. */
export function kindWord(kind: number | string): string {
  return `${KIND}${kind}`;
}

export function isKindWord(word: string): boolean {
  return word.startsWith(KIND);
}

/** The words of a request as they can be in a text: nothing else in them means anything to an index. */
export function askedWords(words: readonly string[]): readonly string[] {
  return words.flatMap((word) => (isWholeWord(word) ? [word] : (word.match(/[\p{L}\p{N}]+/gu) ?? [])));
}

/** Whether a folded text has them all: at the beginnings of its words, or whole. */
export function hasWords(folded: string, wanted: readonly string[]): boolean {
  const text = ` ${folded} `;
  return wanted.every((word) => text.includes(isWholeWord(word) ? ` ${word} ` : ` ${word}`));
}

/**
 * Of ids that wait for the index those to be looked at one by one: all of them, or, where they are more, the newest. `waiting` is in
 * the order in which it came, each with its first and last id.
 */
export function besideIndex(
  waiting: readonly (readonly [from: number, to: number])[],
  after: number,
  most: number,
): { readonly looked: readonly { readonly from: number; readonly to: number }[]; readonly left: number } {
  const looked: { from: number; to: number }[] = [];
  let room = most;
  let left = 0;
  for (const [first, to] of waiting.toReversed()) {
    const from = Math.max(first, after + 1);
    if (from > to) continue;
    const n = Math.min(room, to - from + 1);
    if (n > 0) looked.push({ from: to - n + 1, to });
    room -= n;
    left += to - from + 1 - n;
  }
  return { looked, left };
}
