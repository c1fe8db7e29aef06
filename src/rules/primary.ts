/**
 * `primary`: which of several staged objects of one person speaks first. Written as a list, or as one text with `, then `
 * between: `row.main_contract, then latest start, then anchor`.
 */
import { compareScalars } from './contribute.ts';
import { bareExpression, expressionOf, type FlowContext } from './flow.ts';
import type { Clock, RowScope } from './model.ts';
import { type Report, within } from './raw.ts';

type Compare = (a: RowScope, b: RowScope, clock: Clock) => number;

interface Entry {
  readonly text: string;
  readonly path: readonly (string | number)[];
}

/** Null when nothing was written, or everything that was is faulty. */
/** `reads` takes the staged attributes that it looks at. */
export function compilePrimary(
  entries: readonly Entry[],
  context: FlowContext<RowScope>,
  report: Report,
  reads: string[],
): Compare | null {
  const steps: Compare[] = [];
  for (const entry of entries) {
    for (const part of entry.text.split(/\s*,\s*then\s+/)) {
      const step = part.trim() === 'anchor' ? null : compileStep(part.trim(), context, within(report, ...entry.path), reads);
      if (step !== null) steps.push(step);
    }
  }
  if (entries.length === 0) return null;
  return (a, b, clock) => {
    for (const step of steps) {
      const order = step(a, b, clock);
      if (order !== 0) return order;
    }
    return a.anchor < b.anchor ? -1 : a.anchor > b.anchor ? 1 : 0;
  };
}

/** `latest x` and `desc x`: the larger first. `earliest x` and a plain one: the smaller first; true before false. */
function compileStep(text: string, context: FlowContext<RowScope>, report: Report, reads: string[]): Compare | null {
  const m = /^(?:(latest|desc|earliest|asc)\s+)?([\s\S]*)$/.exec(text)!;
  const down = m[1] === 'latest' || m[1] === 'desc';
  const rest = m[2]!.trim();
  const plain = expressionOf(rest, report) === null && /^[\w-]+$/.test(rest);
  const source = plain ? `row[${JSON.stringify(rest)}]` : rest;
  const expression = bareExpression(source, 'value', context, report);
  if (expression === null) return null;
  reads.push(...expression.reads);
  return (a, b, clock) => {
    const left = expression.run(a, clock);
    const right = expression.run(b, clock);
    if (nothing(left) || nothing(right)) return Number(nothing(left)) - Number(nothing(right));
    return (down ? -1 : 1) * inOrder(left, right);
  };
}

function nothing(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

function inOrder(a: unknown, b: unknown): number {
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(b) - Number(a);
  const number = isNumber(a) && isNumber(b);
  return compareScalars(String(a), String(b), { type: number ? 'decimal' : 'string' });
}

function isNumber(value: unknown): boolean {
  return typeof value === 'bigint' || typeof value === 'number' || (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value));
}
