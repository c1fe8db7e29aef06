/** The socket beside the store (operations/local-socket): for the command line of whoever may write the store anyway. */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { RollcallError, toFault } from '#core/errors';
import { WrongCommand } from '#core/unknown-name';
import { OPERATIONS, onlyReads } from '#operations/all';
import { answers } from '#operations/local-socket';
import type { RemoteLine } from '#operations/remote';
import type { ServiceEvent } from '#worker/events';
import type { ServiceThread } from '#worker/thread';

export interface LocalOptions {
  readonly works: ServiceThread;
  readonly reads: () => Promise<ServiceThread>;
  /** Where the service is reached over HTTP; null while it is not yet. */
  readonly url: () => string | null;
  /** Calls back with each event until what it answers is called. */
  readonly listen: (heard: (event: ServiceEvent) => void) => () => void;
}

const MOST_BODY = 256 * 1_048_576;

/** Errors: conflict when somebody listens there already. */
export async function listenLocally(path: string, options: LocalOptions): Promise<Server> {
  if (await answers(path)) throw new RollcallError('conflict', `another service listens at ${path}`, { remedy: 'end it first' });
  // Left behind by one that was killed.
  if (process.platform !== 'win32') rmSync(path, { force: true });
  const server = createServer((request, response) => {
    answer(request, response, options).catch((error: unknown) => {
      if (!response.destroyed) response.end(lineOf({ error: toFault(error), wrong: error instanceof WrongCommand }));
    });
  });
  const mask = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(path, resolve);
    });
  } finally {
    process.umask(mask);
  }
  if (process.platform !== 'win32') chmodSync(path, 0o600);
  return server;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { works, reads, url, listen }: LocalOptions,
): Promise<void> {
  const name = decodeURIComponent(/^\/operations\/([^/?]+)$/.exec(request.url ?? '')?.[1] ?? '');
  const operation = OPERATIONS.get(name);
  if (operation === undefined) {
    // Such as `live`: what goes on by itself is what the service is.
    const remedy = 'end the service first; what listens, and what has a schedule, it does by itself';
    throw new RollcallError('conflict', `the service has the store, and does not do '${name}'`, { remedy });
  }
  const input: unknown = JSON.parse(await bodyOf(request));
  const caller = { kind: 'person', name: nameOf(input), token: null, source: null } as const;
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const deaf = listen((event) => {
    if (event.what === 'progress') response.write(lineOf({ progress: event.progress }));
    else if (event.what === 'fault') response.write(lineOf({ fault: event.fault }));
  });
  try {
    const thread = onlyReads(operation) ? await reads() : works;
    const answer = await thread.ask({ ask: 'operation', name, input, caller, url: url() });
    response.end(lineOf({ answer: answer as object }));
  } finally {
    deaf();
  }
}

/** Whoever reaches the socket is believed who they are. */
function nameOf(input: unknown): string {
  return typeof input === 'object' && input !== null && 'by' in input ? String(input.by) : 'command line';
}

function lineOf(line: RemoteLine): string {
  return `${JSON.stringify(line)}\n`;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY) throw new RollcallError('invalidValue', 'the request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
