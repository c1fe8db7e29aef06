/** strace, which shows what a process asks of the operating system: Linux only. */
import { spawnSync } from 'node:child_process';
import { apt, mayInstall } from './apt.ts';

const INSTALL = ['install', '-y', '--no-install-recommends', 'strace'];

/** @throws when it is not there or may not trace, with what to do about it. */
export function straceProgram(how: { readonly install: boolean }): string {
  if (process.platform !== 'linux') throw new Error('strace is of Linux only');
  if (spawnSync('strace', ['--version']).status !== 0) {
    if (!how.install || !mayInstall())
      throw new Error(`strace is not installed; on Debian and Ubuntu: apt-get ${INSTALL.join(' ')}`);
    apt('update');
    apt(...INSTALL);
  }
  const tried = spawnSync('strace', ['-o', '/dev/null', 'true'], { encoding: 'utf8' });
  if (tried.status !== 0) throw new Error(`strace may not trace here: ${tried.stderr.trim()}`);
  return 'strace';
}
