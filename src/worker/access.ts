/** Who may come in, for the loop that answers: read from its own connection to the store, written by the loop that works. */
import type { Store } from '#store/contract';
import { ACCESS_WRITES } from './contract.ts';
import type { ServiceThread } from './thread.ts';

export function accessThrough(reads: Store['access'], { ask }: Pick<ServiceThread, 'ask'>): Store['access'] {
  const writes = ACCESS_WRITES.map((name) => [name, (...input: unknown[]) => ask({ ask: 'access', name, input })] as const);
  return { ...reads, ...Object.fromEntries(writes) };
}
