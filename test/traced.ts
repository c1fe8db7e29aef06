/** What a process asks of the file system, in the order in which it does: by strace. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { straceProgram } from '../scripts/servers/strace.ts';
import { REQUIRED } from './servers/required.ts';

/** One call that succeeded. `path`: of the file it is about; `pipe:…`, `socket:…` where it is none. */
export type FileCall =
  | { readonly call: 'open'; readonly path: string; readonly fd: number; readonly flags: readonly string[] }
  | { readonly call: 'write'; readonly path: string; readonly fd: number; readonly bytes: Buffer; readonly at: number | null }
  | { readonly call: 'truncate'; readonly path: string; readonly size: number }
  | { readonly call: 'sync'; readonly path: string }
  | { readonly call: 'rename'; readonly path: string; readonly to: string }
  | { readonly call: 'unlink'; readonly path: string };

const CALLS =
  'openat,write,pwrite64,writev,pwritev,fsync,fdatasync,rename,renameat,renameat2,ftruncate,unlink,unlinkat,copy_file_range';

/** Exit code of a run that only watched. */
const FIRST_PLAN = 3;

/** `node` with these arguments in this folder: its calls, in the order in which they ended; of writes, that in which they began. */
export function traced(folder: string, args: readonly string[]): readonly FileCall[] {
  const out = mkdtempSync(join(tmpdir(), 'rollcall-strace-'));
  const file = join(out, 'calls');
  const strace = ['-f', '-y', '-xx', '-s', '1000000', '-e', `trace=${CALLS}`, '-o', file];
  const env = { ...process.env, UV_USE_IO_URING: '0' };
  const { status, stderr } = spawnSync('strace', [...strace, process.execPath, ...args], { cwd: folder, encoding: 'utf8', env });
  try {
    if (status !== 0 && status !== FIRST_PLAN) throw new Error(`${status} ${stderr}`);
    return callsIn(readFileSync(file, 'latin1'), folder);
  } finally {
    rmSync(out, { recursive: true });
  }
}

function callsIn(text: string, folder: string): FileCall[] {
  const calls: (FileCall | undefined)[] = [];
  const begun = new Map<string, { readonly head: string; readonly place: number }>();
  for (const line of text.split('\n')) {
    const [, thread, rest] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (thread === undefined || rest === undefined) continue;
    if (rest.endsWith(' <unfinished ...>')) {
      const head = rest.slice(0, -' <unfinished ...>'.length);
      begun.set(thread, { head, place: calls.length });
      calls.push(undefined);
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const before = resumed ? begun.get(thread) : undefined;
    begun.delete(thread);
    const whole = resumed ? `${before?.head ?? ''}${resumed[1]}` : rest;
    const call = callOf(whole);
    if (call === undefined && UNREAD.test(whole) && whole.includes(hexOf(folder)))
      throw new Error(`a call that is not understood: ${whole.slice(0, 100)}`);
    if (before !== undefined && call?.call === 'write') calls[before.place] = call;
    else if (call !== undefined) calls.push(call);
  }
  return calls.filter((call) => call !== undefined);
}

const TEXT = '"((?:\\\\x[0-9a-f]{2})*)"';
const FD = '(\\d+)<((?:\\\\x[0-9a-f]{2})*)>(?:\\(deleted\\))?';
const OPEN = new RegExp(`^openat\\([^"]*${TEXT}, ([A-Z_|]+)(?:, 0\\d+)?\\) += ${FD}`);
const WRITE = new RegExp(`^p?write(?:64)?\\(${FD}, ${TEXT}, \\d+(?:, (\\d+))?\\) += (\\d+)$`);
const SYNC = new RegExp(`^f(?:data)?sync\\(${FD}\\) += 0$`);
const TRUNCATE = new RegExp(`^ftruncate\\(${FD}, (\\d+)\\) += 0$`);
const RENAME = new RegExp(`^rename(?:at2?)?\\([^"]*${TEXT}, [^"]*${TEXT}.*\\) += 0$`);
const UNLINK = new RegExp(`^unlink(?:at)?\\([^"]*${TEXT}.*\\) += 0$`);

function callOf(line: string): FileCall | undefined {
  const opened = OPEN.exec(line);
  if (opened) return { call: 'open', path: textOf(opened[4]!), fd: Number(opened[3]), flags: opened[2]!.split('|') };
  const wrote = WRITE.exec(line);
  if (wrote) {
    const bytes = bytesOf(wrote[3]!).subarray(0, Number(wrote[5]));
    return {
      call: 'write',
      path: textOf(wrote[2]!),
      fd: Number(wrote[1]),
      bytes,
      at: wrote[4] === undefined ? null : Number(wrote[4]),
    };
  }
  const synced = SYNC.exec(line);
  if (synced) return { call: 'sync', path: textOf(synced[2]!) };
  const cut = TRUNCATE.exec(line);
  if (cut) return { call: 'truncate', path: textOf(cut[2]!), size: Number(cut[3]) };
  const renamed = RENAME.exec(line);
  if (renamed) return { call: 'rename', path: textOf(renamed[1]!), to: textOf(renamed[2]!) };
  const gone = UNLINK.exec(line);
  if (gone) return { call: 'unlink', path: textOf(gone[1]!) };
  return undefined;
}

/** None of these is used for files here; one that is would go unseen. */
const UNREAD = /^(writev|pwritev|copy_file_range)\(.* = \d+$/;

const hexOf = (text: string): string => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll('\\x', ''), 'hex');
}
const textOf = (hex: string): string => bytesOf(hex).toString('utf8');

/** A test that needs strace: skipped, with the reason, where there is none and none is required. */
export function testTraced(name: string, run: () => Promise<void>): void {
  test(name, async ({ skip }) => {
    try {
      straceProgram({ install: REQUIRED });
    } catch (error) {
      if (REQUIRED) throw error;
      skip(`not traced: ${(error as Error).message}`);
    }
    await run();
  });
}
