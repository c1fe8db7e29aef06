/** Keeps results with what one needs to compare them: commit, machine, date. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { flameGraph } from './flame.ts';
import type { Result } from './result.ts';

/** Path of the file. */
export function keepFlameGraph(profiles: string, name: string, people: number, store: string): string {
  const { folder, commit, date } = where();
  const file = `${folder}${date}-${commit}-${people}${suffix(store)}-${name}.svg`;
  writeFileSync(file, flameGraph(profiles, `${name}, ${people} people, ${store}, ${commit}, ${date}`));
  return file;
}

const suffix = (store: string): string => (store === 'sqlite' ? '' : `-${store}`);

function where(): { readonly folder: string; readonly commit: string; readonly date: string } {
  const folder = fileURLToPath(new URL('results/', import.meta.url));
  mkdirSync(folder, { recursive: true });
  const git = { cwd: folder, encoding: 'utf8' } as const;
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], git).trim();
  return { folder, commit, date: new Date().toISOString().slice(0, 10) };
}

/** Path of the file. */
export function save(results: readonly Result[], store: string): string {
  const { folder, commit, date } = where();
  const machine = {
    commit,
    date,
    store,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
  const file = `${folder}${date}-${commit}-${results[0]?.size ?? 0}${suffix(store)}.jsonl`;
  writeFileSync(file, [machine, ...results].map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}
