/**
 * The tree of an expression: checked against what the language offers, and read for what the expression reads.
 */
import { nearest } from '#core/text';
import { CALLS, LOOPS, METHODS, REDIRECTED } from './functions.ts';
import { patternFault } from './pattern.ts';
import { quoted } from './raw.ts';

/** A node of the CEL library's tree, as far as we look at it. */
export interface Node {
  readonly op: string;
  args: unknown;
  readonly meta: { readonly alternate?: Node; readonly evaluate: Evaluator };
  setMeta(key: string, value: unknown): Node;
}
export type Evaluator = (evaluator: unknown, node: Node, context: unknown) => unknown;

/** `mail`, or `manager.mail` as name and hop. */
export interface Read {
  readonly path: string;
  readonly name: string;
  readonly hop: string | null;
}

/** What a variable's attributes are. Null: any name may be read. */
export interface Names {
  readonly variable: string;
  readonly attributes: ReadonlySet<string> | null;
  /** Attributes that are one reference: what may be read through them; null: anything. */
  readonly references: ReadonlyMap<string, ReadonlySet<string> | null>;
}

export interface Analysis {
  readonly reads: readonly Read[];
  /** Paths whose being null makes the whole expression fail. */
  readonly strict: ReadonlySet<string>;
}

export type Fault = (message: string, remedy: string) => void;

const ARITHMETIC = new Set(['+', '-', '*', '/', '%', '<', '<=', '>', '>=']);

/** Reports every fault it finds; the analysis is of use only when there was none. */
export function analyse(root: Node, names: Names, others: ReadonlySet<string>, fault: Fault): Analysis {
  const reads = new Map<string, Read>();
  const bound: string[] = [];

  function walk(node: Node): void {
    const read = pathOf(node, names);
    if (read !== null) {
      attribute(read);
      return;
    }
    switch (node.op) {
      case 'value':
        if (typeof node.args === 'object' && node.args !== null)
          fault('byte and unsigned literals are not used in rules', 'write text or a number');
        return;
      case 'id': {
        variable(node.args as string);
        return;
      }
      case 'call': {
        call(node);
        return;
      }
      case 'rcall': {
        method(node);
        return;
      }
      case '[]':
        if (isVariable((node.args as Node[])[0]!)) {
          fault(`${names.variable}[…] needs the attribute's name in quotes`, `write ${names.variable}["name"]`);
          return;
        }
        break;
    }
    for (const child of children(node)) walk(child);
  }

  function attribute(read: Read): void {
    reads.set(read.path, read);
    if (names.attributes !== null && !names.attributes.has(read.name)) {
      const meant = nearest(read.name, names.attributes);
      fault(
        `${names.variable} has no attribute ${quoted(read.name)}`,
        meant === null ? 'declare the attribute, or use an existing one' : `did you mean ${names.variable}.${meant}?`,
      );
    } else if (read.hop !== null) {
      const through = names.references.get(read.name);
      if (through === undefined) {
        fault(
          `${names.variable}.${read.name} is no single reference, nothing can be read through it`,
          `use ${names.variable}.${read.name} itself`,
        );
        return;
      }
      if (through === null || through.has(read.hop)) return;
      const meant = nearest(read.hop, through);
      fault(
        `what ${read.name} refers to has no attribute ${quoted(read.hop)}`,
        meant === null ? 'use an existing attribute' : `did you mean ${meant}?`,
      );
    }
  }

  function isVariable(node: Node): boolean {
    return node.op === 'id' && node.args === names.variable && !bound.includes(names.variable);
  }

  function variable(name: string): void {
    if (bound.includes(name) || others.has(name)) return;
    if (name === names.variable) {
      fault(`${name} cannot be used as a whole`, `name one attribute: ${name}.name`);
      return;
    }
    const meant = nearest(name, [names.variable, ...others]);
    fault(
      `there is no variable ${quoted(name)}`,
      meant === null ? `write ${names.variable}.${name} for an attribute, "${name}" for a text` : `did you mean ${meant}?`,
    );
  }

  function unknown(name: string, offered: ReadonlySet<string>): boolean {
    if (offered.has(name)) return false;
    const other = offered === METHODS ? CALLS : METHODS;
    const meant = nearest(name, offered);
    fault(
      `there is no function ${quoted(name)}`,
      other.has(name)
        ? `write it as ${other === METHODS ? `text.${name}()` : `${name}(…)`}`
        : meant === null
          ? 'see docs/guide/rules.md for what there is'
          : `did you mean ${meant}?`,
    );
    return true;
  }

  function call(node: Node): void {
    const [name, args] = node.args as [string, Node[]];
    for (const arg of args) walk(arg);
    if (unknown(name, CALLS)) return;
    if (name === 'has' && (args.length !== 1 || pathOf(args[0]!, names) === null)) {
      fault('has() takes one attribute', `write has(${names.variable}.name)`);
      return;
    }
    redirect(node, name, [args]);
  }

  function method(node: Node): void {
    const [name, receiver, args] = node.args as [string, Node, Node[]];
    if (receiver.op === 'id' && isVariable(receiver)) {
      variable(names.variable);
      return;
    }
    walk(receiver);
    if (unknown(name, METHODS)) return;
    if (!LOOPS.has(name)) {
      for (const arg of args) walk(arg);
      if (name === 'matches' && !literalPattern(args)) return;
      redirect(node, name, [receiver, args]);
      return;
    }
    const element = args[0];
    if (element?.op !== 'id') {
      fault(`${name} names its element first`, `write ${name}(x, …)`);
      return;
    }
    const elementName = element.args as string;
    if (elementName === names.variable || others.has(elementName) || bound.includes(elementName)) {
      fault(`${name} gives its element the name of something else`, `use another name than ${elementName}`);
      return;
    }
    bound.push(elementName);
    for (const arg of args.slice(1)) walk(arg);
    bound.pop();
  }

  function literalPattern(args: readonly Node[]): boolean {
    const pattern = args[0];
    if (pattern?.op !== 'value' || typeof pattern.args !== 'string') {
      fault('matches needs its pattern as a text', 'write matches("…")');
      return false;
    }
    const wrong = patternFault(pattern.args);
    if (wrong !== null) fault(wrong, 'simplify it, or use startsWith, endsWith and contains');
    return wrong === null;
  }

  walk(root);
  return { reads: [...reads.values()], strict: strictReads(root, names) };
}

/** Our own function under the library's name. */
function redirect(node: Node, name: string, rest: readonly unknown[]): void {
  const target = REDIRECTED.get(name);
  if (target !== undefined) {
    node.args = [target, ...rest];
    node.setMeta('macro', undefined);
  }
}

/** `person.mail`, `person["mail"]`, `person.manager.mail`; null for anything else. */
function pathOf(node: Node, names: Names): Read | null {
  const [base, name] = step(node);
  if (base === null || name === null) return null;
  if (base.op === 'id') return base.args === names.variable ? { path: name, name, hop: null } : null;
  const [root, first] = step(base);
  if (root === null || first === null || root.op !== 'id' || root.args !== names.variable) return null;
  // Without references there is nothing to hop over: `row.a.b` reads `a` and fails in the check of types.
  return { path: `${first}.${name}`, name: first, hop: name };
}

function step(node: Node): readonly [Node | null, string | null] {
  if (node.op === '.') return node.args as [Node, string];
  if (node.op !== '[]') return [null, null];
  const [base, index] = node.args as [Node, Node];
  return index.op === 'value' && typeof index.args === 'string' ? [base, index.args] : [null, null];
}

function children(node: Node): readonly Node[] {
  if (node.op === 'call') return (node.args as [string, Node[]])[1];
  if (node.op === 'rcall') return [(node.args as [string, Node, Node[]])[1], ...(node.args as [string, Node, Node[]])[2]];
  if (node.op === 'map') return (node.args as [Node, Node][]).flat();
  const args: readonly unknown[] = Array.isArray(node.args) ? node.args : [node.args];
  return args.filter((child): child is Node => typeof child === 'object' && child !== null && 'op' in child);
}

/** Where evaluation cannot succeed when the attribute is null: nothing needs to be tried, thrown and caught. */
function strictReads(root: Node, names: Names): ReadonlySet<string> {
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
