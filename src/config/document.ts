/**
 * YAML text → plain data with a position for every path. Only the part of YAML 1.2 that a configuration needs: maps with
 * text keys, lists, scalars of the core schema, aliases within a budget. Everything else is a fault that says what to write.
 * The library's own reader is recursive, so depth is measured on its token tree, without recursion, before anything is composed.
 */
import {
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  Parser,
} from 'yaml';
import type { Fault } from '#core/errors';

export const MAX_FILE_BYTES = 1_048_576;
export const MAX_DEPTH = 50;
/** Values after aliases are resolved: far above a real file, far below what a bomb wants. */
export const MAX_VALUES = 100_000;

export type Path = readonly (string | number)[];
export interface Position {
  /** 1-based. */
  readonly line: number;
  readonly column: number;
}
/** Of a pair's key, or of its value. A path that is not in the file is placed where its nearest parent is. */
export type Positions = (path: Path, part: 'key' | 'value') => Position;

export interface ParsedDocument {
  /** Maps have no prototype. Undefined when the text could not be read at all. */
  readonly data: unknown;
  readonly positions: Positions;
  readonly faults: readonly Fault[];
  /** The text could not be understood as a whole: looking further would only tell of consequences. */
  readonly broken: boolean;
}

interface Mark {
  readonly key: number;
  readonly value: number;
}

const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export function pathKey(path: Path): string {
  return path.join('\u0000');
}

/** Never throws: whatever is wrong with the text is among the faults. */
export function parseDocument(text: string, file: string): ParsedDocument {
  const faults: Fault[] = [];
  const marks = new Map<string, Mark>();
  const lines = new LineCounter();
  const place = (offset: number): Position => {
    if (lines.lineStarts.length === 0) return { line: 1, column: 1 };
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const report = (offset: number, message: string, remedy: string): void => {
    faults.push({ kind: 'configuration', message, where: { file, ...place(offset) }, remedy });
  };
  const positions: Positions = (path, part) => {
    const exact = marks.get(pathKey(path));
    if (exact !== undefined) {
      const key = place(exact.key);
      const value = place(exact.value);
      // A map below its key begins with its first entry, which is not what is meant.
      return part === 'key' || value.line > key.line ? key : value;
    }
    for (let length = path.length - 1; length >= 0; length--) {
      const parent = marks.get(pathKey(path.slice(0, length)));
      if (parent !== undefined) return place(parent.key);
    }
    return { line: 1, column: 1 };
  };
  const nothing = { data: undefined, positions, faults, broken: true };

  if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
    report(
      0,
      `the file is larger than ${MAX_FILE_BYTES / 1024} KB`,
      'keep data out of the configuration; it holds connections and rules only',
    );
    return nothing;
  }
  const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const tokens = [...new Parser(lines.addNewLine).parse(source)];
  const deep = firstTooDeep(tokens);
  if (deep !== null) {
    report(
      deep,
      `nested deeper than ${MAX_DEPTH} levels`,
      'a configuration needs about ten levels: look for a missing bracket or a wrong indentation',
    );
    return nothing;
  }
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    resolveKnownTags: false,
    keepSourceTokens: true,
    logLevel: 'silent',
  });
  const documents = [...composer.compose(tokens, true, source.length)];
  const document = documents[0]!;
  const linesTold = new Set<number>();
  for (const one of [...document.errors, ...document.warnings]) {
    const { line } = place(one.pos[0]);
    // One mistake often makes several complaints; the first on a line says it.
    if (!linesTold.has(line)) report(one.pos[0], ...explain(one.code, one.message, source, one.pos[0]));
    linesTold.add(line);
  }
  if (documents.length > 1) {
    report(documents[1]!.range[0], 'a second document starts here', 'keep one document per file: remove the line ---');
  }
  const broken = document.errors.some((error) => error.code !== 'DUPLICATE_KEY' && error.code !== 'TAG_RESOLVE_FAILED');
  if (broken) return nothing;
  const yaml = document.directives?.yaml;
  if (yaml?.explicit === true && yaml.version !== '1.2') {
    report(0, `the file asks for YAML ${yaml.version}`, 'remove the %YAML line; Rollcall reads YAML 1.2');
    return nothing;
  }
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    if (faults.length === 0)
      report(0, 'the file is empty', 'write at least one connection; `rollcall init` makes a commented start');
    return nothing;
  }
  const data = toData(document, marks, report);
  return { data, positions, faults, broken: false };
}

/** Offset of the first value nested too deep, by an explicit stack: the text may be hostile. */
function firstTooDeep(tokens: readonly CST.Token[]): number | null {
  const stack: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  let found: number | null = null;
  while (stack.length > 0) {
    const { token, depth } = stack.pop()!;
    if (depth > MAX_DEPTH) {
      if (found === null || token.offset < found) found = token.offset;
      continue;
    }
    if (token.type === 'document') {
      if (token.value !== undefined) stack.push({ token: token.value, depth });
    } else if ('items' in token) {
      for (const item of token.items) {
        if (item.key) stack.push({ token: item.key, depth: depth + 1 });
        if (item.value) stack.push({ token: item.value, depth: depth + 1 });
      }
    }
  }
  return found;
}

function toData(
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
      report(offset, 'aliases make the file far larger than it looks', 'write the values out instead of nesting *aliases');
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
      } else if (!(name in out)) {
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

/** The library's messages in the words of somebody who just wants the file to work. */
function explain(code: string, message: string, source: string, offset: number): [string, string] {
  const lineStart = source.lastIndexOf('\n', offset - 1) + 1;
  const lineEnd = source.indexOf('\n', offset);
  const line = source.slice(lineStart, lineEnd === -1 ? undefined : lineEnd);
  if (/^[ ]*\t/.test(line) || code === 'TAB_AS_INDENT') {
    return ['a tab is used as indentation', 'indent with spaces; YAML does not allow tabs there'];
  }
  if (code === 'DUPLICATE_KEY') return ['this key was already used above in the same map', 'keep one of the two'];
  if (code === 'TAG_RESOLVE_FAILED')
    return ['tags such as !name are not used here', 'remove the tag; put the value in quotes if it is text'];
  if (line.includes('${')) {
    return [
      `YAML cannot read this line: ${plain(message)}`,
      "put the whole expression in quotes: '${…}'; inside { } and with ': ' or ' #' in it, it must be quoted",
    ];
  }
  return [`YAML cannot read this: ${plain(message)}`, 'check indentation, quotes and brackets on this line and the one above'];
}

/** One line, first letter small, no full stop. */
function plain(message: string): string {
  const first = message.split('\n')[0]!.replace(/[.:]$/, '').slice(0, 200);
  return first.charAt(0).toLowerCase() + first.slice(1);
}
