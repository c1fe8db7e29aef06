/** Data without its faulty parts, so that the rest can be checked in the same go and all faults are told at once. */
import type { z } from 'zod';
import type { Collector } from './collect.ts';
import type { Path } from './document.ts';
import { explainIssues } from './issues.ts';

/** Each round removes at least one value; what needs more rounds than this is not worth telling more about. */
const ROUNDS = 20;

/** Reports what the schema does not allow and answers the data without it; undefined when nothing is left. */
export function checkAndPrune(data: unknown, schema: z.ZodType, collect: Collector): unknown {
  let rest = data;
  for (let round = 0; round < ROUNDS; round++) {
    const checked = schema.safeParse(rest);
    if (checked.success) return rest;
    const found = explainIssues(checked.error.issues, schema, rest);
    // Later rounds meet consequences of what was removed, not faults of the author.
    if (round === 0) for (const one of found) collect.fault(one.path, one.part, one.message, one.remedy);
    rest = without(
      rest,
      found.map((one) => one.path),
    );
    if (rest === undefined) return undefined;
  }
  return undefined;
}

/** A missing key takes what needed it along. */
function without(data: unknown, paths: readonly Path[]): unknown {
  const here = paths.some((path) => path.length === 0);
  // A list goes as a whole: without one entry the places of the others would be wrong.
  if (here || typeof data !== 'object' || data === null || Array.isArray(data)) return undefined;
  const below = Map.groupBy(paths, (path) => String(path[0]));
  for (const key of below.keys()) if (!Object.hasOwn(data, key)) return undefined;
  const entries = Object.entries(data).flatMap(([key, value]): [string, unknown][] => {
    const inner = below.get(key);
    if (inner === undefined) return [[key, value]];
    const kept = without(
      value,
      inner.map((path) => path.slice(1)),
    );
    return kept === undefined ? [] : [[key, kept]];
  });
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}
