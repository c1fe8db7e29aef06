/** Counting while an expression runs: the library has no limits for that of its own. */
import { children, type Evaluator, type Node } from './tree.ts';

/** Counts the work of loops while they run. To be called after the library has checked the types. */
export function instrument(node: Node, tick: (parts: number) => void, grown: (size: number) => void, inLoop = false): void {
  const loop = node.meta.alternate;
  if (loop?.op === 'comprehension') {
    const { iterable, step: body } = loop.args as { iterable: Node; step: Node };
    const cost = Math.max(1, weight(body));
    wrap(body, () => tick(cost));
    instrument(iterable, tick, grown, inLoop);
    const [, , args] = node.args as [string, Node, Node[]];
    for (const arg of args.slice(1)) instrument(arg, tick, grown, true);
    return;
  }
  if (inLoop && node.op === '+') {
    const inner = node.meta.evaluate;
    node.setMeta('evaluate', ((evaluator, self, context) => {
      const answer = inner(evaluator, self, context);
      if (typeof answer === 'string' || Array.isArray(answer)) grown(answer.length);
      return answer;
    }) satisfies Evaluator);
  }
  for (const child of children(node)) instrument(child, tick, grown, inLoop);
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
