/** An operation carried out by the service that has the store: asked on its socket, answered in lines of JSON. */
import type { IncomingMessage } from 'node:http';
import { type Fault, RollcallError } from '#core/errors';
import { fromFault } from '#core/unknown-name';
import type { Listeners } from './session.ts';

/** Lines before the last one: what goes on there meanwhile. */
export type RemoteLine =
  | { readonly progress: Parameters<NonNullable<Listeners['onProgress']>>[0] }
  | { readonly fault: Fault }
  | { readonly answer: object }
  | { readonly error: Fault; readonly wrong: boolean };

/** Errors: as of the operation; `unavailable` when the service ends before it answers. */
export async function askService(
  socket: string,
  { name, input }: { readonly name: string; readonly input: unknown },
  { onProgress, onFault, signal }: Listeners,
): Promise<object> {
  const lost = (cause: unknown): RollcallError =>
    new RollcallError('unavailable', 'the service that has the store ended before it answered', {
      remedy: 'look at what was done with `rollcall runs`, and try again',
      cause,
    });
  const left = (): RollcallError =>
    new RollcallError('conflict', 'what was asked for goes on in the service', { remedy: 'see `rollcall runs`' });
  // With it comes much that no other command needs.
  const { request } = await import('node:http');
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({
      socketPath: socket,
      path: `/operations/${encodeURIComponent(name)}`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      ...(signal === undefined ? {} : { signal }),
    });
    asked.once('error', (error) => reject(signal?.aborted ? left() : lost(error)));
    asked.once('response', resolve);
    asked.end(JSON.stringify(input));
  });
  try {
    for await (const line of linesOf(response)) {
      const said = JSON.parse(line) as RemoteLine;
      if ('progress' in said) onProgress?.(said.progress);
      else if ('fault' in said) onFault?.(said.fault);
      else if ('answer' in said) return said.answer;
      else throw fromFault(said.error, said.wrong);
    }
  } catch (error) {
    if (error instanceof RollcallError) throw error;
    throw signal?.aborted ? left() : lost(error);
  }
  throw signal?.aborted ? left() : lost(undefined);
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}
