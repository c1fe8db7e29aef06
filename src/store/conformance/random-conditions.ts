/** Documents and conditions by chance, of few names and values, so that they often meet; some are there to break out of SQL and JSON. */
import { type Comparison, type Condition, type Folded, type FoldedValue, folded } from '#core/condition';

const NAMES = ['a', 'b', 'c', 'a"b', 'a\\', '\\"', '__proto__', '$.a', '[0]', '', 'é', 'a.b', "'; --", '\u0001'];
const TEXTS = ['', 'a', 'A', 'ab', 'ba', 'é', 'e\u0301', '😀', '\uffff', '%', '_', '\\', '"', "' or 1 = 1 --", '\n', '1', 'true'];
const NUMBERS = [0, 1, -1, 1.5, 0.1, 0.30000000000000004, 1e21, 12345678901234568, Number.MIN_SAFE_INTEGER];
const COMPARISONS: readonly Comparison[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'];

/** mulberry32: the same seed, the same ones. */
export class RandomConditions {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }

  #one<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  #list<T>(least: number, most: number, of: () => T): T[] {
    return Array.from({ length: least + this.below(most - least + 1) }, of);
  }

  /** The first names more often than the others. */
  #name(): string {
    return NAMES[this.below(2) === 0 ? this.below(3) : this.below(NAMES.length)]!;
  }

  path(): string[] {
    return this.#list(1, 2, () => this.#name());
  }

  #scalar(): string | number | boolean {
    return this.#one([() => this.#one(TEXTS), () => this.#one(TEXTS), () => this.#one(NUMBERS), () => this.below(2) === 0])();
  }

  document(depth = 0): Folded {
    const value = (): FoldedValue => (depth < 2 && this.below(3) === 0 ? this.document(depth + 1) : this.#scalar());
    return folded(this.#list(0, 5, () => [this.#name(), this.#list(1, 3, value)] as const));
  }

  condition(depth = 0): Condition {
    const inner = (): Condition => this.condition(depth + 1);
    const one = depth > 2 ? 5 + this.below(4) : this.below(9);
    if (one === 0) return { and: this.#list(0, 3, inner) };
    if (one === 1) return { or: this.#list(0, 3, inner) };
    if (one === 2) return { not: inner() };
    if (one === 3) return { any: this.path(), of: inner() };
    if (one === 4) return { present: this.path() };
    return { compare: this.#one(COMPARISONS), path: this.path(), value: this.below(12) === 0 ? null : this.#scalar() };
  }
}
