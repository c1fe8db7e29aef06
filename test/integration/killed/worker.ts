/**
 * One life of a process: cycles until nothing is left to do, each phase told as it begins and goes on, then what there is in
 * the end. It is killed at any moment. Arguments: the folder, and the minute at which it begins.
 */
import { readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { memorySystem } from '#connectors/memory/index';
import { createProgram } from '#main';
import { run } from '#runs/index';
import { spot } from '../../oracle/world.ts';
import { endOf } from '../../simulation/end.ts';
import { canonicalObject, comparable, createdIn } from '../../simulation/house.ts';
import { memoryOf, parkedOf, rowsOf } from '../../simulation/memory-of.ts';
import type { PlainObject } from '../../simulation/organisation.ts';

const MINUTE = 60_000;
const MOST_CYCLES = 20;
/** Quiet for this many cycles, minutes apart: nothing waits for its time. */
const QUIET = 2;
const MORNING = Date.UTC(2026, 2, 2, 8);

const [folder, begin] = process.argv.slice(2) as [string, string];
const say = (text: string): void => void writeSync(1, `${text}\n`);

const program = await createProgram();
const loaded = await program.loadConfig(path.join(folder, 'rollcall.yaml'));
if (!loaded.ok) throw new Error(loaded.faults.map((one) => one.message).join('\n'));
const { config } = loaded;
const store = await program.openStore(config, { readOnly: false });
for (const target of ['dir', 'book', 'log']) await store.spaces.saveState(target, { mode: 'on' }, null);

let now = MORNING + Number(begin) * MINUTE;
for (let cycle = 0, quiet = 0; quiet < QUIET; cycle++, now += MINUTE) {
  if (cycle > MOST_CYCLES) throw new Error(`after ${MOST_CYCLES} cycles there is still something to write`);
  const report = await run(
    { profile: 'cycle', connections: null, by: 'test', now },
    { config, store, wall: () => now, onProgress: ({ phase, connection }) => say(`${phase} ${connection}`) },
  );
  if (report.status === 'failed') throw new Error(JSON.stringify(report.faults));
  quiet = report.rowsWritten === 0 ? quiet + 1 : 0;
}

const rows = await rowsOf(store, config);
const memory = memoryOf(rows, config);
const dir = memorySystem('dir')
  .objects()
  .map((stored) => canonicalObject(stored as unknown as PlainObject));
const systems = new Map([['dir', { objects: new Map(dir.map((one) => [spot(one), one])), behaviour: null }]]);
const made = memorySystem('dir').objects('person');
say(
  `end ${JSON.stringify({
    ...comparable(endOf({ memory, systems, parked: parkedOf(rows) }, config), createdIn(memory)),
    book: readFileSync(path.join(folder, 'book.csv'), 'utf8').split('\n').sort(),
    ...logged(),
    // Objects as the target counts them: one that was made twice is twice in it.
    accounts: made.map((one) => String(one.attributes['number'])).sort(),
    waiting: await store.exports.counts('dir'),
    // How many members of each group Rollcall added: those it may take out again.
    ours: [...memory.staged.values()]
      .filter((one) => one.connection === 'dir' && one.kind === 'group')
      .map(({ ours }) => ours['member']?.length ?? 0)
      .sort(),
  })}`,
);
await store.close();

/** What the log leaves, and whom it makes: somebody who is made twice is there twice. A change may be told again. */
function logged(): object {
  const left = new Map<string, { [name: string]: unknown }>();
  const made: string[] = [];
  for (const line of readFileSync(path.join(folder, 'log.jsonl'), 'utf8').trimEnd().split('\n')) {
    const { op, anchor, set } = JSON.parse(line) as { op: string; anchor: string; set?: object };
    if (op === 'put') made.push(anchor);
    if (op === 'delete') left.delete(anchor);
    else left.set(anchor, { ...left.get(anchor), ...set });
  }
  return { log: [...left].sort(), made: made.sort() };
}
