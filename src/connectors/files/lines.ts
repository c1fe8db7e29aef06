/** Blocks of bytes as lines of text. UTF-8 only, as JSON Lines prescribes; CSV has its own way with newlines. */
import { decoderOf } from './decode.ts';

const NEWLINE = 10;

/** A stretch of a file: whole lines, or a piece of a line that is over the limit. All stretches together are the file. */
export interface Stretch {
  /** Valid until the next one is asked for. */
  readonly bytes: Buffer;
  /** `lines`: each with its end, but for the last of the file. `part`: of a long line; `end`: its last part. */
  readonly is: 'lines' | 'part' | 'end';
}

/** Cuts blocks at line ends. A line over `maxBytes` is handed out in parts and never kept; some within one block are not cut. */
export async function* readStretches(blocks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Stretch> {
  let carry: Buffer[] = [];
  let carried = 0;
  let inLong = false;
  for await (const block of blocks) {
    let start = 0;
    if (inLong) {
      start = block.indexOf(NEWLINE) + 1;
      inLong = start === 0;
      yield { bytes: inLong ? block : block.subarray(0, start), is: inLong ? 'part' : 'end' };
      if (inLong) continue;
    }
    const stop = block.lastIndexOf(NEWLINE) + 1;
    if (stop > start) {
      const head = block.subarray(start, stop);
      yield { bytes: carried === 0 ? head : Buffer.concat([...carry, head]), is: 'lines' };
      carry = [];
      carried = 0;
      start = stop;
    }
    if (start === block.length) continue;
    carry.push(Buffer.from(block.subarray(start)));
    carried += block.length - start;
    if (carried <= maxBytes) continue;
    yield { bytes: Buffer.concat(carry), is: 'part' };
    inLong = true;
    carry = [];
    carried = 0;
  }
  if (inLong) yield { bytes: Buffer.alloc(0), is: 'end' };
  else if (carried > 0) yield { bytes: Buffer.concat(carry), is: 'lines' };
}

export interface LineBatch {
  /** Without their ends (LF or CRLF). Bytes that are no UTF-8 are lone surrogates (decode.ts). */
  readonly lines: readonly string[];
  /** 1-based number of the first of them. */
  readonly first: number;
  /** Whether some line may hold a lone surrogate or U+0000; false spares the search. */
  readonly suspect: boolean;
  /** Byte offset behind the last line, its end included; behind the long one where there is one. */
  readonly end: number;
  /** Whether the file ended without a newline here. */
  readonly open: boolean;
  /** A line over the limit that follows these and is left out. */
  readonly overlong?: { readonly line: number; readonly bytes: number };
}

/**
 * Cuts blocks into batches of whole lines. A line of more than `maxBytes` is passed over. `from` is the byte offset the
 * blocks start at, `firstLine` the number of the line there.
 */
export async function* readLines(
  blocks: AsyncIterable<Buffer>,
  options: { readonly maxBytes: number; readonly from?: number; readonly firstLine?: number },
): AsyncGenerator<LineBatch> {
  const decoder = decoderOf('utf-8', { bom: (options.from ?? 0) === 0 });
  let offset = options.from ?? 0;
  let line = options.firstLine ?? 1;
  let long = 0;

  function batch(bytes: Buffer): LineBatch {
    offset += bytes.length;
    const open = bytes.length > 0 && bytes[bytes.length - 1] !== NEWLINE;
    const text = decoder.decode(bytes, open);
    const lines = text === '' && !open ? [] : text.split('\n');
    if (!open && lines.length > 0) lines.pop();
    if (text.includes('\r')) {
      for (let i = 0; i < lines.length; i++) if (lines[i]!.endsWith('\r')) lines[i] = lines[i]!.slice(0, -1);
    }
    const first = line;
    line += lines.length;
    return { lines, first, suspect: decoder.suspect, end: offset, open };
  }
  function passedOver(bytes: number, open: boolean): LineBatch {
    return { lines: [], first: line, suspect: false, end: offset, open, overlong: { line: line++, bytes } };
  }

  for await (const { bytes, is } of readStretches(blocks, options.maxBytes)) {
    if (is !== 'lines') {
      offset += bytes.length;
      long += bytes.length;
      const open = bytes[bytes.length - 1] !== NEWLINE;
      if (is === 'end') yield passedOver(open ? long : long - 1, open);
      if (is === 'end') long = 0;
      continue;
    }
    let from = 0;
    for (let at = 0; bytes.length > options.maxBytes && at < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, at);
      const stop = newline === -1 ? bytes.length : newline;
      if (stop - at > options.maxBytes) {
        if (at > from) yield batch(bytes.subarray(from, at));
        from = Math.min(stop + 1, bytes.length);
        offset += from - at;
        yield passedOver(stop - at, newline === -1);
      }
      at = stop + 1;
    }
    if (from < bytes.length) yield batch(bytes.subarray(from));
  }
}
