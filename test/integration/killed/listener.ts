/**
 * A process that listens to HR while somebody edits it: person after person gets the number of the edit. It says each edit, and
 * ends when the directory shows all of them. Arguments: the folder, the first edit and the last one.
 */
import { writeSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as pause } from 'node:timers/promises';
import { memorySystem } from '#connectors/memory/index';
import { createProgram } from '#main';
import { live } from '#runs/index';

export const EDITED = 40;

const [folder, first, last] = process.argv.slice(2) as [string, string, string];
const program = await createProgram();
const loaded = await program.loadConfig(path.join(folder, 'rollcall.yaml'));
if (!loaded.ok) throw new Error(loaded.faults.map((one) => one.message).join('\n'));
const { config } = loaded;
const store = await program.openStore(config, { readOnly: false });
await store.spaces.saveState('dir', { mode: 'on' }, null);
const [hr, dir] = [memorySystem('hr'), memorySystem('dir')];
const stop = new AbortController();
const begun = Promise.withResolvers<void>();
const listens = live(
  { connections: null, by: 'test', cycleEveryMs: 3_600_000 },
  {
    config,
    store,
    wall: program.wall,
    signal: stop.signal,
    onLive: ({ what }) => (what === 'cycle' ? begun.resolve() : undefined),
  },
);
await begun.promise;
for (let n = Number(first); n <= Number(last); n++) {
  hr.edit('person', `p${n % EDITED}`, { phone: String(n) });
  writeSync(1, `edit ${n}\n`);
  await pause();
}
const phoneIn = (system: typeof hr, anchor: string) => system.get('person', anchor)?.attributes['phone'];
while (hr.objects('person').some(({ anchor }) => phoneIn(dir, anchor) !== phoneIn(hr, anchor))) await pause();
stop.abort();
await listens;
await store.close();
writeSync(1, `end ${JSON.stringify(dir.objects('person').map(({ anchor, attributes }) => [anchor, attributes['phone']]))}\n`);
