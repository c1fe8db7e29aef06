/** The target of the suite, a connector of its own, by its path: answers at once with what it holds, and notes when each write began. */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ConnectorDefinition } from '#connectors/contract';
import { type Accounts, accountsIn, openAccounts } from './accounts.ts';

/** A line for each write: when it began, in ms since 1970 with fractions, then the anchors. */
export const NOTES = 'writes.log';

interface Settings {
  /** The file that they are kept in. */
  readonly accounts: string;
}

const definition: ConnectorDefinition<Settings> = {
  type: 'bench-target',
  title: 'Target of the benchmark',
  maturity: 'alpha',
  config: z.strictObject({ accounts: z.string().min(1) }),
  writes: 'callerKey',
  open({ accounts: name }, { folder }) {
    const file = join(folder, name);
    let accounts: Accounts | null = null;
    return {
      test: async () => 'takes everything',
      discoverSchema: async () => ({ complete: false, kinds: {} }),
      read: {
        deltas: false,
        async *read({ signal }) {
          for (const page of accountsIn(file)) {
            signal.throwIfAborted();
            yield page;
          }
        },
      },
      write: {
        creates: { by: 'callerKey' },
        answers: 'object',
        batch: { items: 1_000 },
        async write(items) {
          const now = performance.timeOrigin + performance.now();
          accounts ??= openAccounts(file);
          const results = accounts.write(items);
          appendFileSync(join(folder, NOTES), `${now} ${items.map(({ anchor }) => anchor).join(' ')}\n`);
          return results;
        },
      },
      async close() {
        accounts?.close();
        accounts = null;
      },
    };
  },
};
export default definition;
