/** A source, files that are replaced whole and files that grow, over two days; and what there is in the end, by the names of things. */
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

/** What is written: connection → file. */
export type Targets = { readonly [connection: string]: string };
/** One that is replaced whole, and one that grows. */
export const TWO: Targets = { book: 'book.csv', feed: 'feed.jsonl' };
/** Likewise in LDIF, which has code of its own for what grows. */
export const FOUR: Targets = { ...TWO, directory: 'directory.ldif', changes: 'changes.ldif' };

const DN = `dn: \${"uid=" + person.employeeId + ",ou=people,dc=example,dc=org"}`;
const ENTRY = `person:
        provision: true
        ${DN}
        attributes: { uid: employeeId, cn: displayName, sn: displayName, telephoneNumber: phone }
    deprovision: { action: delete }
`;
const YAML: { readonly [connection: string]: (file: string) => string } = {
  book: (file) => BOOK.replace('path: book.csv', `path: ${file}`),
  feed: (file) => `  feed:
    type: jsonl
    path: ${file}
    format: changes
    mode: on
    export:
      person: { provision: true, anchor: employeeId, attributes: { number: employeeId, cn: displayName } }
`,
  directory: (file) => `  directory:
    type: ldif
    path: ${file}
    mode: on
    export:
      ${ENTRY}`,
  changes: (file) => `  changes:
    type: ldif
    path: ${file}
    format: changes
    mode: on
    export:
      ${ENTRY}`,
};

/** `folder`: of the targets, with its slash. */
export const filesYaml = (store: string, folder: string, targets: Targets): string => `store: ${store}
gates: { create: ${open}, update: ${open}, delete: ${open}, attribute: ${open} }
${HR}${Object.entries(targets)
  .map(([name, file]) => YAML[name]!(folder + file))
  .join('')}`;

/** On the second day everybody has another name, some have left and some are new. */
export function people(day: 1 | 2, count: number): string {
  const rows = Array.from(
    { length: Math.ceil(count * (1 + day / 10)) },
    (_, i) => `E${1000 + i},Name of day ${day} ${i},${100 + i}`,
  );
  return `id,name,phone\n${rows.filter((_, i) => day === 1 || i % 10 !== 3).join('\n')}\n`;
}

export async function approve(here: Place, targets: Targets): Promise<void> {
  for (const target of Object.keys(targets)) {
    const { code, err } = await here.call('approve', target, '--as', 'Ada', '--reason', 'looked at it');
    if (code !== 0) throw new Error(err);
  }
}

/** Runs until nothing is left to do; the last run, and what there is then. */
export async function settled(
  here: Place,
  folder: string,
  targets: Targets,
): Promise<{ readonly last: ReportOutput; readonly end: unknown }> {
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
        // Of what grows, each change of each account, however often it was tried: none is missing and none is there twice.
        files: Object.values(targets).map((file) => recordsOf(file, readFileSync(here.path(folder + file), 'utf8'))),
      },
    };
  } finally {
    await store.close();
  }
}

/** Those of LDIF end with a blank line; the names of attempts are made anew in each story. */
function recordsOf(file: string, text: string): string[] {
  if (!file.endsWith('.ldif')) return text.split('\n').sort();
  return text
    .replaceAll(/^# attempt .*\n/gm, '')
    .split('\n\n')
    .sort();
}

/** How the last run of a story must end: with nothing to do, nothing to say, nothing that waits. */
export const quiet = (targets: Targets): object => ({
  rowsWritten: 0,
  faults: [],
  connections: [{}, ...Object.keys(targets).map(() => ({ waiting: 0 }))],
});
