/** Keeps results with what one needs to compare them: commit, machine, date. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { StoreName } from './case.ts';
import type { DataRequest } from './data.ts';
import { flameGraph } from './flame.ts';
import type { Result } from './result.ts';

/** What was asked for. */
export interface Run extends Pick<DataRequest, 'people' | 'seed' | 'keys'> {
  readonly store: StoreName;
  /** Names of cases; none for all. */
  readonly only: readonly string[];
}

/** Path of the file. */
export function keepFlameGraph(profiles: string, name: string, run: Run): string {
  const { folder, commit, date } = where();
  const file = `${folder}${stem(run)}-${name}.svg`;
  writeFileSync(file, flameGraph(profiles, `${name}, ${run.people} people, ${run.store}, ${commit}, ${date}`));
  return file;
}

/** Date, commit and size, and what is not as usual: another run of the day keeps its own file. */
function stem({ people, seed, keys, store }: Run): string {
  const { commit, date } = where();
  const unusual = [store === 'sqlite' ? '' : store, keys === 'random' ? '' : keys, seed === 1 ? '' : `seed${seed}`];
  return [date, commit, people, ...unusual.filter((part) => part !== '')].join('-');
}

function where(): { readonly folder: string; readonly commit: string; readonly date: string; readonly changed: boolean } {
  const folder = fileURLToPath(new URL('results/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const git = { cwd: folder, encoding: 'utf8' } as const;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], git).trim();
  const changed = execFileSync('git', ['status', '--porcelain', '--', '../../src', '..', ':!.'], git).trim() !== '';
  return { folder, commit, changed, date: new Date().toISOString().slice(0, 10) };
}

/** Path of the file. */
export function save(results: readonly Result[], run: Run): string {
  const { folder, commit, date, changed } = where();
  const machine = {
    commit,
    // What is measured was not all committed.
    ...(changed ? { changed } : {}),
    date,
    store: run.store,
    keys: run.keys,
    seed: run.seed,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
  const file = `${folder}${[stem(run), ...run.only].join('-')}.jsonl`;
  writeFileSync(file, [machine, ...results].map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}
