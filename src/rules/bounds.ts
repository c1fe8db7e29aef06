/**
 * What one evaluation may cost. Text and lists that a rule produces, and the steps of its loops, are counted; a rule that
 * goes beyond is stopped with an error that says so. Together with the limits on the expression itself (syntax) this keeps
 * the worst rule on the worst object below about a tenth of a second.
 */
import { RollcallError } from '#core/errors';

/** Evaluated parts of loop bodies. */
const MAX_STEPS = 200_000;
/** Characters and list entries made by functions. */
const MAX_PRODUCED = 1_000_000;

export class Bounds {
  #steps = 0;
  #produced = 0;
  #exceeded: RollcallError | null = null;

  reset(): void {
    this.#steps = 0;
    this.#produced = 0;
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

  /** A logical operator or a loop may have swallowed the error. */
  get exceeded(): RollcallError | null {
    return this.#exceeded;
  }

  #stop(message: string, remedy: string): never {
    this.#exceeded ??= new RollcallError('invalidValue', message, { remedy });
    throw this.#exceeded;
  }
}
