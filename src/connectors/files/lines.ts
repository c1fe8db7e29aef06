/** Blocks of bytes as lines of text. UTF-8 only, as JSON Lines and LDIF prescribe; CSV has its own way with newlines. */
import { decoderOf } from './decode.ts';

export interface LineBatch {
  /** Without their ends (LF or CRLF). Bytes that are no UTF-8 are lone surrogates (decode.ts). */
  readonly lines: readonly string[];
  /** 1-based number of the first of them. */
  readonly first: number;
  /** Whether some line may hold a lone surrogate or U+0000; false spares the search. */
  readonly suspect: boolean;
  /** Byte offset behind the last line, its end included. */
  readonly end: number;
  /** Whether the last line ended without a newline: only in the last batch. */
  readonly open: boolean;
  /** A line over the limit that follows these and is left out; `open`, `end` then speak of it. */
  readonly overlong?: { readonly line: number; readonly bytes: number };
}

const NEWLINE = 10;

/**
 * Cuts blocks into batches of whole lines, one batch or two a block. A line of more than `maxBytes` is passed over without
 * being kept. `from` is the byte offset the blocks start at.
 */
export async function* readLines(
  blocks: AsyncIterable<Buffer>,
  options: { readonly maxBytes: number; readonly from?: number; readonly firstLine?: number },
): AsyncGenerator<LineBatch> {
  const decoder = decoderOf('utf-8', { bom: (options.from ?? 0) === 0 });
  let offset = options.from ?? 0;
  let line = options.firstLine ?? 1;
  let carry: Buffer[] = [];
  let carried = 0;
  let skipping = 0;

  function batch(bytes: Buffer, last: boolean, overlong?: number): LineBatch {
    const text = decoder.decode(bytes, last);
    const lines = text === '' ? [] : text.split('\n');
    if (text.endsWith('\n')) lines.pop();
    if (text.includes('\r')) {
      for (let i = 0; i < lines.length; i++) if (lines[i]!.endsWith('\r')) lines[i] = lines[i]!.slice(0, -1);
    }
    const first = line;
    line += lines.length;
    const base = { lines, first, suspect: decoder.suspect, end: offset, open: last && lines.length > 0 };
    if (overlong === undefined) return base;
    return { ...base, open: last, overlong: { line: line++, bytes: overlong } };
  }

  for await (const block of blocks) {
    let start = 0;
    if (skipping > 0) {
      const newline = block.indexOf(NEWLINE);
      if (newline === -1) {
        skipping += block.length;
        offset += block.length;
        continue;
      }
      offset += newline + 1;
      yield batch(Buffer.alloc(0), false, skipping + newline);
      skipping = 0;
      start = newline + 1;
    }
    const stop = block.lastIndexOf(NEWLINE) + 1;
    if (stop > start) {
      let head = block.subarray(start, stop);
      if (carried > 0) {
        const newline = block.indexOf(NEWLINE, start);
        if (carried + newline - start > options.maxBytes) {
          offset += newline + 1 - start + carried;
          yield batch(Buffer.alloc(0), false, carried + newline - start);
          head = block.subarray(newline + 1, stop);
        } else {
          head = Buffer.concat([...carry, head]);
        }
        carry = [];
        carried = 0;
      }
      // Lines inside one block are over the limit only where the limit is smaller than a block.
      yield* head.length > options.maxBytes ? checked(head) : whole(head);
      start = stop;
    }
    if (start < block.length) {
      carry.push(Buffer.from(block.subarray(start)));
      carried += block.length - start;
      if (carried > options.maxBytes) {
        skipping = carried;
        offset += carried;
        carry = [];
        carried = 0;
      }
    }
  }
  if (skipping > 0) yield batch(Buffer.alloc(0), true, skipping);
  else if (carried > 0) {
    offset += carried;
    yield batch(Buffer.concat(carry), true);
  }

  function* whole(bytes: Buffer): Generator<LineBatch> {
    if (bytes.length === 0) return;
    offset += bytes.length;
    yield batch(bytes, false);
  }

  function* checked(bytes: Buffer): Generator<LineBatch> {
    let from = 0;
    for (let at = 0; at < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, at);
      if (newline - at > options.maxBytes) {
        const before = bytes.subarray(from, at);
        offset += newline + 1 - from;
        yield batch(before, false, newline - at);
        from = newline + 1;
      }
      at = newline + 1;
    }
    yield* whole(bytes.subarray(from));
  }
}
