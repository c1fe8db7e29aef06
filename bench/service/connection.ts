/**
 * One keep-alive connection of HTTP/1.1 (RFC 9112), one request at a time: what a client needs at the least, since it shares the machine
 * with the server that is measured. Bodies by their length or in chunks; anything else ends the measurement.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
  /** From the request's first byte to the answer's last. */
  readonly ms: number;
}

export interface HttpConnection {
  /** `request`: head and body, as they go on the wire. */
  ask(request: string): Promise<Answer>;
  close(): void;
}

/** `url`: of the server. */
export async function openConnection(url: string): Promise<HttpConnection> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let waiting: {
    readonly begun: number;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: Error) => void;
  } | null = null;
  let have: Buffer = Buffer.alloc(0);
  const broken = (why: string): void => {
    const asked = waiting;
    waiting = null;
    socket.destroy();
    asked?.reject(new Error(why));
  };
  socket.on('data', (chunk: Buffer) => {
    have = have.length === 0 ? chunk : Buffer.concat([have, chunk]);
    const message = messageIn(have);
    if (message === null) return;
    if (waiting === null || message.length !== have.length) return broken('the server answers what nobody asked');
    const { begun, resolve } = waiting;
    waiting = null;
    have = Buffer.alloc(0);
    resolve({ status: message.status, body: message.body, ms: performance.now() - begun });
  });
  socket.on('error', (error) => broken(error.message));
  socket.on('close', () => broken('the server closed the connection'));
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        if (socket.destroyed) return reject(new Error('the server closed the connection'));
        waiting = { begun: performance.now(), resolve, reject };
        socket.write(request);
      }),
    close: () => void socket.destroy(),
  };
}

export interface Message {
  readonly status: number;
  readonly body: Buffer;
  /** In bytes, head included. */
  readonly length: number;
}

const NONE = Buffer.alloc(0);

/** The first whole answer in what has come so far; null while it is not whole. */
export function messageIn(bytes: Buffer): Message | null {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end);
  const status = Number(head.slice(9, 12));
  const from = end + 4;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const to = from + Number(length);
    return bytes.length < to ? null : { status, body: bytes.subarray(from, to), length: to };
  }
  if (status === 204 || status === 304) return { status, body: NONE, length: from };
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) throw new Error('the server does not say how long its answer is');
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    const next = line + 2 + size + 2;
    if (bytes.length < next) return null;
    if (size === 0) return { status, body: Buffer.concat(parts), length: next };
    parts.push(bytes.subarray(line + 2, line + 2 + size));
    at = next;
  }
}
