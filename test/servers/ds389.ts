/** A 389 Directory Server for a test, or for the tests of a file: each starts its own, in a second. */
import { afterAll } from 'vitest';
import { type Ds389Options, type Ds389Server, startDs389 as start } from '../../scripts/servers/ds389.ts';
import { testOn, told } from './ask.ts';

export const testOnDs389 = (name: string, run: () => Promise<void>): void => testOn('ds389', name, run);

/** Whoever starts it removes it: `await using`, or `remove()`. */
export async function startDs389(options: Ds389Options = {}): Promise<Ds389Server & AsyncDisposable> {
  await told('ds389');
  const server = await start(options);
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.remove() });
}

/** One for all tests of a file, started when the first asks; removed after the last. */
export function ds389OfFile(options: Ds389Options = {}): () => Promise<Ds389Server> {
  let started: Promise<Ds389Server> | undefined;
  afterAll(async () => void (await started?.catch(() => undefined))?.remove());
  return () => (started ??= startDs389(options));
}
