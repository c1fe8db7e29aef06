/**
 * One life of a process that reads the directory in full while others create, rename and delete accounts, and while HR tells of
 * people one by one, whose accounts are written. It kills itself after a page. Arguments: the folder, the
 * number of this life, a seed, and the page: 0 = disturbed and not killed, -1 = left in peace.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ConnectorDefinition } from '#connectors/contract';
import { memorySystem } from '#connectors/memory/index';
import { createProgram } from '#main';
import { type PushRequest, push, run } from '#runs/index';
import { random } from '../../../examples/demo/random.ts';

const MORNING = Date.UTC(2026, 2, 2, 8);
const MINUTE = 60_000;
/** Checkpoints are half a minute apart: here a minute passes between two pages. */
const begun = performance.now();
let passed = 0;
performance.now = () => begun + passed;

const [folder, life, seed, dieAfter] = process.argv.slice(2) as [string, string, string, string];
const { next } = random(Number(seed) * 1_000 + Number(life));
const snapshot = path.join(folder, 'snapshot.json');
const disturbed = Number(dieAfter) >= 0;
const now = MORNING + Number(life) * MINUTE;

const program = await createProgram();
const loaded = await program.loadConfig(path.join(folder, 'rollcall.yaml'));
if (!loaded.ok) throw new Error(loaded.faults.map((one) => one.message).join('\n'));
const store = await program.openStore(loaded.config, { readOnly: false });
await store.spaces.saveState('dir', { mode: 'on' }, null);
const [hr, dir] = [memorySystem('hr'), memorySystem('dir')];
if (existsSync(snapshot)) for (const [id, objects] of JSON.parse(readFileSync(snapshot, 'utf8'))) dir.snapshots.set(id, objects);

const pushes: Promise<unknown>[] = [];
let pages = 0;

/** What the rest of the world does between two pages. */
function disturb(): void {
  const all = dir.objects();
  const any = () => all[Math.floor(next() * all.length)]!;
  for (let i = 0; i < 3; i++) dir.put('person', `new-${life}-${pages}-${i}`, { number: `new ${life} ${pages} ${i}` });
  for (let i = 0; i < 3; i++) {
    const { anchor, attributes } = any();
    dir.put('person', anchor, { ...attributes, name: `renamed ${life}` } as never);
  }
  for (let i = 0; i < 2; i++) {
    const { anchor } = any();
    if (anchor.startsWith('d')) dir.remove('person', anchor);
  }
  const staff = hr.objects();
  const [leaver, renamed] = [staff[Math.floor(next() * staff.length)]!, staff[Math.floor(next() * staff.length)]!];
  const joiner = `p-${life}-${pages}`;
  hr.put('person', joiner, { number: joiner, name: 'Joiner' });
  tell({ kind: 'person', anchor: joiner, attributes: { number: joiner, name: 'Joiner' } });
  if (renamed.anchor !== leaver.anchor) {
    const name = `Renamed ${life} ${pages}`;
    hr.put('person', renamed.anchor, { ...renamed.attributes, name } as never);
    tell({ op: 'patch', kind: 'person', anchor: renamed.anchor, set: { name } });
  }
  hr.remove('person', leaver.anchor);
  tell({ op: 'delete', kind: 'person', anchor: leaver.anchor });
}

function tell(change: PushRequest['change']): void {
  const told = push({ connection: 'hr', change, by: 'webhook' }, { config, store, wall: () => now });
  pushes.push(told.then(({ settled }) => settled));
}

/** After the engine has staged a page, and before it gets the next one. */
async function between(): Promise<void> {
  pages++;
  passed += MINUTE;
  if (pages === 1) writeFileSync(snapshot, JSON.stringify([...dir.snapshots].slice(-1)));
  disturb();
  const dies = pages === Number(dieAfter);
  // Some of what it was told of may still be on its way.
  if (dies && next() < 0.5) process.kill(process.pid, 'SIGKILL');
  await Promise.all(pushes.splice(0));
  if (dies) process.kill(process.pid, 'SIGKILL');
}

/** The connector, with the rest of the world at work between the pages of a full read. */
function inTheWorld(definition: ConnectorDefinition): ConnectorDefinition {
  return {
    ...definition,
    open(settings, context) {
      const inner = definition.open(settings, context);
      const reader = inner.read!;
      return {
        ...inner,
        read: {
          ...reader,
          async *read(request) {
            for await (const page of reader.read(request)) {
              yield page;
              if (request.since === undefined && page.end === undefined) await between();
            }
          },
        },
      };
    },
  };
}

const config = {
  ...loaded.config,
  connections: loaded.config.connections.map((one) =>
    one.name === 'dir' && disturbed ? { ...one, definition: inTheWorld(one.definition) } : one,
  ),
};
const services = { config, store, wall: () => now };
for (const profile of ['full-import', 'delta-sync', 'export'] as const) {
  const report = await run({ profile, connections: null, by: 'test', now }, services);
  if (report.status === 'failed') throw new Error(JSON.stringify(report.faults));
}
await Promise.all(pushes);
await store.close();
rmSync(snapshot, { force: true });
