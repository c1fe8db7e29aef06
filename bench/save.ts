/** Keeps results with what one needs to compare them: commit, machine, date. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Result } from './result.ts';

/** Path of the file. */
export function save(results: readonly Result[], store: string): string {
  const folder = fileURLToPath(new URL('results/', import.meta.url));
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: folder.replace(/results\/$/, ''),
    encoding: 'utf8',
  }).trim();
  const date = new Date().toISOString().slice(0, 10);
  const machine = {
    commit,
    date,
    store,
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
  const file = `${folder}${date}-${commit}-${results[0]?.size ?? 0}${store === 'sqlite' ? '' : `-${store}`}.jsonl`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, [machine, ...results].map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}
