/**
 * A folder with a rollcall.yaml, sources and targets in it, worked on by the real command line and the real store, in this
 * process. Time stands still unless the test moves it.
 */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { main } from '#cli/index';
import type { Fault } from '#core/errors';
import { createProgram } from '#main';
import type { ReportOutput } from '#operations/shapes';
import { run } from '#runs/index';
import type { Progress, RunReport } from '#runs/model';
import { STORE, type TestStore, testStore, WRITTEN } from '../store.ts';

export const DAY = 86_400_000;

export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Place {
  readonly folder: string;
  /** The wall clock, ms. */
  now: number;
  path(name: string): string;
  write(name: string, content: string | Uint8Array): Promise<void>;
  read(name: string): Promise<string>;
  call(...argv: readonly string[]): Promise<Called>;
  /** What `rollcall run --json` answers. */
  run(...argv: readonly string[]): Promise<ReportOutput>;
  /** A cycle, or another profile, while something else happens. */
  runWhile(happens: (progress: Progress) => void, profile?: string): Promise<RunReport>;
  /** The first run, its approval, and the run that carries it out. */
  first(): Promise<ReportOutput>;
  /** Of `check --offline`. */
  faults(): Promise<readonly Fault[]>;
  /** All that is in the store, as text. */
  contents(): Promise<string>;
  /** The store as a newer program would leave it; answers how it is named where it is refused. */
  makeNewer(version: number): Promise<string>;
  /** Another place where everything is as it is here. */
  copy(): Promise<Place>;
  remove(): Promise<void>;
}

export async function place(yaml: string): Promise<Place> {
  const folder = await newFolder();
  const here = await placeIn(folder, await testStore(folder));
  await here.write('rollcall.yaml', yaml);
  return here;
}

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'rollcall-bad-'));

async function placeIn(folder: string, kept: TestStore): Promise<Place> {
  const program = await createProgram();
  const here: Place = {
    folder,
    now: Date.UTC(2026, 0, 12, 8),
    path: (name) => join(folder, name),
    write: (name, content) => writeFile(join(folder, name), name === 'rollcall.yaml' ? withStore(content, kept) : content),
    read: (name) => readFile(join(folder, name), 'utf8'),
    async call(...argv) {
      const [out, err]: [Buffer[], Buffer[]] = [[], []];
      const stdout = new PassThrough().on('data', (chunk: Buffer) => void out.push(chunk));
      const stderr = new PassThrough().on('data', (chunk: Buffer) => void err.push(chunk));
      const code = await main(
        ['-c', join(folder, 'rollcall.yaml'), ...argv],
        { ROLLCALL_USER: 'tester' },
        { stdin: new PassThrough(), stdout, stderr },
        { ...program, wall: () => here.now },
      );
      return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
    },
    async run(...argv) {
      const { out, err } = await here.call('run', ...argv, '--json');
      if (out === '' || 'error' in JSON.parse(out)) throw new Error(`${out}${err}`);
      return JSON.parse(out) as ReportOutput;
    },
    async first() {
      await here.run();
      const { code, err } = await here.call('approve', 'book', '--as', 'Ada', '--reason', 'looked at it');
      if (code !== 0) throw new Error(err);
      return here.run();
    },
    async faults() {
      const { out } = await here.call('check', '--offline', '--json');
      const answer = JSON.parse(out) as { faults?: readonly Fault[] };
      return answer.faults ?? [];
    },
    async runWhile(happens, profile = 'cycle') {
      const loaded = await program.loadConfig(join(folder, 'rollcall.yaml'));
      if (!loaded.ok) throw new Error(loaded.faults.map((one) => one.message).join('\n'));
      const store = await program.openStore(loaded.config, { readOnly: false });
      try {
        const services = { config: loaded.config, store, wall: () => here.now, onProgress: happens };
        return await run({ profile, connections: null, by: 'tester' }, services);
      } finally {
        await store.close();
      }
    },
    contents: kept.contents,
    makeNewer: kept.makeNewer,
    async copy() {
      const to = await newFolder();
      await cp(folder, to, { recursive: true, filter: (file) => !file.endsWith('.lock') });
      const there = await placeIn(to, await kept.copy(to));
      await there.write('rollcall.yaml', (await here.read('rollcall.yaml')).replaceAll(kept.place, WRITTEN));
      return Object.assign(there, { now: here.now });
    },
    async remove() {
      await kept.remove();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return here;
}

/** The file as the test has it, with its store; where it names none, at its end, so that no line is another one than the test says. */
function withStore(content: string | Uint8Array, { place }: TestStore): string | Uint8Array {
  if (STORE === 'sqlite' || typeof content !== 'string') return content;
  if (/^\W*store\W/m.test(content)) return content.replaceAll(WRITTEN, place);
  return `${content.replace(/\n?$/, '\n')}store: ${place}\n`;
}

/** Where people come from, in most tests that go on with `BOOK` or a target of their own: `hr.csv`, as `rows()` has them. */
export const HR = `connections:
  hr:
    type: csv
    path: hr.csv
    anchor: id
    owner: true
    import:
      person: { join: employeeId, project: true, attributes: { employeeId: id, displayName: name, phone: phone } }
`;

/** A target that shows at once whoever was lost: accounts of people who are gone are deleted, and no gate is in the way. */
export const BOOK = `  book:
    type: csv
    path: book.csv
    anchor: id
    mode: on
    export:
      person:
        provision: true
        attributes: { id: employeeId, name: displayName, phone: phone }
    deprovision: { action: delete }
    gates: { delete: { percent: 100, count: 1000 }, create: { percent: 100, count: 1000 }, attribute: { percent: 100, count: 1000 } }
`;

/** Id → name and phone, as the target has them. */
export async function book(here: Place): Promise<{ readonly [id: string]: string }> {
  const [, ...rows] = (await here.read('book.csv')).trimEnd().split('\n');
  return Object.fromEntries(rows.map((row) => [row.slice(0, row.indexOf(',')), row.slice(row.indexOf(',') + 1)]));
}

export const IDS: readonly string[] = Array.from({ length: 12 }, (_, i) => `E${String(i + 1).padStart(2, '0')}`);

/** `id,name,phone` of everybody; `E01,Person 1,100`. */
export function rows(sep = ','): string[] {
  return IDS.map((id, i) => [id, `Person ${i + 1}`, 100 + i].join(sep));
}
