/** A source, a file that is replaced whole and one that grows, over two days; and what there is in the end, by the names of things. */
import { readFileSync } from 'node:fs';
import { createProgram } from '#main';
import type { ReportOutput } from '#operations/shapes';
import { endOf } from '../simulation/end.ts';
import { comparable, createdIn } from '../simulation/house.ts';
import { memoryOf, parkedOf, rowsOf } from '../simulation/memory-of.ts';
import { BOOK, HR, type Place } from './place.ts';

/** Longer than what was refused waits before it is tried again. */
export const WAIT = 3_600_000;
const MOST_RUNS = 6;
const open = '{ percent: 100, count: 1000 }';

/** `folder`: of the two targets, with its slash. */
export const twoFiles = (store: string, folder: string): string => `store: ${store}
gates: { create: ${open}, update: ${open}, delete: ${open}, attribute: ${open} }
${HR}${BOOK.replace('path: book.csv', `path: ${folder}book.csv`)}  feed:
    type: jsonl
    path: ${folder}feed.jsonl
    format: changes
    mode: on
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName } }
`;

/** On the second day everybody has another name, some have left and some are new. */
export function people(day: 1 | 2, count: number): string {
  const rows = Array.from(
    { length: Math.ceil(count * (1 + day / 10)) },
    (_, i) => `E${1000 + i},Name of day ${day} ${i},${100 + i}`,
  );
  return `id,name,phone\n${rows.filter((_, i) => day === 1 || i % 10 !== 3).join('\n')}\n`;
}

export async function approve(here: Place): Promise<void> {
  for (const target of ['book', 'feed']) {
    const { code, err } = await here.call('approve', target, '--as', 'Ada', '--reason', 'looked at it');
    if (code !== 0) throw new Error(err);
  }
}

/** Runs until nothing is left to do; the last run, and what there is then. */
export async function settled(here: Place, folder: string): Promise<{ readonly last: ReportOutput; readonly end: unknown }> {
  let last: ReportOutput | undefined;
  for (let i = 0; i < MOST_RUNS && last?.rowsWritten !== 0; i++) {
    here.now += WAIT;
    last = await here.run();
  }
  const program = await createProgram();
  const loaded = await program.loadConfig(here.path('rollcall.yaml'));
  if (!loaded.ok) throw new Error('the configuration has faults');
  const store = await program.openStore(loaded.config, { readOnly: true });
  try {
    const rows = await rowsOf(store, loaded.config);
    const memory = memoryOf(rows, loaded.config);
    const ended = endOf({ memory, systems: new Map(), parked: parkedOf(rows) }, loaded.config);
    return {
      last: last!,
      end: {
        ...comparable(ended, createdIn(memory)),
        book: readFileSync(here.path(`${folder}book.csv`), 'utf8')
          .split('\n')
          .sort(),
        // Each change of each account, however often it was tried: none is missing and none is there twice.
        feed: readFileSync(here.path(`${folder}feed.jsonl`), 'utf8')
          .split('\n')
          .sort(),
      },
    };
  } finally {
    await store.close();
  }
}

/** How the last run of a story must end: with nothing to do, nothing to say, nothing that waits. */
export const QUIET: object = { rowsWritten: 0, faults: [], connections: [{}, { waiting: 0 }, { waiting: 0 }] };
