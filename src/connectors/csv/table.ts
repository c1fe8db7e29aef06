/** A CSV file as records: encoding, delimiter and header are found out while the first text comes in. */
import { type Fault, RollcallError } from '#core/errors';
import { type Decoder, decoderOf, encodingByBom } from '../files/decode.ts';
import type { SourceFile } from '../files/source.ts';
import type { CsvConfig } from './config.ts';
import { detectDelimiter, headerLayout, type Layout, listedLayout } from './layout.ts';
import { type CsvFault, CsvParser, type CsvSink } from './parse.ts';

export interface Table {
  encoding: string;
  delimiter: string;
  newline: '\n' | '\r\n';
  decoder: Decoder;
  /** Undefined until the header was read; stays so in an empty file. */
  layout: Layout | undefined;
  /** Whether a text seen so far may hold what is no text. */
  suspect: boolean;
  /** Whether what was read so far ends within a line. */
  open: boolean;
}

/** What is known of a table before its file is opened. */
export function newTable(config: CsvConfig, path: string): Table {
  const encoding = config.encoding ?? 'utf-8';
  return {
    encoding,
    delimiter: config.delimiter ?? ',',
    newline: '\n',
    decoder: decoderOf(encoding),
    layout: config.header ? undefined : listedLayout(config, path),
    suspect: false,
    open: false,
  };
}

/**
 * Reads a file to its end, one block a turn, and fills in `table` on the way. The sink's `row` gets data rows only, `passed`
 * gets everything.
 */
export async function* readTable(
  source: SourceFile,
  table: Table,
  config: CsvConfig,
  limit: number,
  sink: CsvSink,
  signal?: AbortSignal,
): AsyncGenerator<void> {
  let parser: CsvParser | undefined;
  let start = '';
  let begun = false;

  function take(block: Buffer, last: boolean): void {
    if (!begun) {
      begun = true;
      table.encoding = encodingByBom(block) ?? table.encoding;
      table.decoder = decoderOf(table.encoding);
    }
    const text = table.decoder.decode(block, last);
    table.suspect ||= table.decoder.suspect;
    if (text !== '') table.open = !text.endsWith('\n');
    if (parser !== undefined) {
      parser.push(text, last);
      return;
    }
    start += text;
    // The delimiter shows in the first line; one longer than this will not show it later either.
    if (!last && !start.includes('\n') && start.length < 65536) return;
    table.delimiter = config.delimiter ?? detectDelimiter(start.trimStart(), config);
    table.newline = /\r\n/.test(start.slice(0, start.indexOf('\n') + 1)) ? '\r\n' : '\n';
    parser = new CsvParser({ delimiter: table.delimiter, quote: config.quote === 'none' ? null : config.quote }, limit, {
      ...sink,
      row(fields, line, piece, from, to) {
        if (table.layout === undefined) {
          const header = piece.slice(from, to);
          const returns = bareReturns(header, config.quote);
          // One in a line that ends as lines do is a slip, and more of them, or no other end, are the ends of lines.
          if (returns > 0) throw returns === 1 && header.endsWith('\n') ? strayReturn(source.path) : returnsOnly(source.path);
          if (/^sep=.\s*$/i.test(header)) throw separatorLine(source.path, header.trim());
          table.layout = headerLayout(fields, config, source.path);
        } else sink.row(fields, line, piece, from, to);
      },
    });
    parser.push(start, last);
    start = '';
  }

  for await (const block of source.blocks(signal === undefined ? {} : { signal })) {
    take(block, false);
    yield;
  }
  take(Buffer.alloc(0), true);
  yield;
}

/** Carriage returns outside of quotes that no line feed follows. */
function bareReturns(text: string, quote: string): number {
  if (!text.includes('\r')) return 0;
  const parts = quote === 'none' ? [text] : text.split(quote).filter((_, i) => i % 2 === 0);
  return parts.reduce((sum, part) => sum + [...part.matchAll(/\r(?!\n|$)/g)].length, 0);
}

function strayReturn(path: string): RollcallError {
  return new RollcallError('configuration', `there is a carriage return within the first line of ${path}`, {
    where: { file: path, line: 1 },
    remedy: 'take it out, or put the header that it belongs to in quotes; lines that end with two of them were converted twice',
  });
}

/** All of such a file would be one header, and nobody there. */
function returnsOnly(path: string): RollcallError {
  return new RollcallError('configuration', `the lines of ${path} end with a carriage return alone`, {
    where: { file: path, line: 1 },
    remedy:
      'save it with the line ends of Windows or Unix, such as "CSV (comma delimited)" in Excel instead of "CSV (Macintosh)"',
  });
}

/** A line that only Excel knows, before the header. */
function separatorLine(path: string, line: string): RollcallError {
  return new RollcallError(
    'configuration',
    `the first line of ${path} is "${line}", which tells Excel the delimiter; the header must be first`,
    {
      where: { file: path, line: 1 },
      remedy: 'have the file made without that line; the delimiter is found out, or given as `delimiter`',
    },
  );
}

const MESSAGES: { readonly [fault in CsvFault]: readonly [message: string, remedy: string] } = {
  afterQuote: ['the row goes on behind a closing quote', 'double the quotes inside quoted fields'],
  overlong: ['the row is over the limit of one object', 'look for a quote that is never closed, or raise limits.maxObjectSize'],
  unterminated: ['a quoted field that starts in this row is never closed: the file is cut short', 'have the file made again'],
};

export function rowFault(fault: CsvFault, line: number, bytes: number, file: string): Fault {
  const [message, remedy] = MESSAGES[fault];
  const size = fault === 'overlong' ? ` (${bytes} bytes)` : '';
  return {
    kind: fault === 'unterminated' ? 'unavailable' : 'invalidValue',
    message: `line ${line}: ${message}${size}`,
    where: { file, line },
    remedy,
  };
}
