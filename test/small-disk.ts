/** A disk of a few megabytes, in memory, for tests that fill it. Only root may mount one. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { REQUIRED } from './servers/required.ts';

export interface SmallDisk {
  readonly folder: string;
  /** Nothing more fits on it than so many bytes, in blocks of 4 KB. */
  fill(leave: number): void;
  /** There is room again. */
  free(): void;
  remove(): void;
}

/** At a folder that is made for it. */
export function smallDisk(folder: string, megabytes: number): SmallDisk {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'rollcall-test', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ballast = join(folder, 'ballast');
  const free = (): void => rmSync(ballast, { force: true });
  return {
    folder,
    fill(leave) {
      free();
      const file = openSync(ballast, 'w');
      let size = 0;
      try {
        for (;;) size += writeSync(file, BLOCK);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        ftruncateSync(file, Math.max(0, size - leave));
        closeSync(file);
      }
    },
    free,
    // Lazily: a process that was killed may not be gone yet.
    remove: () => void execFileSync('umount', ['-l', folder]),
  };
}

const BLOCK = Buffer.alloc(4096);

/** A test that fills a disk: skipped, with the reason, where none can be mounted and none is required. */
export function testOnSmallDisk(name: string, run: () => Promise<void>): void {
  test(name, async ({ skip }) => {
    const missing = whyNone();
    if (missing !== undefined && !REQUIRED) skip(`no small disk: ${missing}`);
    await run();
  });
}

function whyNone(): string | undefined {
  if (process.platform !== 'linux') return 'tmpfs is of Linux only';
  if (process.getuid?.() !== 0) return 'only root may mount one';
  // In a new space of mounts, so that nothing is left: a container may forbid it to root too.
  const tried = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'rollcall-test', '/mnt'], { encoding: 'utf8' });
  return tried.status === 0 ? undefined : tried.stderr.trim() || String(tried.error?.message);
}
