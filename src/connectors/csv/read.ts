/** Reading: everything, one object, the columns. */
import type { Page, ReadEnd, ReadObject, Schema } from '#connectors/contract';
import { defaultMatching } from '#core/attributes';
import { type Fault, RollcallError } from '#core/errors';
import type { AttributeType, Kind } from '#core/values';
import { EMPTY_PRINT, hadLastNewline } from '../files/identity.ts';
import { KeyTable } from '../files/keys.ts';
import { skippedIn } from '../files/skipped.ts';
import { openSourceOrNone, refuseMissing } from '../files/source.ts';
import { anchorsOf, type CsvConfig } from './config.ts';
import { doubtsAbout, refuseMisread } from './doubts.ts';
import { looksLikeData, multiOf, type RowReader, rowReader } from './layout.ts';
import type { CsvSink } from './parse.ts';
import { newTable, readTable, rowFault, type Table } from './table.ts';

const LF = 10;

export interface CsvFile {
  readonly path: string;
  readonly config: CsvConfig;
  readonly limit: number;
  /** Attributes that rules write; null where the file is only read. */
  readonly mapped: readonly string[] | null;
  warn(fault: Fault): void;
}

/** `last`: fingerprint of the last complete read; null where what is there is to be believed however it ends. */
export async function* readAll(file: CsvFile, last: string | null, signal: AbortSignal): AsyncGenerator<Page> {
  signal.throwIfAborted();
  const source = await openSourceOrNone(file.path);
  if (source === null) {
    refuseMissing(file.path, file.mapped !== null);
    yield { objects: [], end: { complete: true, fingerprint: EMPTY_PRINT, absent: file.path } };
    return;
  }
  const { path, config } = file;
  const skipped = skippedIn(path, 'rows', file.warn);
  const keys = new KeyTable();
  const closed = last !== null && hadLastNewline(last);
  let cut: Fault | undefined;
  let rows: RowReader | undefined;
  const table = newTable(config, path);
  let objects: ReadObject[] = [];
  try {
    await refuseMisread(source, path, config);
    const sink: CsvSink = {
      row(fields, line, text, _from, to) {
        rows ??= rowReader(table.layout!, config, path);
        const object = rows.read(fields, line, table.suspect);
        if ('message' in object) {
          skipped.add(object);
          return;
        }
        if (closed && text.charCodeAt(to - 1) !== LF) {
          cut = lostEnd(path, line, object.anchor);
          skipped.add(cut);
          return;
        }
        const first = keys.setNew(object.kind, object.anchor, line);
        if (first === undefined) objects.push(object);
        else skipped.add(doubled(object, first));
      },
      fault: (fault, line, bytes) => skipped.add(rowFault(fault, line, bytes, path)),
    };
    for await (const _ of readTable(source, table, config, file.limit, sink, signal)) {
      if (objects.length > 0) yield { objects };
      objects = [];
    }
    const changed = await source.changed();
    const empty = source.identity.size === 0 ? emptyFile(path) : undefined;
    // Nobody but the header has lost its end.
    if (closed && table.open && skipped.count === 0) cut = lostEnd(path, 1);
    const reason = changed ?? empty ?? skipped.reason() ?? cut;
    const doubted = cut !== undefined && skipped.count < 2 && reason?.message === cut.message;
    yield { objects: [], end: endOf(reason, doubted, table, changed === undefined ? source.fingerprint() : undefined) };
  } finally {
    await source.close();
  }
}

function endOf(reason: Fault | undefined, doubted: boolean, table: Table, fingerprint: string | undefined): ReadEnd {
  return {
    ...(reason === undefined ? { complete: true } : { complete: false, reason }),
    ...(doubted ? { doubted } : {}),
    ...(table.layout === undefined ? {} : { attributes: table.layout.columns.map((column) => column.attribute) }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
}

function doubled({ anchor, line }: ReadObject, first: number): Fault {
  return {
    kind: 'conflict',
    message: `line ${line}: ${anchor} is on line ${first} already; the first row counts`,
    where: { object: anchor, line: line! },
    remedy: 'give every row its own anchor, or name further columns that tell the rows apart',
  };
}

/** Half a value looks like one: a last field may be cut anywhere. */
function lostEnd(file: string, line: number, object?: string): Fault {
  return {
    kind: 'unavailable',
    message: `line ${line}: the file ends here without a newline, and had one at its end when it was read last: it may be cut short`,
    where: { file, line, ...(object === undefined ? {} : { object }) },
    remedy: 'look whether its last row is whole, and have the file made again',
  };
}

function emptyFile(path: string): Fault {
  return {
    kind: 'unavailable',
    message: `${path} is empty: it has not even a header`,
    where: { file: path },
    remedy: 'have the file made again',
  };
}

/** By anchor or by exactly this value; the file is read up to the first match of an anchor, else to the end. */
export async function find(
  file: CsvFile,
  by: { anchor: string } | { attribute: string; value: string },
  kind: Kind,
): Promise<ReadObject[]> {
  const source = await openSourceOrNone(file.path);
  if (source === null) return [];
  const found: ReadObject[] = [];
  let rows: RowReader | undefined;
  const table = newTable(file.config, file.path);
  const has = (object: ReadObject): boolean => {
    if ('anchor' in by) return object.anchor === by.anchor;
    const value = object.attributes[by.attribute];
    return Array.isArray(value) ? value.includes(by.value) : value === by.value;
  };
  try {
    const sink: CsvSink = {
      row(fields, line) {
        rows ??= rowReader(table.layout!, file.config, file.path);
        const key = rows.key(fields);
        if (key?.kind !== kind || ('anchor' in by && key.anchor !== by.anchor)) return;
        const object = rows.read(fields, line, table.suspect);
        if (!('message' in object) && has(object)) found.push(object);
      },
      fault: () => undefined,
    };
    for await (const _ of readTable(source, table, file.config, file.limit, sink)) if ('anchor' in by && found.length > 0) break;
  } finally {
    await source.close();
  }
  return 'anchor' in by ? found.slice(0, 1) : found;
}

export async function schemaOf(file: CsvFile): Promise<Schema> {
  const { config } = file;
  const source = await openSourceOrNone(file.path);
  const kinds = new Set<Kind>(config.kindColumn === undefined ? [config.kind] : []);
  let names = Object.values(config.columns).filter((name): name is string => name !== null);
  let known = names.length > 0;
  if (source !== null) {
    try {
      let rows: RowReader | undefined;
      // Whoever asks for the columns may not have chosen the anchor among them yet; `test` and reading look for it.
      const asked = config.kindColumn === undefined ? { ...config, anchor: [] } : config;
      const table = newTable(asked, file.path);
      const sink: CsvSink = {
        row(fields) {
          rows ??= rowReader(table.layout!, config, file.path);
          const kind = rows.key(fields)?.kind;
          if (kind !== undefined && kinds.size < MAX_KINDS) kinds.add(kind);
        },
        fault: () => undefined,
      };
      for await (const _ of readTable(source, table, asked, file.limit, sink)) {
        if (table.layout !== undefined && config.kindColumn === undefined) break;
      }
      if (table.layout !== undefined) {
        const columns = table.layout.columns.map((column) => column.attribute);
        names = columns;
        // Where the header is missing these are values of people; whoever looks for attributes among them would tell them.
        known = anchorsOf(config).every((name) => columns.includes(name)) || !columns.some(looksLikeData);
      }
    } finally {
      await source.close();
    }
  }
  const attributes: { [name: string]: AttributeType } = Object.create(null);
  for (const name of names) if (name !== config.kindColumn) attributes[name] = typeOf(name, config);
  return { complete: known, kinds: Object.fromEntries([...kinds].map((kind) => [kind, attributes])) };
}

const MAX_KINDS = 100;

function typeOf(name: string, config: CsvConfig): AttributeType {
  const type = Object.hasOwn(config.types, name) ? config.types[name]! : 'string';
  return { type, multi: multiOf(name, config) !== undefined, matching: defaultMatching(type) };
}

export async function testFile(file: CsvFile): Promise<string> {
  const source = await openSourceOrNone(file.path);
  if (source === null) refuseMissing(file.path, file.mapped !== null);
  if (source === null) return `${file.path} does not exist yet; it is made with the first export`;
  try {
    // Told before the anchor is looked for, which is not found in such a file.
    for (const doubt of await doubtsAbout(file.path, file.config)) file.warn(doubt);
    const table = newTable(file.config, file.path);
    const sink: CsvSink = { row: () => undefined, fault: () => undefined };
    for await (const _ of readTable(source, table, file.config, file.limit, sink)) if (table.layout !== undefined) break;
    if (table.layout === undefined) {
      const { kind, message, ...more } = emptyFile(file.path);
      throw new RollcallError(kind, message, more);
    }
    const separated = { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'bar' }[table.delimiter] ?? `"${table.delimiter}"`;
    return `${file.path}: ${table.layout.width} columns, ${separated} separated, ${table.encoding}, ${source.identity.size} bytes`;
  } finally {
    await source.close();
  }
}
