/** What somebody typed, and a name that nothing has: the command line's exit code 64, wherever it is found out. */
import { type Fault, RollcallError } from './errors.ts';
import { nearest } from './text.ts';

/** What was typed cannot be done as it is; nothing was done. */
export class WrongCommand extends RollcallError {}

/** An error that came as data from another process or thread, as it was there. `wrong`: a `WrongCommand`. */
export function fromFault({ kind, message, carried: _, ...more }: Fault, wrong = false): RollcallError {
  return wrong ? new WrongCommand(kind, message, more) : new RollcallError(kind, message, more);
}

/** What was named is not there; nothing was done. The remedy names the nearest name there is. */
export class UnknownName extends WrongCommand {
  constructor(message: string, name: string, known: readonly string[]) {
    const near = nearest(name, known);
    super('notFound', message, { remedy: near === null ? `There are ${known.join(', ')}.` : `Did you mean '${near}'?` });
  }
}

export function unknownConnection(name: string, known: readonly string[]): UnknownName {
  return new UnknownName(`There is no connection '${name}'.`, name, known);
}
