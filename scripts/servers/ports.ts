/** Free ports of an address, below those that the system gives to connections: a server that was stopped finds its own again. */
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const [LOWEST, HIGHEST] = [10_240, 32_767];
/** Another program may take a free port before the server does. */
const TRIES = 5;

/** Starts a server at free ports, at others where one was taken meanwhile. Answers the ports. */
export async function atFreePorts(count: number, start: (ports: readonly number[]) => unknown): Promise<readonly number[]> {
  for (let tries = 1; ; tries++) {
    const ports: number[] = [];
    while (ports.length < count) ports.push(await freePort());
    try {
      await start(ports);
      return ports;
    } catch (error) {
      if (tries === TRIES || !/address already in use/i.test((error as Error).message)) throw error;
    }
  }
}

async function freePort(host = '127.0.0.1'): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(host, port)) return port;
  }
}

export function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    );
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
