/**
 * Temporary files in memory, where there is room: tests wait for disks a large part of their time, each commit of a store being one
 * wait, and nothing of theirs is to outlive the machine. What must be durable is told by what is synced (test/traced.ts), not by a disk.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';

/** Linux has it; elsewhere, and where a container leaves it small, temporary files are where they always were. */
const MEMORY = '/dev/shm';
/** Several times what all tests need at once. */
const ROOM = 4 * 1024 ** 3;
const NAME = /^rollcall-(\d+)$/;

/** For this process and those that it starts, unless somebody says where temporary files go. Answers how to end it. */
export function temporaryInMemory(): () => void {
  if (process.env['TMPDIR'] !== undefined || !hasRoom()) return () => undefined;
  removeLeftovers();
  // Sockets of servers lie in it, and their paths may not be long.
  const folder = join(MEMORY, `rollcall-${process.pid}`);
  const end = (): void => {
    process.off('exit', end);
    delete process.env['TMPDIR'];
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    mkdirSync(folder);
  } catch {
    return () => undefined;
  }
  process.on('exit', end);
  process.env['TMPDIR'] = folder;
  try {
    // As /tmp is: servers run as users of their own, and programs are written there and started.
    chmodSync(folder, 0o1777);
    const program = join(folder, 'program');
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 });
    execFileSync(program);
    rmSync(program);
  } catch {
    end();
  }
  return end;
}

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ROOM && freemem() >= ROOM;
  } catch {
    return false;
  }
}

/** Of processes that were killed. */
function removeLeftovers(): void {
  for (const name of readdirSync(MEMORY)) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      rmSync(join(MEMORY, name), { recursive: true, force: true });
    } catch {
      // A server of it may still be ending, or a disk be mounted there: whoever comes next removes it.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
