/** A network between a client and a server that can be slow, silent, or cut: every byte of one TCP connection and the next goes through it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface Between extends AsyncDisposable {
  /** `ldap://127.0.0.1:PORT`, or whatever scheme the server's URL has; in the clear where `tls` was given. */
  readonly url: string;
  /** How often a client spoke after the server had, in all connections: what a network at a distance is paid by. */
  readonly turns: number;
  /** How many connections there were. */
  readonly connections: number;
  /** Each way, in ms. */
  delayMs: number;
  /** What is sent is dropped, and nobody is told. */
  silent: boolean;
  /** Called with all that a server sends, before it goes on; answers whether it does. */
  answers: (chunk: Buffer) => boolean;
  /** Called with all that a client sends, before it goes on. */
  asked: (chunk: Buffer) => void;
  /** Ends every connection there is, without a word. */
  cut(): void;
}

/** `tls`: of a server of LDAPS that says nothing in the clear. What goes through can be looked at then. */
export async function proxyTo(server: string, tls?: { readonly ca: string; readonly serverName: string }): Promise<Between> {
  const { protocol, hostname: host, port } = new URL(server);
  const reach = (): Socket =>
    tls === undefined
      ? connect({ host, port: Number(port) })
      : connectTls({ host, port: Number(port || 636), ca: tls.ca, servername: tls.serverName });
  const open = new Set<Socket>();
  let [turns, connections] = [0, 0];
  const later = (work: () => void): void => {
    if (proxy.delayMs === 0) work();
    else setTimeout(work, proxy.delayMs);
  };
  const listener = createServer((client) => {
    connections++;
    let last: 'client' | 'server' = 'server';
    const upstream = reach();
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.setNoDelay(true).on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        // What was sent before still arrives.
        if (!proxy.silent) later(() => (socket === client ? upstream : client).end());
      });
    }
    client.on('data', (chunk) => {
      if (proxy.silent) return;
      if (last === 'server') turns++;
      last = 'client';
      proxy.asked(chunk);
      later(() => void upstream.write(chunk));
    });
    upstream.on('data', (chunk) => {
      if (proxy.silent || !proxy.answers(chunk)) return;
      last = 'server';
      later(() => void client.write(chunk));
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  const proxy: Between = {
    url: `${tls === undefined ? protocol : 'ldap:'}//127.0.0.1:${(listener.address() as AddressInfo).port}`,
    get turns() {
      return turns;
    },
    get connections() {
      return connections;
    },
    delayMs: 0,
    silent: false,
    answers: () => true,
    asked: () => undefined,
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      listener.close();
      await once(listener, 'close');
    },
  };
  return proxy;
}
