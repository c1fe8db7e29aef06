/**
 * What a person or group is found by, as one text: the words of all attributes that are searched, and the values that name one person,
 * each as one word, so that who is called exactly so is found first.
 */
import { sha256Hex } from './digest.ts';
import { foldForSearch, words } from './fold.ts';
import { type Attributes, scalars } from './values.ts';

/** Attributes whose values name one person. */
export const NAMING: readonly string[] = ['login', 'mail', 'employeeId', 'aliases'];

// Of Unicode's private use: in no name, and a letter to both stores.
const WHOLE = '\ue000';
const SIGN = '\ue001';

/** A whole value as one word, which no word of a text is. */
export function wholeWord(value: string): string {
  return WHOLE + foldForSearch(value.trim()).replace(/[^\p{L}\p{N}]/gu, SIGN);
}

export function isWholeWord(word: string): boolean {
  return word.startsWith(WHOLE);
}

/** Words, each once, separated by spaces. */
export function searchText(attributes: Attributes, searched: readonly string[]): string {
  let text = '';
  let whole = '';
  for (const name of searched) {
    const naming = NAMING.includes(name);
    for (const scalar of scalars(attributes[name])) {
      text += ` ${scalar}`;
      if (naming) whole += ` ${wholeWord(String(scalar))}`;
    }
  }
  return words(text).join(' ') + whole;
}

/** Changes when what is searched does, or how: then all texts are made anew. */
export function searchShape(searched: Iterable<readonly [kind: string, attributes: readonly string[]]>): string {
  return sha256Hex(JSON.stringify([1, ...[...searched].sort()])).slice(0, 16);
}
