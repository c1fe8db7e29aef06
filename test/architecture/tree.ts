/** What the architecture tests look at: the project's own files, as git would ship them, and the linter run over a tree. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/** Paths of everything that is committed or could be, relative to the root. */
export function projectFiles(): readonly string[] {
  const out = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
  const gone = new Set(execFileSync('git', ['ls-files', '--deleted'], { cwd: ROOT, encoding: 'utf8' }).split('\n'));
  return out.split('\n').filter((file) => file !== '' && !gone.has(file));
}

export function read(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

export interface Report {
  readonly rule: string;
  readonly file: string;
  readonly line: number;
}

/** Lints `folder` of the tree at `root` with that tree's biome.json. Answers what it reported and how many files it read. */
export function lint(root: string, folder: string, only: readonly string[]): { reports: readonly Report[]; checked: number } {
  const biome = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const rules = only.map((rule) => `--only=${rule}`);
  const common = [biome, 'lint', folder, ...rules, '--max-diagnostics=none', '--colors=off'];
  // A line for each planted import is more than what is kept of a program's output usually.
  const how = { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1_048_576 } as const;
  const done = spawnSync(process.execPath, [...common, '--reporter=github'], how);
  const reports = [...`${done.stdout}${done.stderr}`.matchAll(/^::\w+ title=([^,]+),file=([^,]+),line=(\d+)/gm)].map((found) => ({
    rule: found[1]!,
    file: found[2]!.startsWith(root) ? found[2]!.slice(root.length).replace(/^\//, '') : found[2]!,
    line: Number(found[3]),
  }));
  const counted = spawnSync(process.execPath, common, how);
  const checked = Number(/Checked (\d+) files?/.exec(`${counted.stdout}${counted.stderr}`)?.[1] ?? '0');
  return { reports, checked };
}
