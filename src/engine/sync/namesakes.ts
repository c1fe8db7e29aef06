/**
 * Namesakes are served one after the other: whom nothing stands for yet, and whose candidates are made of the same values, finds
 * taken whatever one of them before found taken. Anybody else tries every candidate: what is taken may be their own.
 */
import { canonicalJson } from '#core/canonical';
import type { Attributes } from '#core/values';
import type { Clock, MetaAttribute, ObjectScope } from '#rules/model';
import type { StagedRow } from '#store/contract';
import { candidates, type Tries } from './candidates.ts';

interface Person {
  readonly attributes: Attributes;
  readonly before: Attributes | null;
  readonly rows: readonly StagedRow[];
  readonly scope: ObjectScope;
  readonly clock: Clock;
}

/** Those who try the same candidates, of one batch. */
export interface Line<T = unknown> {
  readonly first: T;
  readonly shared: boolean;
  readonly scope: ObjectScope;
  readonly clock: Clock;
  readonly tries: Tries;
  readonly failures: readonly unknown[];
  count: number;
  /** Texts before it are taken for all of them. */
  from: number;
}

export interface Lines<T> {
  readonly all: readonly Line<T>[];
  of(person: T): Line<T>;
}

export function linesOf<T extends Person>(type: MetaAttribute): Lines<T> {
  const { uniqueIn, reads } = type.unique!;
  const places = new Set(uniqueIn.map(({ connection }) => connection));
  const values = reads.map((read) => read.split('.', 1)[0]!);
  const byValues = new Map<string, Line<T>>();
  const all: Line<T>[] = [];
  return {
    all,
    of(person) {
      const { attributes, before, rows, scope } = person;
      const shared = before === null && !rows.some(({ connection }) => places.has(connection));
      const key = shared ? canonicalJson(values.map((name) => attributes[name] ?? null)) : null;
      let line = key === null ? undefined : byValues.get(key);
      if (line) line.count++;
      else {
        const clock = { now: person.clock.now, due: Number.POSITIVE_INFINITY };
        const failures: unknown[] = [];
        const tries = candidates(type, { scope, clock }, failures);
        line = { first: person, shared, scope, clock, tries, failures, count: 1, from: 0 };
        all.push(line);
        if (key !== null) byValues.set(key, line);
      }
      if (line.clock.due < person.clock.due) person.clock.due = line.clock.due;
      return line;
    },
  };
}
