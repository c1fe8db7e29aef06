/** A composed YAML document → plain data, with the place of every path in the text. Aliases are followed within a budget. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';

export const MAX_DEPTH = 50;
/** Values after aliases are resolved: far above a real file, far below what a bomb wants. */
export const MAX_VALUES = 100_000;

export type Path = readonly (string | number)[];

/** Offsets in the text of a pair's key and of its value. */
export interface Mark {
  readonly key: number;
  readonly value: number;
}

const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export function pathKey(path: Path): string {
  return path.join('\u0000');
}

export function toData(
  document: Document.Parsed,
  marks: Map<string, Mark>,
  report: (offset: number, message: string, remedy: string) => void,
): unknown {
  const anchors = new Map<string, Node>();
  let values = 0;
  let overflowed = false;

  // `open`: anchors of the values around this one; an alias to one of them would never end.
  const walk = (
    node: Node | null | undefined,
    path: Path,
    keyOffset: number,
    aliasOffset: number | null,
    open: ReadonlySet<Node>,
  ): unknown => {
    const offset = aliasOffset ?? node?.range?.[0] ?? keyOffset;
    marks.set(pathKey(path), { key: keyOffset, value: offset });
    if (overflowed) return undefined;
    if (++values > MAX_VALUES || path.length > MAX_DEPTH) {
      overflowed = true;
      if (aliasOffset === null)
        report(offset, `the file holds more than ${MAX_VALUES} values`, 'keep data out of the configuration');
      else report(offset, 'aliases make the file far larger than it looks', 'write the values out instead of nesting *aliases');
      return undefined;
    }
    if (node === null || node === undefined) return null;
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) {
        report(
          offset,
          `*${node.source} refers to an anchor that is not defined before it`,
          `define &${node.source} above this line`,
        );
        return undefined;
      }
      if (open.has(target)) {
        report(offset, `*${node.source} refers to a value that contains it`, 'write the value out');
        return undefined;
      }
      return walk(target, path, keyOffset, offset, open);
    }
    if (node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isScalar(node)) {
      if (typeof node.value === 'number' && Math.abs(node.value) > Number.MAX_SAFE_INTEGER) {
        report(offset, 'this number is too large to be kept exactly', 'put it in quotes if it is meant as text');
      }
      if (typeof node.value === 'string' && node.type === 'PLAIN' && node.value.startsWith('${') && !node.value.includes('}')) {
        report(
          offset,
          'this expression is cut off: in YAML a # after a space starts a comment',
          "put the whole expression in quotes: '${…}'",
        );
        return undefined;
      }
      return node.value;
    }
    const inside = new Set(open).add(node);
    if (isSeq(node)) {
      return node.items.map((item, index) =>
        walk(item as Node | null, [...path, index], startOf(item as Node | null, offset), aliasOffset, inside),
      );
    }
    if (!isMap(node)) return undefined;
    const out: { [name: string]: unknown } = Object.create(null);
    for (const pair of node.items as Pair<Node | null, Node | null>[]) {
      const at = aliasOffset ?? startOf(pair.key, offset);
      const name = keyName(pair.key);
      if (name === null) {
        report(at, 'a key must be plain text', 'put the key in quotes');
      } else if (name === '<<') {
        report(at, 'merge keys (<<) are not part of YAML 1.2', 'use an *alias for the whole value, or write the keys out');
      } else if (FORBIDDEN_NAMES.has(name)) {
        report(at, `${name} cannot be used as a name`, 'choose another name');
      } else if (name in out) {
        // Checked here: the library compares every key with every other.
        report(at, 'this key was already used above in the same map', 'keep one of the two');
      } else {
        out[name] = walk(pair.value, [...path, name], at, aliasOffset, inside);
      }
    }
    return out;
  };
  return walk(document.contents as Node, [], 0, null, new Set());
}

function startOf(node: Node | null | undefined, otherwise: number): number {
  return node?.range?.[0] ?? otherwise;
}

/** Numbers and booleans as keys mean their own text. */
function keyName(key: Node | null): string | null {
  if (!isScalar(key)) return null;
  if (typeof key.value === 'string') return key.value;
  if (typeof key.value === 'number' || typeof key.value === 'boolean') return key.source ?? String(key.value);
  return null;
}
