/**
 * What one evaluation may cost. Text and lists that a rule produces, the steps of its loops, what these look at, and the steps
 * its patterns may take are counted; a rule that goes beyond is stopped with an error that says so. Together with the limits on
 * the expression itself (syntax) this keeps a rule on the usual object far below a tenth of a second, and the worst rule on
 * the worst object of 16 MB at a few seconds.
 */
import { RollcallError } from '#core/errors';

/** Evaluated parts of loop bodies. */
const MAX_STEPS = 200_000;
/** Characters and list entries made by functions. */
const MAX_PRODUCED = 1_000_000;
/** Characters and list entries that come by inside loops: a thousand names looked for among a thousand others are 40 million. */
const MAX_HANDLED = 50_000_000;
/** Steps that patterns may take at worst; about 13 ns each. */
const MAX_MATCHED = 200_000_000;

export class Bounds {
  #steps = 0;
  #produced = 0;
  #handled = 0;
  #matched = 0;
  #exceeded: RollcallError | null = null;

  reset(): void {
    this.#steps = 0;
    this.#produced = 0;
    this.#handled = 0;
    this.#matched = 0;
    this.#exceeded = null;
  }

  step(parts: number): void {
    this.#steps += parts;
    if (this.#steps > MAX_STEPS) this.#stop('the rule loops for too long', 'loop over fewer values, or not inside another loop');
  }

  produce(size: number): void {
    this.#produced += Math.max(0, size);
    if (this.#produced > MAX_PRODUCED) this.#stop('the rule makes too much text', 'cut its inputs with first(n)');
  }

  handle(size: number): void {
    this.#handled += size;
    if (this.#handled > MAX_HANDLED)
      this.#stop('the rule loops over too much text', 'cut long values with first(n) before the loop, or loop over fewer');
  }

  match(steps: number): void {
    this.#matched += steps;
    if (this.#matched > MAX_MATCHED)
      this.#stop(
        'the rule matches patterns for too long',
        'match fewer or shorter values, or use startsWith, endsWith and contains',
      );
  }

  /** A logical operator or a loop may have swallowed the error. */
  get exceeded(): RollcallError | null {
    return this.#exceeded;
  }

  #stop(message: string, remedy: string): never {
    this.#exceeded ??= new RollcallError('invalidValue', message, { remedy });
    throw this.#exceeded;
  }
}
