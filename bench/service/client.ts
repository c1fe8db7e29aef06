/** Who asks the service: so many connections with a token, kept busy, or asked at a pace. */
import { setTimeout as pause } from 'node:timers/promises';
import { must } from '../case.ts';
import { type Answer, type HttpConnection, openConnection } from './connection.ts';

export interface Asking {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** Percent-encoded, from `/` on. */
  readonly path: string;
  /** JSON. */
  readonly body?: string;
  /** What the answer must be. */
  readonly status: number;
}

export interface Driven {
  readonly seconds: number;
  /** How long each took, in the order they were asked. */
  readonly ms: Float64Array;
}

export interface Client {
  /** One, on the first connection; of another status than is expected it is an error. */
  ask(asking: Asking): Promise<Answer>;
  /** `count` of them, the next one on each connection as soon as the one before is answered. `each` is told of the answers. */
  drive(count: number, asking: (index: number) => Asking, each?: (answer: Answer, index: number) => void): Promise<Driven>;
  /** `perSecond` of them as long as `goes` says so of the next one; `each` is told how long it took from the moment it was due. */
  pace(
    perSecond: number,
    goes: (index: number) => boolean,
    asking: (index: number) => Asking,
    each: (ms: number, index: number) => void,
  ): Promise<void>;
  close(): void;
}

/** As many as an identity provider has at a time. */
export const IN_FLIGHT = 16;

export async function openClient(url: string, token: string, inFlight: number = IN_FLIGHT): Promise<Client> {
  const connections = await Promise.all(Array.from({ length: inFlight }, () => openConnection(url)));
  const head = `HTTP/1.1\r\nhost: ${new URL(url).host}\r\nauthorization: Bearer ${token}\r\n`;
  const send = async (connection: HttpConnection, { method, path, body, status }: Asking): Promise<Answer> => {
    const answer = await connection.ask(
      body === undefined
        ? `${method} ${path} ${head}\r\n`
        : `${method} ${path} ${head}content-type: application/${path.startsWith('/scim/') ? 'scim+json' : 'json'}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
    if (answer.status !== status)
      must(false, `${method} ${path} is answered ${status}, not ${answer.status}: ${answer.body.toString().slice(0, 500)}`);
    return answer;
  };
  return {
    ask: (asking) => send(connections[0]!, asking),
    async drive(count, asking, each) {
      const ms = new Float64Array(count);
      let next = 0;
      const begun = performance.now();
      await Promise.all(
        connections.map(async (connection) => {
          while (next < count) {
            const index = next++;
            const answer = await send(connection, asking(index));
            ms[index] = answer.ms;
            each?.(answer, index);
          }
        }),
      );
      return { seconds: (performance.now() - begun) / 1000, ms };
    },
    async pace(perSecond, goes, asking, each) {
      const begun = performance.now();
      let next = 0;
      await Promise.all(
        connections.map(async (connection) => {
          for (let index = next++; goes(index); index = next++) {
            const due = begun + (index * 1000) / perSecond;
            const early = due - performance.now();
            if (early > 0) await pause(early);
            await send(connection, asking(index));
            each(performance.now() - due, index);
          }
        }),
      );
    },
    close() {
      for (const connection of connections) connection.close();
    },
  };
}
