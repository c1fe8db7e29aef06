/** Which column is what: the header line, or the list in the configuration, seen with the configuration's eyes. */

import type { ReadObject } from '#connectors/contract';
import { joinAnchor } from '#core/anchor';
import { type Fault, RollcallError } from '#core/errors';
import { nearest } from '#core/text';
import type { Kind } from '#core/values';
import { newRow, type Row } from '../files/row.ts';
import { anchorsOf, type CsvConfig } from './config.ts';

export interface Layout {
  readonly width: number;
  /** Attributes in code unit order, the order the engine's canonical form wants them in. */
  readonly columns: readonly Column[];
  readonly anchor: readonly number[];
  readonly kind: number | null;
}

export interface Column {
  readonly attribute: string;
  readonly index: number;
  /** Separator of several values. */
  readonly multi: string | undefined;
}

export const DELIMITERS: readonly string[] = [',', ';', '\t', '|'];

/** The candidate by which the first line holds the anchor, or else the one that cuts it into most pieces. */
export function detectDelimiter(start: string, config: CsvConfig): string {
  const line = start
    .slice(0, 65536)
    .split(/\r?\n/, 1)[0]!
    .replaceAll(config.quote === 'none' ? '"' : config.quote, '');
  const wanted = config.header ? anchorsOf(config) : [];
  let best = ',';
  let most = -1;
  for (const delimiter of DELIMITERS) {
    const names = line.split(delimiter).map((header) => attributeOf(header.trim(), config));
    const score = names.length + (wanted.length > 0 && wanted.every((name) => names.includes(name)) ? 1e6 : 0);
    if (score > most) [best, most] = [delimiter, score];
  }
  return best;
}

function attributeOf(header: string, config: CsvConfig): string | null {
  const columns = config.columns as { readonly [header: string]: string | null };
  if (header === '') return null;
  return Object.hasOwn(columns, header) ? columns[header]! : header;
}

/** Layout of a file without a header line. */
export function listedLayout(config: CsvConfig, file: string): Layout {
  return layoutOf(config.columns as readonly string[], config, file);
}

/** Throws `configuration` where the anchor's column is missing or a column is there twice. */
export function headerLayout(header: readonly string[], config: CsvConfig, file: string): Layout {
  return layoutOf(
    header.map((name) => attributeOf(name.trim(), config)),
    config,
    file,
  );
}

function layoutOf(attributes: readonly (string | null)[], config: CsvConfig, file: string): Layout {
  const at = new Map<string, number>();
  for (const [index, attribute] of attributes.entries()) {
    if (attribute === null) continue;
    if (at.has(attribute)) {
      const remedy = 'give the columns different names, or map one of them under `columns` (null leaves it out)';
      throw columnFault(`${file} has two columns for "${attribute}"`, file, attribute, remedy);
    }
    at.set(attribute, index);
  }
  function find(attribute: string, role: string): number {
    const index = at.get(attribute);
    if (index !== undefined) return index;
    const known = [...at.keys()];
    const near = nearest(attribute, known);
    const shown = known.slice(0, 20).join(', ') + (known.length > 20 ? ', …' : '');
    const remedy =
      near === null ? 'if the file has no header line, say `header: false` and list the columns' : `did you mean "${near}"?`;
    // What stands in the place of a missing header is somebody's name and number, which no log may keep.
    if (near === null && known.some(looksLikeData)) {
      const message = `${file} has no column for the ${role} "${attribute}", and its first line looks like data, not like names of columns`;
      throw columnFault(message, file, attribute, remedy);
    }
    throw columnFault(`${file} has no column for the ${role} "${attribute}"; its columns are: ${shown}`, file, attribute, remedy);
  }
  const kind = config.kindColumn === undefined ? null : find(config.kindColumn, 'kind');
  const names = [...at.keys()].filter((name) => name !== config.kindColumn).sort();
  return {
    width: attributes.length,
    columns: names.map((attribute) => ({ attribute, index: at.get(attribute)!, multi: multiOf(attribute, config) })),
    anchor: anchorsOf(config).map((attribute) => find(attribute, 'anchor')),
    kind,
  };
}

/** Numbers, dates, addresses and long texts, which name no column. */
export function looksLikeData(name: string): boolean {
  return name.length > 64 || /@|\d{4}|^[^\p{L}]*\d[^\p{L}]*$|^\p{L}{1,3}[-_ ]?\d{2,}$/u.test(name);
}

export function multiOf(attribute: string, config: CsvConfig): string | undefined {
  return Object.hasOwn(config.multi, attribute) ? config.multi[attribute] : undefined;
}

function columnFault(message: string, file: string, attribute: string, remedy: string): RollcallError {
  return new RollcallError('configuration', message, { where: { file, line: 1, attribute }, remedy });
}

/** What a spreadsheet would run, and what our own guard before it looks like: the apostrophes must come off again. */
export function isFormula(text: string): boolean {
  return /^'*[=+\-@\t\r]/.test(text);
}

export interface RowReader {
  /** The row as an object, or why it is none. `suspect`: look for bytes that are no text. */
  read(fields: readonly string[], line: number, suspect: boolean): ReadObject | Fault;
  /** Of every row that shows one, readable otherwise or not. */
  key(fields: readonly string[]): { readonly kind: Kind; readonly anchor: string } | null;
  values(fields: readonly string[]): Row;
}

const ENCODING_REMEDY = 'set `encoding` to the one the file is written in, such as windows-1252';

function isText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

export function rowReader(layout: Layout, config: CsvConfig, file: string): RowReader {
  const { columns, anchor: anchors, kind, width } = layout;
  const anchorIndex = anchors.length === 1 ? anchors[0]! : null;
  const keptEmpty = columns.map(({ attribute }) =>
    config.empty === undefined ? (config.clears?.includes(attribute) ?? false) : config.empty === 'empty',
  );
  const anchorName = anchorsOf(config).join(' + ');

  function values(fields: readonly string[]): Row {
    const row = newRow();
    for (let i = 0; i < columns.length; i++) {
      const { attribute, index, multi } = columns[i]!;
      const text = fields[index]!;
      const keepEmpty = keptEmpty[i]!;
      if (text === '') {
        if (keepEmpty) row[attribute] = null;
      } else if (multi !== undefined) {
        const list = text.split(multi).filter((value) => value !== '');
        if (list.length > 0 || keepEmpty) row[attribute] = list.length > 0 ? list.map(unguarded) : null;
      } else row[attribute] = config.escapeFormulas ? unguarded(text) : text;
    }
    return row;
  }
  const unguarded = (text: string): string =>
    config.escapeFormulas && text.startsWith("'") && isFormula(text) ? text.slice(1) : text;

  function anchorOf(fields: readonly string[]): string {
    if (anchorIndex !== null) return unguarded(fields[anchorIndex] ?? '');
    const parts = anchors.map((index) => unguarded(fields[index] ?? ''));
    return parts.includes('') ? '' : joinAnchor(parts);
  }
  const fault = (message: string, line: number, more: { object?: string; attribute?: string }, remedy: string): Fault => ({
    kind: 'invalidValue',
    message: `line ${line}: ${message}`,
    where: { file, line, ...more },
    remedy,
  });

  const noText = `holds bytes that are no ${config.encoding ?? 'utf-8'} text`;
  const notText = (attribute: string, text: string): Fault => ({
    kind: 'invalidValue',
    ...(text.isWellFormed()
      ? { message: 'it holds the character U+0000', remedy: 'remove it in the source' }
      : { message: `it ${noText}`, remedy: ENCODING_REMEDY }),
    where: { attribute },
  });

  return {
    values,
    key(fields) {
      const anchor = anchorOf(fields);
      const of = kind === null ? config.kind : (fields[kind] ?? '');
      return anchor === '' || of === '' ? null : { kind: of, anchor };
    },
    read(fields, line, suspect) {
      const anchor = anchorOf(fields);
      const object = anchor === '' ? {} : { object: anchor };
      // Empty fields too many are what spreadsheets leave behind; anything else shifts values into wrong columns.
      if (fields.length < width || (fields.length > width && fields.slice(width).some((text) => text !== ''))) {
        const quote =
          fields.length < width
            ? 'have the file made again: a row that ends early is how a file looks that was cut; where rows are always short, fill them up with empty fields'
            : 'put quotes around fields that hold the delimiter or a newline';
        return fault(`the row has ${fields.length} fields where the header has ${width}`, line, object, quote);
      }
      const refused = suspect ? columns.filter(({ index }) => !isText(fields[index]!)) : [];
      for (const { attribute, index } of refused)
        if (anchors.includes(index)) return fault(`"${attribute}" ${noText}`, line, { ...object, attribute }, ENCODING_REMEDY);
      if (anchor === '') return fault(`the anchor ${anchorName} is empty`, line, {}, 'give every row its anchor in the source');
      const of = kind === null ? config.kind : fields[kind]!;
      if (of === '') return fault(`the kind ${config.kindColumn} is empty`, line, object, 'say of every row what it is');
      if (suspect && !isText(of))
        return fault(`"${config.kindColumn}" ${noText}`, line, { ...object, attribute: config.kindColumn! }, ENCODING_REMEDY);
      const attributes = values(fields);
      if (refused.length === 0) return { kind: of, anchor, attributes, line };
      for (const { attribute } of refused) delete attributes[attribute];
      return {
        kind: of,
        anchor,
        attributes,
        line,
        refused: refused.map(({ attribute, index }) => notText(attribute, fields[index]!)),
      };
    },
  };
}
