/** Inputs by number: the same seed, corpus and number make the same bytes, on every machine. */

/** What spoils JSON. */
export const JSON_SIGNS: readonly string[] = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  'null',
  'true',
  '-1',
  '1e999',
  '"__proto__":',
  '\\u0000',
  '\\ud800',
  '{"a":',
  '[[',
];

export interface Corpus {
  readonly name: string;
  /** Good input, to be spoilt. */
  readonly good: readonly string[];
  /** What means something to the parser. */
  readonly special: readonly string[];
}

/** What means something to everybody, or should not. */
const ODD = [
  '\0',
  '\n',
  '\r',
  '\r\n',
  '\ufeff',
  '\u2028',
  '\ud800',
  '\udc00',
  '💥',
  'é',
  '__proto__',
  'constructor',
  'toString',
  ' ',
  '\\',
];
const LONGEST = 4_000;

export function inputOf(corpus: Corpus, seed: number, number: number): Buffer {
  const next = randomOf(`${corpus.name} ${seed} ${number}`);
  const below = (n: number): number => Math.floor(next() * n);
  const one = (list: readonly string[]): string => list[below(list.length)]!;
  if (below(20) === 0) return Buffer.from(Array.from({ length: below(200) }, () => below(256)));
  let text = one(corpus.good);
  for (let left = 1 + below(6); left > 0; left--) {
    const at = below(text.length + 1);
    const to = Math.min(text.length, at + below(12));
    switch (below(8)) {
      case 0:
        text = text.slice(0, at) + text.slice(to);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(at, to).repeat(1 + below(3)) + text.slice(to);
        break;
      case 2:
        text = text.slice(0, at);
        break;
      case 3:
        text = text.slice(0, at) + one(corpus.good).slice(below(40));
        break;
      case 4:
        text = text.slice(0, at) + one(corpus.special).repeat(below(20) === 0 ? below(300) : 1) + text.slice(to);
        break;
      case 5:
        text = text.slice(0, at) + one(ODD) + text.slice(to);
        break;
      default:
        text = text.slice(0, at) + one(corpus.special) + text.slice(at);
    }
    if (text.length > LONGEST) text = text.slice(0, LONGEST);
  }
  const bytes = Buffer.from(text);
  // Now and then bytes that are no UTF-8.
  if (below(6) === 0 && bytes.length > 0) bytes[below(bytes.length)] = 128 + below(128);
  return bytes;
}

/** mulberry32, seeded by FNV-1a of a text. */
function randomOf(text: string): () => number {
  let state = 2_166_136_261;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 16_777_619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
