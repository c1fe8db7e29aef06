/** Guards of the port: who is one too many is told so at once, and who sends slowly, or does not take the answer, is not waited for. */
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { type SecureContextOptions, Server as TlsServer } from 'node:tls';
import type { ServeOptions } from '#operations/operation';

export type PortLimits = ServeOptions['config']['server'];

const FULL = 'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';
/** Longer than the usual minute of proxies: who ends a connection that is kept is the one who uses it. */
const KEEP_ALIVE_MS = 72_000;
/** For whoever was one too many to read that, and to end what it was sending; closed before, it would see a reset. */
const LAST_WORDS_MS = 1_000;

/** `tls`: null for plain HTTP. */
export function portServer(limits: PortLimits, tls: SecureContextOptions | null, answer: RequestListener): Server {
  const { headersMs, requestMs } = limits;
  // How often Node looks for connections that are too slow, in ms.
  const looks = { connectionsCheckingInterval: Math.max(100, Math.min(headersMs, requestMs, 5_000) / 2) };
  if (tls === null) return createServer(looks, answer);
  return createTlsServer({ ...tls, ...looks, handshakeTimeout: headersMs }, answer);
}

/** Answers what ends all connections at once, those that Node passes over as well. */
export function guard(server: Server, { maxConnections, headersMs, requestMs }: PortLimits): () => void {
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = headersMs;
  server.requestTimeout = requestMs;
  const open = new Set<Socket>();
  const leaving = new Set<Socket>();
  const keep = (socket: Socket, where: Set<Socket>): void => {
    where.add(socket);
    socket.once('close', () => where.delete(socket));
  };
  server.prependListener('request', (_, response) => notTaken(response, requestMs));
  const take = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket) => {
    if (open.size < maxConnections) {
      keep(socket, open);
      // Node looks at those that have begun to speak; of many at a time some that never do are passed over.
      const silent = setTimeout(() => {
        if (socket.bytesRead === 0) socket.destroy();
      }, 2 * headersMs);
      silent.unref();
      socket.once('close', () => clearTimeout(silent));
      for (const one of take) one.call(server, socket);
      return;
    }
    if (leaving.size >= maxConnections) {
      socket.destroy();
      return;
    }
    keep(socket, leaving);
    socket.on('error', () => undefined);
    const last = setTimeout(() => socket.destroy(), LAST_WORDS_MS);
    socket.once('close', () => clearTimeout(last));
    // Whoever wants to speak TLS first would take it for a broken answer.
    if (server instanceof TlsServer) socket.end();
    else socket.end(FULL);
    socket.resume();
  });
  return () => {
    for (const socket of [...open, ...leaving]) socket.destroy();
  };
}

/** Ends the connection where nothing of an answer is taken for so long. An answer may come late, and a long one is taken slowly. */
function notTaken(response: ServerResponse, ms: number): void {
  response.setTimeout(ms, () => {
    if ((response.socket?.writableLength ?? 0) > 0) response.socket!.destroy();
  });
}
