/** The CEL environment of a variable: `row` in imports, `person` or `group` elsewhere, `n` in candidates. */
import { Environment } from '@marcbachmann/cel-js';
import { Bounds } from './bounds.ts';
import { createClock } from './clock.ts';
import { FUNCTIONS, type Session } from './functions.ts';

/** Longer expressions belong into a function of one's own. */
export const LONGEST_EXPRESSION = 10_000;
const LIMITS = { maxAstNodes: 2000, maxDepth: 40, maxListElements: 500, maxMapEntries: 500, maxCallArguments: 4 };

export interface Language {
  readonly environment: Environment;
  readonly session: Session;
}

const languages = new Map<string, Language>();

/** Making one takes milliseconds, and sessions are only used while an expression runs: there is one per variable and zone. */
export function language(variable: string, zone: string): Language {
  const key = `${variable} ${zone}`;
  let found = languages.get(key);
  if (found === undefined) {
    const session: Session = { clock: createClock(0), bounds: new Bounds(), zone };
    const environment = new Environment({ limits: LIMITS, homogeneousAggregateLiterals: false });
    environment.registerVariable(variable, 'map<string, dyn>');
    environment.registerVariable('n', 'int');
    for (const { signature, make } of FUNCTIONS)
      environment.registerFunction(signature, make(session) as () => unknown, { async: false });
    found = { environment, session };
    languages.set(key, found);
  }
  return found;
}
