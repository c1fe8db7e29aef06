/**
 * `COPY … TO STDOUT` in its text format, in blocks: https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY. The server
 * sends a message for each row; taking them apart one by one costs more than all the rest. So the bytes of whole messages are moved
 * together where they are, and made into text at one go. Everything else that comes goes to the driver's own parser.
 */
import type { Client } from 'pg';
import { silent } from '../silent.ts';

const COPY_DATA = 0x64;
const HEAD = 5;
/** Blocks that wait to be used; then the server has to. */
const AHEAD = 4;

export interface Block {
  /** Whole lines. */
  readonly text: string;
  /** Bytes of rows that were passed over. */
  readonly tooLong: readonly number[];
}

export interface CopyLimits {
  readonly signal: AbortSignal;
  readonly maxRowBytes: number;
  readonly timeoutMs: number;
}

type Listener = (bytes: Buffer) => void;

/** Ends when the server said that it is all; throws what it said instead. A copy that is not read to its end ends the connection. */
export async function* copyOut(client: Client, statement: string, limits: CopyLimits): AsyncGenerator<Block> {
  const { stream } = client.connection;
  const parsers = stream.listeners('data') as Listener[];
  const blocks: Block[] = [];
  const cut = cutter(
    limits.maxRowBytes,
    (message) => {
      for (const parse of parsers) parse(message);
    },
    (block) => void blocks.push(block),
  );
  let wake: () => void = () => undefined;
  let done = false;
  let failed: { readonly error: unknown } | undefined;
  const taken: Listener = (bytes) => {
    try {
      cut(bytes);
    } catch (error) {
      failed ??= { error };
      stream.destroy();
    }
    if (blocks.length >= AHEAD) stream.pause();
    wake();
  };
  const stop = (error: unknown): void => {
    failed ??= { error };
    stream.destroy();
    wake();
  };
  const aborted = (): void => stop(limits.signal.reason);
  limits.signal.throwIfAborted();
  limits.signal.addEventListener('abort', aborted, { once: true });
  stream.removeAllListeners('data');
  stream.on('data', taken);
  const ended = client.query(statement).then(
    () => undefined,
    (error: unknown) => {
      failed ??= { error };
    },
  );
  void ended.then(() => {
    done = true;
    wake();
  });
  try {
    for (;;) {
      if (failed !== undefined) throw failed.error;
      const block = blocks.shift();
      if (block !== undefined) {
        if (stream.isPaused()) stream.resume();
        yield block;
        continue;
      }
      if (done) return;
      const late = setTimeout(() => stop(silent(limits.timeoutMs)), limits.timeoutMs);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      clearTimeout(late);
    }
  } finally {
    limits.signal.removeEventListener('abort', aborted);
    if (!done) {
      stream.destroy();
      await ended;
    }
    stream.removeListener('data', taken);
    for (const parse of parsers) stream.on('data', parse);
  }
}

/** Cuts what comes into messages: rows go together into blocks, whole messages of any other kind to `other`. */
function cutter(maxRowBytes: number, other: Listener, block: (block: Block) => void): Listener {
  let rest: Buffer | null = null;
  /** Bytes still to come of a row that is passed over. */
  let passing = 0;
  return (bytes) => {
    let all = bytes;
    if (rest !== null) {
      all = Buffer.concat([rest, bytes]);
      rest = null;
    }
    const tooLong: number[] = [];
    let at = 0;
    let to = 0;
    if (passing > 0) {
      at = Math.min(passing, all.length);
      passing -= at;
    }
    while (at + HEAD <= all.length) {
      const size = all.readUInt32BE(at + 1) + 1;
      const end = at + size;
      const isRow = all[at] === COPY_DATA;
      if (isRow && size - HEAD > maxRowBytes) {
        tooLong.push(size - HEAD);
        passing = Math.max(0, end - all.length);
        at = Math.min(end, all.length);
        continue;
      }
      if (end > all.length) break;
      if (isRow) {
        all.copyWithin(to, at + HEAD, end);
        to += size - HEAD;
      } else other(all.subarray(at, end));
      at = end;
    }
    if (at < all.length) rest = Buffer.from(all.subarray(at));
    if (to > 0 || tooLong.length > 0) block({ text: all.toString('utf8', 0, to), tooLong });
  };
}
