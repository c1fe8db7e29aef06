/** An OpenLDAP server for a test, or for the tests of a file: each starts its own, in a third of a second. */
import { afterAll } from 'vitest';
import { type SlapdOptions, type SlapdServer, startSlapd as start } from '../../scripts/servers/slapd.ts';
import { testOn, told } from './ask.ts';

export const testOnSlapd = (name: string, run: () => Promise<void>): void => testOn('slapd', name, run);

/** Whoever starts it removes it: `await using`, or `remove()`. */
export async function startSlapd(options: SlapdOptions = {}): Promise<SlapdServer & AsyncDisposable> {
  await told('slapd');
  const server = await start(options);
  return Object.assign(server, { [Symbol.asyncDispose]: () => server.remove() });
}

/** One for all tests of a file, started when the first asks; removed after the last. */
export function slapdOfFile(options: SlapdOptions = {}): () => Promise<SlapdServer> {
  let started: Promise<SlapdServer> | undefined;
  afterAll(async () => void (await started?.catch(() => undefined))?.remove());
  return () => (started ??= startSlapd(options));
}
