/** The tree of an expression as the CEL library makes it, and what in it is a read of an attribute. */

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

/** `person.mail`, `person["mail"]`, `person.manager.mail`; null for anything else. */
export function pathOf(node: Node, names: Names): Read | null {
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

export function children(node: Node): readonly Node[] {
  if (node.op === 'call') return (node.args as [string, Node[]])[1];
  if (node.op === 'rcall') return [(node.args as [string, Node, Node[]])[1], ...(node.args as [string, Node, Node[]])[2]];
  if (node.op === 'map') return (node.args as [Node, Node][]).flat();
  const args: readonly unknown[] = Array.isArray(node.args) ? node.args : [node.args];
  return args.filter((child): child is Node => typeof child === 'object' && child !== null && 'op' in child);
}
