/** Guards of the port: who is one too many is told so at once, and who sends slowly is not waited for. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface PortLimits {
  readonly maxConnections: number;
  /** For the head of a request, and for all of it, in ms. */
  readonly headersMs: number;
  readonly requestMs: number;
}

export const PORT_LIMITS: PortLimits = { maxConnections: 2_000, headersMs: 10_000, requestMs: 30_000 };

const FULL = 'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

export function guard(server: Server, { maxConnections, headersMs, requestMs }: PortLimits): void {
  server.headersTimeout = headersMs;
  server.requestTimeout = requestMs;
  const open = new Set<Socket>();
  server.prependListener('connection', (socket: Socket) => {
    if (open.size >= maxConnections) {
      socket.on('error', () => undefined);
      socket.end(FULL);
      socket.destroySoon();
      return;
    }
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
}
