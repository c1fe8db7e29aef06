/** Counting while an expression runs: the library has no limits for that of its own. */
import { children, type Evaluator, type Node } from './tree.ts';

/** What is told while an expression runs. */
export interface Meter {
  /** Evaluated parts of a loop's body. */
  step(parts: number): void;
  /** Length of a text or a list that a loop made. */
  produce(size: number): void;
  /** Characters and entries that some part of a loop's body answered, and another one looks at. */
  handle(size: number): void;
}

/** Counts the work of loops while they run. To be called after the library has checked the types. */
export function instrument(node: Node, meter: Meter, inLoop = false): void {
  const loop = node.meta.alternate;
  if (loop?.op === 'comprehension') {
    const { iterable, step: body } = loop.args as { iterable: Node; step: Node };
    const cost = Math.max(1, weight(body));
    wrap(body, () => meter.step(cost));
    instrument(iterable, meter, inLoop);
    const [, , args] = node.args as [string, Node, Node[]];
    for (const arg of args.slice(1)) instrument(arg, meter, true);
    return;
  }
  // What is written out in the rule is short.
  if (inLoop && node.op !== 'value') {
    const inner = node.meta.evaluate;
    const makes = node.op === '+';
    node.setMeta('evaluate', ((evaluator, self, context) => {
      const answer = inner(evaluator, self, context);
      if (typeof answer === 'string' || Array.isArray(answer)) {
        if (makes) meter.produce(answer.length);
        meter.handle(sizeOf(answer));
      }
      return answer;
    }) satisfies Evaluator);
  }
  for (const child of children(node)) instrument(child, meter, inLoop);
}

function sizeOf(answer: string | readonly unknown[]): number {
  if (typeof answer === 'string') return answer.length;
  let size = answer.length;
  for (const item of answer) if (typeof item === 'string') size += item.length;
  return size;
}

function wrap(node: Node, first: () => void): void {
  const inner = node.meta.evaluate;
  node.setMeta('evaluate', ((evaluator, self, context) => {
    first();
    return inner(evaluator, self, context);
  }) satisfies Evaluator);
}

function weight(node: Node): number {
  return children(node).reduce((sum, child) => sum + weight(child), 1);
}
