/** Deciding all parked items of one kind alike. */
import { RollcallError } from '#core/errors';
import { WrongCommand } from '#core/unknown-name';
import { unignoredIn } from '#runs/ignored';
import type { ParkedRow, Store } from '#store/contract';
import { checked, type Decider } from './decision.ts';
import { choiceOf, decide, type ParkedSurroundings } from './parked.ts';

export interface AllParked {
  readonly kind: string;
  /** Null = of all connections. */
  readonly connection: string | null;
}
export interface DecidedAll {
  readonly decided: number;
  /** Of which the choice is not possible: they wait as before. */
  readonly left: number;
  /** Why, of the first of them. */
  readonly why: { readonly item: number; readonly message: string } | null;
}

/**
 * Each as by itself; what somebody said to ignore stays so. Errors: notFound where there is none, invalidValue for a choice that the
 * kind does not have, or that is about one person or value.
 */
export async function decideAll(
  which: AllParked,
  choice: string,
  decider: Decider,
  surroundings: ParkedSurroundings,
): Promise<DecidedAll> {
  checked(decider);
  const items = await itemsOf(which, surroundings.store);
  const [first] = items;
  if (first === undefined)
    throw new RollcallError(
      'notFound',
      `Nothing of kind '${which.kind}' is parked${which.connection === null ? '' : ` in ${which.connection}`}.`,
      {
        remedy: "'rollcall parked' lists what is parked now.",
      },
    );
  const { name, needs } = choiceOf(first, choice);
  if (needs !== undefined)
    throw new WrongCommand('invalidValue', `'${name}' is about one ${needs}.`, {
      remedy: `Decide each by itself: rollcall parked decide ID ${name} --${needs} ${needs.toUpperCase()}`,
    });
  let decided = 0;
  let why: DecidedAll['why'] = null;
  for (const { id } of items)
    try {
      await decide({ id, choice, person: null }, decider, surroundings);
      decided++;
    } catch (error) {
      if (!(error instanceof RollcallError) || (error.kind !== 'conflict' && error.kind !== 'notFound')) throw error;
      why ??= { item: id, message: error.message };
    }
  return { decided, left: items.length - decided, why };
}

async function itemsOf({ kind, connection }: AllParked, store: Store): Promise<readonly ParkedRow[]> {
  const out: ParkedRow[] = [];
  for await (const page of unignoredIn({ kind, ...(connection === null ? {} : { connection }) }, store)) out.push(...page);
  return out;
}
