/** What an expression cannot do without. */
import { LOOPS } from './functions.ts';
import { type Names, type Node, pathOf } from './tree.ts';

const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '<', '<=', '>', '>=']);

/** Where evaluation cannot succeed when the attribute is null: nothing needs to be tried, thrown and caught. */
export function strictReads(root: Node, names: Names): ReadonlySet<string> {
  const out = new Set<string>();
  /** The node's own failures; with `operand`, also that it is null. */
  function visit(node: Node, operand: boolean): void {
    const read = pathOf(node, names);
    if (read !== null) {
      if (operand) out.add(read.path);
      return;
    }
    const args = node.args as Node[];
    if (ARITHMETIC.has(node.op)) for (const side of args) visit(side, true);
    else if (node.op === '==' || node.op === '!=' || node.op === 'list') for (const side of args) visit(side, false);
    else if (node.op === 'in') {
      visit(args[0]!, false);
      visit(args[1]!, true);
    } else if (node.op === '!_' || node.op === '-_') visit(node.args as Node, true);
    else if (node.op === '?:') visit(args[0]!, true);
    else if (node.op === '[]') for (const side of args) visit(side, true);
    else if (node.op === 'call') {
      const [name, list] = node.args as [string, Node[]];
      for (const arg of list) visit(arg, name !== 'isPresent');
    } else if (node.op === 'rcall') {
      const [name, receiver, list] = node.args as [string, Node, Node[]];
      visit(receiver, true);
      if (!LOOPS.has(name)) for (const arg of list) visit(arg, true);
    }
  }
  visit(root, false);
  return out;
}
