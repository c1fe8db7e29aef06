/** What a run says of a hold: how many changes it keeps by now, and against what limit, whatever it was when the gate tripped. */
import { grouped } from '#core/text';
import type { GateHold } from '#store/contract';
import type { EngineConnection, EngineContext } from '../context.ts';
import { FIRST_PLAN } from './parts.ts';

/** Time that nobody can vouch for ends nobody's account by itself (SEMANTICS 5): the limit is then this, which no other one is. */
export const DOUBTED = 0;

export interface Tripped {
  /** Decided and not sent, and sent in the last 24 hours. */
  readonly count: number;
  readonly sent: number;
  readonly limit: number;
}

/** `waits`: what it keeps now. `over`: what is over the limit now; null when nothing is any more, and the hold stands until it is decided. */
export function tellHold(
  context: EngineContext,
  { name }: EngineConnection,
  hold: GateHold,
  waits: number,
  over: Tripped | null,
): void {
  const remedy = `look at them with: rollcall plan ${name}; then: rollcall approve ${name} or rollcall discard ${name}`;
  context.notice('gate', name, `${name}: ${holdMessage(hold, waits, over)}; other changes go on`, remedy, hold.id);
}

/** A hold that stands over nothing any more: what this run said of it is no longer so. */
export function tellClosed(context: EngineContext, { name }: EngineConnection, hold: GateHold): void {
  context.notice('gate', name, null, '', hold.id);
}

function holdMessage({ count: first, part, limit }: GateHold, waits: number, over: Tripped | null): string {
  const one = waits === 1;
  const changes = `${grouped(waits)} ${one ? 'change' : 'changes'}`;
  if (part === FIRST_PLAN)
    return `${changes} of the first plan ${one ? 'was' : 'were'} not chosen and ${one ? 'waits' : 'wait'} for a person`;
  const what = `${changes} of kind "${part}"`;
  if (limit === DOUBTED)
    return `${what} ${one ? 'waits' : 'wait'} for a person: the time leapt by a week or more, and no connected system says that it is right`;
  // Of members it may have counted those of one group.
  const grown = waits > first && part !== 'member' ? ` (${grouped(first)} when this began)` : '';
  const held = `${what} ${one ? 'is' : 'are'} held${grown}`;
  if (over === null) return `${held}: over the limit of ${grouped(limit)} when this began`;
  if (over.sent === 0) return `${held}: over the limit of ${grouped(over.limit)}`;
  const [made, limited] = [`${grouped(over.count)} in 24 hours`, `and the limit is ${grouped(over.limit)}`];
  // Of members it may be one group that loses too many.
  if (over.count !== waits + over.sent)
    return `${held}: one group alone would lose ${made}, ${grouped(over.sent)} of them already, ${limited}`;
  return `${held}: with the ${grouped(over.sent)} sent before ${one ? 'it' : 'they'} would make ${made}, ${limited}`;
}
