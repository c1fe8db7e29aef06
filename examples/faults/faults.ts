/** A target that does the work and loses the answer, over a store whose disk is full for a moment. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withFaults } from 'rollcall/connectors/fault-injection';
import { memory } from 'rollcall/connectors/memory';
import { withStoreFaults } from 'rollcall/store/fault-injection';
import { open } from 'rollcall/store/sqlite';

// Your connector in place of `memory`.
const faulty = withFaults(memory, {
  script: [
    { on: 'create', times: 1, do: { die: 'after', how: 'throw' } },
    { on: 'read', after: 1, times: 1, do: { breakAfter: 1 } },
  ],
  happened: (fault, operation) => console.log(`${operation.on}: ${JSON.stringify(fault)}`),
});
const settings = memory.config.parse({ system: 'crm' });
const crm = faulty.open(settings, { connection: 'crm', folder: '.', limits: { maxObjectBytes: 1_000_000 }, warn: console.warn });

const ada = { attempt: 'a1', operation: 'create', kind: 'person', anchor: '7', set: { name: 'Ada' } } as const;
await crm.write!.write([ada]).catch((error: Error) => console.log(`the write: ${error.message}`));
for (const when of ['first', 'second']) {
  try {
    for await (const { objects } of crm.read!.read({ signal: AbortSignal.timeout(10_000) }))
      console.log(`the ${when} read shows ${objects.length}`);
  } catch (error) {
    console.log(`the ${when} read: ${(error as Error).message}`);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'faults-'));
const store = withStoreFaults(await open({ path: join(folder, 'store.db'), program: 'example', create: true }), {
  script: [{ on: 'spaces.saveState', times: 1, do: { refuse: 'full' } }],
});
for (const _ of [1, 2])
  await store.spaces.saveState('crm', { mode: 'observe' }, null).then(
    () => console.log('the store: saved'),
    (error: Error) => console.log(`the store: ${error.message}`),
  );
await store.close();
rmSync(folder, { recursive: true });
