/** An expression that answers a name (DN): its parts are told apart while it runs, so that data never decides what is a level of it. */
import { isNameByRule, type NamePart, nameOfParts } from '#core/dn-parts';
import { children, type Evaluator, type Names, type Node, pathOf } from './tree.ts';

export interface NameParts {
  /** Before each run. */
  reset(): void;
  /** The name, for what the expression answered. Throws invalidValue. */
  finish(answer: unknown): unknown;
}

/** To be called after the library has checked the types. `always`: it is a DN; otherwise only where the rule's own text makes it one. */
export function nameParts(
  root: Node,
  names: Names,
  always: boolean,
  fault: (message: string, remedy: string) => void,
): NameParts {
  let parts: NamePart[] = [];
  function watch(node: Node): void {
    if (node.op === '+') for (const side of children(node)) watch(side);
    else if (node.op === '?:') for (const side of children(node).slice(1)) watch(side);
    else {
      const from = originOf(node, names);
      if (from === 'data') inspect(node, names, fault);
      const inner = node.meta.evaluate;
      node.setMeta('evaluate', ((evaluator, self, context) => {
        const answer = inner(evaluator, self, context);
        if (typeof answer === 'string') parts.push({ from, text: answer });
        return answer;
      }) satisfies Evaluator);
    }
  }
  watch(root);
  return {
    reset() {
      parts = [];
    },
    finish(answer) {
      if (typeof answer !== 'string' || answer === '') return answer;
      return always || isNameByRule(parts) ? nameOfParts(parts) : answer;
    },
  };
}

function originOf(node: Node, names: Names): NamePart['from'] {
  if (node.op === 'rcall' && (node.args as [string])[0] === 'dnValue') return 'escaped';
  return isWritten(node, names) ? 'rule' : 'data';
}

/** Whether all that it can answer stands in the rule: a text, or one that is looked up in a list or a map of texts. */
function isWritten(node: Node, names: Names): boolean {
  if (node.op === 'value') return true;
  if (node.op !== '[]') return false;
  const [base] = node.args as [Node, Node];
  if (base.op === 'list') return children(base).every((item) => isWritten(item, names));
  return base.op === 'map' && (base.args as [Node, Node][]).every(([, value]) => isWritten(value, names));
}

function inspect(node: Node, names: Names, fault: (message: string, remedy: string) => void): void {
  if (isEscapedBefore(node)) fault('what dnValue() answers is changed again', 'write dnValue() last, or leave it away');
  else if (buildsName(node, names))
    fault('a part of the DN is put together where its values cannot be escaped', 'put .dnValue() behind each value in it');
}

/** `x.dnValue().first(20)` may cut an escape in half. */
function isEscapedBefore(node: Node): boolean {
  if (node.op !== 'rcall') return false;
  const [name, receiver] = node.args as [string, Node];
  return name === 'dnValue' || isEscapedBefore(receiver);
}

const ANSWER_YES_OR_NO = new Set(['==', '!=', '<', '<=', '>', '>=', '&&', '||', '!_', 'in']);

/** `("CN=" + x).lower()`, `["CN=" + x].join(",")`: types and values in one text before they could be told apart. */
function buildsName(node: Node, names: Names): boolean {
  if (ANSWER_YES_OR_NO.has(node.op) || pathOf(node, names) !== null) return false;
  if (node.op === '?:')
    return children(node)
      .slice(1)
      .some((side) => buildsName(side, names));
  const onText = node.op === 'rcall' && (node.args as [string, Node])[1].op === 'value';
  const joins = node.op === '+' || node.op === 'list' || onText;
  return (joins && namesType(node) && isOpen(node, names)) || children(node).some((child) => buildsName(child, names));
}

function namesType(node: Node): boolean {
  return (node.op === 'value' && typeof node.args === 'string' && node.args.includes('=')) || children(node).some(namesType);
}

/** Whether data gets into it that was not escaped. */
function isOpen(node: Node, names: Names): boolean {
  if (node.op === 'rcall' && (node.args as [string])[0] === 'dnValue') return false;
  return node.op === 'id' || pathOf(node, names) !== null || children(node).some((child) => isOpen(child, names));
}
