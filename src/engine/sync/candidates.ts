/** Candidates of unique values: each expression once, then the last one counting from 2 (SEMANTICS 12). */
import type { Clock, MetaAttribute, ObjectScope } from '#rules/model';

/** What is tried before anybody knows that more is needed. */
export const TRIES_AHEAD = 4;
/** Expressions and counters of one object; whoever finds all of them taken gets nothing. */
const MOST_TRIES = 10_000;
/** So many counters in a row without a new text: it does not count. */
const MOST_IDLE = 4;

/** Whom they are made for. */
export interface Candidate {
  readonly scope: ObjectScope;
  readonly clock: Clock;
}

export interface Tries {
  readonly texts: string[];
  readonly known: Set<string>;
  /** The first place, expression or counter, not tried; null when nothing new comes. */
  next: number | null;
  idle: number;
}

/** The first candidate texts. */
export function candidates(type: MetaAttribute, of: Candidate, failures: unknown[] = []): Tries {
  const tries: Tries = { texts: [], known: new Set(), next: 0, idle: 0 };
  tryMore(type, of, tries, Math.max(TRIES_AHEAD, type.unique!.candidates.length), failures);
  return tries;
}

/** The texts of `n` more places, or of as many as it takes to find a new one. When one fails for this object, such as for a name of one word, the next one has its turn. */
export function tryMore(type: MetaAttribute, of: Candidate, tries: Tries, n: number, failures: unknown[] = []): string[] {
  const list = type.unique!.candidates;
  const before = tries.texts.length;
  for (let i = 0; tries.next !== null && (i < n || tries.texts.length === before); i++) {
    const place = tries.next;
    const counter = place < list.length ? null : place - list.length + 2;
    tries.next = place + 1 < MOST_TRIES ? place + 1 : null;
    try {
      const text = list[Math.min(place, list.length - 1)]!(of.scope, counter, of.clock);
      if (text !== undefined && text !== '' && !tries.known.has(text)) {
        tries.known.add(text);
        tries.texts.push(text);
        tries.idle = 0;
      } else if (counter !== null && ++tries.idle >= MOST_IDLE) tries.next = null;
    } catch (error) {
      failures.push(error);
      if (place >= list.length - 1) tries.next = null;
    }
  }
  return tries.texts.slice(before);
}
