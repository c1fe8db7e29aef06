/** What stands of what one receiver is told of, and what it is to be told now. Pure; times in ms. */
import type { Evidence, Trouble } from './trouble.ts';

export interface Standing extends Trouble {
  readonly since: number;
  /** When it was told last; null: not yet. */
  readonly told: number | null;
  readonly over: number | null;
  /** It is not told before. */
  readonly notBefore: number;
}

/** All that is kept for a receiver. */
export interface Notes {
  readonly standing: readonly Standing[];
  /** Attempts in a row that failed. */
  readonly tries: number;
  /** Nothing is sent before. */
  readonly notBefore: number;
}

export const NO_NOTES: Notes = { standing: [], tries: 0, notBefore: 0 };

export interface Item extends Standing {
  readonly state: 'new' | 'still' | 'over';
}

/** Whoever was told that it is over is not told the opposite again and again. */
const QUIET_MS = 15 * 60_000;
/** What comes within this time of a message is in the next one. */
const GATHER_MS = 60_000;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 15 * 60_000;
/** A system in which more goes wrong at once is looked at anyhow. */
const MOST = 1_000;

/** The same notes where nothing became of it. */
export function advance(notes: Notes, { on, over }: Evidence, now: number): Notes {
  const next = new Map(notes.standing.map((one) => [one.key, one]));
  let changed = false;
  const put = (key: string, one: Standing | null): void => {
    if (one === null) next.delete(key);
    else next.set(key, one);
    changed = true;
  };
  for (const trouble of on) {
    const known = next.get(trouble.key);
    if (known === undefined) {
      if (next.size < MOST) put(trouble.key, { ...trouble, since: now, told: null, over: null, notBefore: 0 });
    } else if (known.over !== null) put(trouble.key, again(known, trouble, now));
    else if (isOfAnother(trouble, known)) put(trouble.key, { ...known, ...trouble });
  }
  const present = new Set(on.map(({ key }) => key));
  for (const one of notes.standing) {
    if (one.over !== null) {
      if (one.told === null && one.notBefore <= now && !present.has(one.key)) put(one.key, null);
    } else if (one.lasts && !present.has(one.key) && over(one)) {
      // Nobody was told of it.
      if (one.told === null && one.notBefore <= now) put(one.key, null);
      else put(one.key, { ...one, over: now });
    }
  }
  return changed ? { ...notes, standing: [...next.values()] } : notes;
}

/** Of another run than it was: the newest is the one to look at. */
function isOfAnother(trouble: Trouble, known: Trouble): boolean {
  return trouble.path !== known.path;
}

/** One that was over is there again: where its end was not told yet, it never was. */
function again(known: Standing, trouble: Trouble, now: number): Standing {
  if (known.told !== null) return { ...known, ...trouble, over: null };
  return { ...trouble, since: now, told: null, over: null, notBefore: known.notBefore };
}

/** What is to be told now; nothing while something else was told a moment ago, or could not be. */
export function due({ standing, notBefore }: Notes, againMs: number, now: number): readonly Item[] {
  // A clock that was set back keeps nobody waiting for longer.
  if (now < notBefore && notBefore - now <= LONGEST_RETRY_MS) return [];
  const items = standing.flatMap((one): Item[] => {
    if (one.over !== null) return one.told === null ? [] : [{ ...one, state: 'over' }];
    if (one.told !== null) return now - one.told >= againMs ? [{ ...one, state: 'still' }] : [];
    return now < one.notBefore && one.notBefore - now <= QUIET_MS ? [] : [{ ...one, state: 'new' }];
  });
  return items;
}

/** When something is to be told next, if nothing happens; null: never. */
export function nextAt({ standing, notBefore }: Notes, againMs: number): number | null {
  const times = standing.flatMap(({ over, told, notBefore: own }) => {
    if (over !== null) return told === null ? [] : [0];
    return [told === null ? own : told + againMs];
  });
  return times.length === 0 ? null : Math.max(notBefore, Math.min(...times));
}

export function delivered(notes: Notes, items: readonly Item[], now: number): Notes {
  const told = new Map(items.map((one) => [one.key, one.state]));
  const standing = notes.standing.flatMap((one): Standing[] => {
    const state = told.get(one.key);
    if (state === undefined) return [one];
    if (!one.lasts) return [];
    // Kept for a while, so that one that comes and goes is told seldom.
    return [state === 'over' ? { ...one, told: null, notBefore: now + QUIET_MS } : { ...one, told: now }];
  });
  return { standing, tries: 0, notBefore: now + GATHER_MS };
}

export function undelivered(notes: Notes, now: number): Notes {
  const wait = Math.min(FIRST_RETRY_MS * 2 ** Math.min(notes.tries, 20), LONGEST_RETRY_MS);
  return { ...notes, tries: notes.tries + 1, notBefore: now + wait };
}
