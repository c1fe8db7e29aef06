/** What a read shows and nobody can use: told one by one up to a bound, the rest as a number. A wrong encoding would tell a million. */
import { type Fault, toFault } from '#core/errors';
import type { EngineConnection, EngineContext } from '../context.ts';

/** Of one attribute, and of whole objects. */
const TOLD = 100;
/** Attributes told apart; the names come from outside too. */
const NAMES = 1_000;
const NAME = 256;

export interface Shown {
  readonly anchor: string;
  readonly line?: number;
}

export interface Refusals {
  /** Objects that could not be staged: their absence is not known. */
  readonly objects: number;
  object(shown: Shown, error: unknown): void;
  /** Attributes of an object that goes on without them. */
  attributes(shown: Shown, faults: readonly Fault[]): void;
  /** Tells how many more there were. */
  finish(): void;
}

export function createRefusals(context: EngineContext, connection: EngineConnection): Refusals {
  const { file } = context.open(connection);
  const more = new Map<string, { count: number; readonly first: Fault }>();
  let objects = 0;

  const tell = (fault: Fault, shown: Shown, attribute: string | undefined): void => {
    const short = attribute?.slice(0, NAME);
    const name = short === undefined ? '' : more.size < NAMES || more.has(short) ? short : '…';
    const known = more.get(name);
    if (known === undefined) more.set(name, { count: 1, first: fault });
    else if (++known.count > TOLD) return;
    const { anchor: object, line } = shown;
    const place = {
      connection: connection.name,
      ...(file === undefined ? {} : { file }),
      ...(line === undefined ? {} : { line }),
      object,
    };
    context.fault({ ...fault, where: { ...place, ...fault.where } });
  };

  return {
    get objects() {
      return objects;
    },
    object(shown, error) {
      objects++;
      tell(toFault(error), shown, undefined);
    },
    attributes(shown, faults) {
      for (const fault of faults) {
        const { attribute } = fault.where;
        const what = attribute === undefined ? fault.message : `${attribute} is left as it was: ${fault.message}`;
        tell({ ...fault, message: what }, shown, attribute ?? 'name');
      }
    },
    finish() {
      for (const [name, { count, first }] of more) {
        if (count <= TOLD) continue;
        const what = name === '' ? 'objects' : name === '…' ? 'values' : `values of ${name}`;
        const place = { connection: connection.name, ...(file === undefined ? {} : { file }) };
        context.fault({
          ...first,
          message: `${count - TOLD} more ${what} cannot be used, ${count} in all; the first: ${first.message}`,
          where: name === '' || name === '…' ? place : { ...place, attribute: name },
        });
      }
      more.clear();
    },
  };
}
