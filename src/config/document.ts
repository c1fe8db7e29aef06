/**
 * YAML text → plain data with a position for every path. Only the part of YAML 1.2 that a configuration needs: maps with
 * text keys, lists, scalars of the core schema, aliases within a budget. Everything else is a fault that says what to write.
 * The library's own reader is recursive, so depth is measured on its token tree, without recursion, before anything is composed.
 */
import { Composer, type CST, isScalar, LineCounter, Parser, type YAMLParseError } from 'yaml';
import type { Fault } from '#core/errors';
import { MAX_DEPTH, type Mark, type Path, pathKey, toData } from './yaml-data.ts';
import { explain } from './yaml-faults.ts';

export type { Path } from './yaml-data.ts';

export const MAX_FILE_BYTES = 1_048_576;

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
    uniqueKeys: false,
    resolveKnownTags: false,
    keepSourceTokens: true,
    logLevel: 'silent',
  });
  const documents = [...composer.compose(tokens, true, source.length)];
  const document = documents[0]!;
  const linesTold = new Set<number>();
  const complaints = [...document.errors, ...document.warnings];
  // Once the structure is lost, what the library says of the lines below follows from that.
  const lost = Math.min(...document.errors.flatMap((one) => (isStructural(one) ? [one.pos[0]] : [])));
  for (const one of complaints.filter(({ pos }) => pos[0] <= lost)) {
    const { line } = place(one.pos[0]);
    // One mistake often makes several complaints; the first on a line says it.
    if (!linesTold.has(line)) report(one.pos[0], ...explain(one.code, one.message, source, one.pos[0]));
    linesTold.add(line);
  }
  if (documents.length > 1) {
    if (documents[1]!.range[0] <= lost)
      report(documents[1]!.range[0], 'a second document starts here', 'keep one document per file: remove the line ---');
  }
  const broken = document.errors.some(isStructural);
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

function isStructural({ code }: YAMLParseError): boolean {
  return code !== 'TAG_RESOLVE_FAILED';
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
