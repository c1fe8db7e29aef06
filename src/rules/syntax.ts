/** An expression checked against what the language offers, and read for what it reads. */
import { nearest } from '#core/text';
import { CALLS, LOOPS, METHODS, REDIRECTED } from './functions.ts';
import { patternFault } from './pattern.ts';
import { quoted } from './raw.ts';
import { strictReads } from './strict.ts';
import { children, type Names, type Node, pathOf, type Read } from './tree.ts';

export interface Analysis {
  readonly reads: readonly Read[];
  /** Paths whose being null makes the whole expression fail. */
  readonly strict: ReadonlySet<string>;
}

export type Fault = (message: string, remedy: string) => void;

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
