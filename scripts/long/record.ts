/**
 * What is done of a `verify:long`, one JSON object a line: first what it is about, then each piece. While pieces are missing it is
 * bench/results/unfinished/COMMIT.jsonl, which git ignores; when the last has passed it is kept as bench/results/verify-long-DATE-COMMIT.jsonl.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../tests.ts';
import type { Piece } from './parts.ts';

export interface Head {
  readonly commit: string;
  /** Something is not committed: it is a trial, and no result of that commit. */
  readonly changed: boolean;
  readonly seed: number;
  readonly started: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryGb: number;
  readonly node: string;
}

export interface Done {
  readonly part: string;
  readonly piece: number;
  readonly of: number;
  readonly seed: number;
  readonly amount: { readonly [what: string]: number };
  readonly ended: string;
  readonly seconds: number;
  readonly passed: number;
  readonly failed: number;
  /** Of one that failed: what to type to see it again, and the end of what it printed. All of it is in `output`. */
  readonly again?: string;
  readonly end?: string;
  readonly output?: string;
}

export interface Record {
  readonly head: Head;
  /** Where it is while pieces are missing. */
  readonly file: string;
  done(piece: Piece): Done | undefined;
  all(): readonly Done[];
  add(done: Done): void;
  /** Those that failed are to be done again. */
  forgetFailed(): void;
  /** Where the output of pieces goes. */
  readonly outputs: string;
  /** Whether the sources are what they were when it was opened. */
  same(): boolean;
  /** Nothing is missing, and nothing failed. Answers where it is kept. */
  finish(): string;
  /** What is done so far, as a result of its own; the rest goes on as before. Answers where it is kept. */
  keep(): string;
}

const RESULTS = join(ROOT, 'bench/results');
const UNFINISHED = join(RESULTS, 'unfinished');

/** Goes on with the one of this commit, or begins it. `seed`: of a new one. */
export function openRecord(seed: number): Record {
  const { commit, changed } = sources();
  const name = `${commit}${changed ? '-changed' : ''}`;
  const file = join(UNFINISHED, `${name}.jsonl`);
  const outputs = join(UNFINISHED, name);
  mkdirSync(outputs, { recursive: true });
  if (!existsSync(file)) write(file, [newHead({ commit, changed, seed })]);
  const [first, ...lines] = readFileSync(file, 'utf8').split('\n').filter(isWhole);
  const head = JSON.parse(first!) as Head;
  let all = lines.map((line) => JSON.parse(line) as Done);
  const result = join(RESULTS, `verify-long-${head.started.slice(0, 10)}-${commit}`);
  // The end of a line that was not written in full would be the beginning of the next one.
  write(file, [head, ...all]);
  return {
    head,
    file,
    outputs,
    same() {
      const now = sources();
      return now.commit === commit && now.changed === changed;
    },
    all: () => all,
    done: ({ part, number }) => all.find((one) => one.part === part && one.piece === number),
    add(done) {
      all.push(done);
      appendFileSync(file, `${JSON.stringify(done)}\n`);
    },
    forgetFailed() {
      all = all.filter(({ failed }) => failed === 0);
      write(file, [head, ...all]);
    },
    keep() {
      const kept = `${result}-so-far.jsonl`;
      write(kept, [head, ...all]);
      return kept;
    },
    finish() {
      const kept = `${result}.jsonl`;
      rmSync(`${result}-so-far.jsonl`, { force: true });
      renameSync(file, kept);
      rmSync(outputs, { recursive: true, force: true });
      return kept;
    },
  };
}

/** Written in full before the process died. */
function isWhole(line: string): boolean {
  return line.startsWith('{') && line.endsWith('}');
}

function write(file: string, lines: readonly object[]): void {
  writeFileSync(`${file}.new`, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  renameSync(`${file}.new`, file);
}

function newHead(what: Pick<Head, 'commit' | 'changed' | 'seed'>): Head {
  return {
    ...what,
    started: new Date().toISOString(),
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
  };
}

/** Results are no sources. */
function sources(): Pick<Head, 'commit' | 'changed'> {
  const changes = git('status', '--porcelain', '--', '.', ':!bench/results');
  return { commit: git('rev-parse', '--short', 'HEAD'), changed: changes !== '' };
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
}
