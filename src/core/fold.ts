/**
 * Folding of text. `foldCase` is for equivalence (SEMANTICS 2), `foldForSearch` for finding. Unicode's full case folding
 * is followed for what occurs in names and addresses: lower case, `ß` as `ss`, the final sigma as any sigma. Accents count
 * in equivalence and not in search; dotless `ı` is not `i` except in search.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: this is what ASCII is
const ASCII = /^[\x00-\x7f]*$/;

/** Composed (NFC), lower case, runs of white space as one space, none at the ends, invisible characters removed. */
export function foldCase(text: string): string {
  if (ASCII.test(text)) return spaced(text.toLowerCase());
  const bare = text.replace(/[\u00ad\u200b\u2060\ufeff]/g, '').normalize('NFC');
  const lower = bare.toLowerCase().replaceAll('ß', 'ss').replaceAll('ς', 'σ').normalize('NFC');
  return spaced(lower);
}

function spaced(text: string): string {
  return /^\s|\s\s|[^\S ]|\s$/.test(text) ? text.trim().replace(/\s+/g, ' ') : text;
}

/** Letters that Unicode does not take apart into a base and an accent. */
const BASE: { readonly [letter: string]: string } = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  ŧ: 't',
  ς: 'σ',
};

/** Lower case, compatibility forms and accents taken away: `Zoë Çelik-Ø` → `zoe celik-o`. */
export function foldForSearch(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
  return plain.replace(/[ßæœøđðþłħıŋŧς]/g, (letter) => BASE[letter]!).normalize('NFC');
}

/** The words of a text as search sees them, in order, each once. */
export function words(text: string): readonly string[] {
  const all = ASCII.test(text) ? text.toLowerCase().match(/[a-z0-9]+/g) : foldForSearch(text).match(/[\p{L}\p{N}]+/gu);
  return all === null ? [] : all.length === 1 ? all : [...new Set(all)];
}
