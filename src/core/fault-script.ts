/**
 * When something goes wrong on purpose: by a list of rules, or by chance from a seed. What can go wrong is told by those who
 * make it happen: connectors/fault-injection, store/fault-injection.
 */

/** Asked once for each operation; answers what goes wrong with it. */
export type FaultScript<Operation, Action> = (operation: Operation) => readonly Action[];

export interface ScriptRule<Action> {
  /** Lets so many fitting operations pass first; none when left out. */
  readonly after?: number | undefined;
  /** Applies so often; without limit when left out. */
  readonly times?: number | undefined;
  readonly do: Action;
}

/**
 * The actions of all rules that fit and are not used up, in their order. `count` notes that a rule fitted, by its place in the
 * list, and answers how often it did before; in memory when left out. Rules may be added later.
 */
export function byRules<Operation, Action, Rule extends ScriptRule<Action>>(
  rules: readonly Rule[],
  fits: (rule: Rule, operation: Operation) => boolean,
  count: (place: number) => number = counter(),
): FaultScript<Operation, Action> {
  return (operation) => {
    const actions: Action[] = [];
    for (const [place, rule] of rules.entries()) {
      if (!fits(rule, operation)) continue;
      const passed = count(place) - (rule.after ?? 0);
      if (passed >= 0 && passed < (rule.times ?? Number.POSITIVE_INFINITY)) actions.push(rule.do);
    }
    return actions;
  };
}

function counter(): (place: number) => number {
  const counts: number[] = [];
  return (place) => {
    const before = counts[place] ?? 0;
    counts[place] = before + 1;
    return before;
  };
}

export interface Chance {
  /** The same seed and the same operations: the same faults. */
  readonly seed: number;
  /** Of operations that run into something: 0.1 = one in ten. */
  readonly share: number;
  /** So many faults; then all goes well. Without limit when left out. */
  readonly most?: number;
}

/** `actions`: what can go wrong with an operation; each is as likely as the others. */
export function byChance<Operation, Action>(
  { seed, share, most = Number.POSITIVE_INFINITY }: Chance,
  actions: (operation: Operation) => readonly Action[],
): FaultScript<Operation, Action> {
  const next = numbers(seed);
  let happened = 0;
  return (operation) => {
    if (happened >= most || next() >= share) return [];
    const choice = actions(operation);
    const chosen = choice[Math.floor(next() * choice.length)];
    if (chosen === undefined) return [];
    happened++;
    return [chosen];
  };
}

/** mulberry32: 0 ≤ x < 1. */
function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Waits in real time. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
