/** Whether a client that trusts that authority (PEM) and wants that name takes the server; why not, if it does not. */
import { connect } from 'node:tls';

export function refusal(url: string, ca: string, servername: string): Promise<string | undefined> {
  const { hostname: host, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port || 636), ca, servername });
    socket.once('secureConnect', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });
}
