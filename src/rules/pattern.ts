/**
 * Regular expressions that cannot run long. JavaScript's engine backtracks, so patterns are limited to what takes at most
 * about 256³ steps on a text of 256 characters: nothing repeated inside a repetition, no back references or look-around,
 * at most three open repetitions (two where the pattern is not anchored with ^), and few alternatives beside so many: each
 * doubles the steps.
 */

export const LONGEST_MATCHED = 256;
const LONGEST_PATTERN = 200;
const MAX_CHOICES = 8;
/** Where three things are tried at each place of the text. */
const MAX_CHOICES_BESIDE_THREE = 2;

/** What is wrong with a pattern, or null. */
export function patternFault(source: string): string | null {
  if (source.length > LONGEST_PATTERN) return `the pattern is longer than ${LONGEST_PATTERN} characters`;
  try {
    new RegExp(source, 'u');
  } catch {
    return 'the pattern is no regular expression';
  }
  return new Scan(source).fault();
}

/** Steps that a pattern without faults takes at worst on a text of this length. */
export function stepsOf(source: string): (length: number) => number {
  const scan = new Scan(source);
  scan.fault();
  const { repetitions, choices } = scan;
  // Of n places, k in order: n^k / k!.
  const orders = [1, 1, 2, 6][repetitions] ?? 6;
  return (length) => ((length + 1) ** repetitions / orders) * 2 ** choices;
}

class Scan {
  readonly #source: string;
  #at = 0;
  #open = 0;
  #choices = 0;
  /** An alternative of the whole pattern may begin anywhere, whatever the first one begins with. */
  #whole = false;

  constructor(source: string) {
    this.#source = source;
  }

  fault(): string | null {
    const stack: { repeats: boolean; choice: boolean }[] = [{ repeats: false, choice: false }];
    let atom: { repeats: boolean; choice: boolean } = { repeats: false, choice: false };
    const bare = { repeats: false, choice: false };
    while (this.#at < this.#source.length) {
      const c = this.#source[this.#at]!;
      if (c === '(') {
        const special = /^\(\?(?!:)/.test(this.#source.slice(this.#at));
        if (special) return 'the pattern looks around or names groups, which rules may not';
        stack.push({ repeats: false, choice: false });
        this.#at += this.#source.startsWith('(?:', this.#at) ? 3 : 1;
      } else if (c === ')') {
        atom = stack.pop()!;
        const outer = stack.at(-1)!;
        outer.repeats ||= atom.repeats;
        outer.choice ||= atom.choice;
        this.#at++;
      } else if (c === '|') {
        stack.at(-1)!.choice = true;
        this.#whole ||= stack.length === 1;
        this.#choices++;
        this.#at++;
      } else if (c === '\\') {
        if (/^\\[1-9k]/.test(this.#source.slice(this.#at))) return 'the pattern refers back to a group, which rules may not';
        this.#at += /^\\[pP]\{/.test(this.#source.slice(this.#at)) ? this.#source.indexOf('}', this.#at) - this.#at + 1 : 2;
        atom = bare;
      } else if (c === '[') {
        this.#class();
        atom = bare;
      } else {
        const repetition = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(this.#source.slice(this.#at));
        if (repetition === null) {
          this.#at++;
          atom = bare;
          continue;
        }
        const many = this.#many(repetition[0]);
        if (many && (atom.repeats || atom.choice))
          return 'the pattern repeats what repeats or has alternatives, which can run for ever';
        if (many) this.#open++;
        else this.#choices++;
        stack.at(-1)!.repeats = true;
        this.#at += repetition[0].length;
      }
    }
    const allowed = this.#anchored ? 3 : 2;
    if (this.#open > allowed) return `the pattern has ${this.#open} open repetitions where ${allowed} are allowed`;
    const most = this.repetitions === 3 ? MAX_CHOICES_BESIDE_THREE : MAX_CHOICES;
    return this.#choices > most ? `the pattern has ${this.#choices} alternatives where ${most} are allowed` : null;
  }

  get #anchored(): boolean {
    return this.#source.startsWith('^') && !this.#whole;
  }

  /** Of a pattern that begins anywhere, where it begins is one more. */
  get repetitions(): number {
    return this.#open + (this.#anchored ? 0 : 1);
  }

  get choices(): number {
    return this.#choices;
  }

  /** Whether a quantifier may take an atom more than once. `{5}` is exact and counts like it, since it may follow a group. */
  #many(quantifier: string): boolean {
    return !/^\?/.test(quantifier) && !/^\{[01](?:,1)?\}/.test(quantifier);
  }

  #class(): void {
    for (this.#at++; this.#at < this.#source.length && this.#source[this.#at] !== ']'; this.#at++)
      if (this.#source[this.#at] === '\\') this.#at++;
    this.#at++;
  }
}
